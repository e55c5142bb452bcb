"""Which credentials does a machine get at this address: an instance, a container, a credential process?

Sessions are renewed like the services do, some minutes before they expire; every expiration is in the
client's time.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.simulation.identities import Identity, IdentityKind, operator_identity
from sts_tui.simulation.operations.pod_identity.node_roles import node_role
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.workloads.pod_nodes import PodCall, agent
from sts_tui.simulation.workloads.workload_credentials import issued_key
from sts_tui.sts.credentials import printed
from sts_tui.sts.delivery.instance_metadata import (
    TOKEN_HEADER,
    TOKEN_PATH,
    TOKEN_TTL_HEADER,
    InstanceMetadata,
)
from sts_tui.sts.errors import AwsError
from sts_tui.sts.issuing.service_sessions import EC2, instance_id_of, rotation_due
from sts_tui.sts.session import Session
from sts_tui.wire.gateway import Time, client_time
from sts_tui.wire.messages import HttpRequest, HttpResponse

CONTAINER: Final = "/creds/"
METADATA: Final = "/latest/"
POD_AGENT: Final = "/v1/credentials"
"""Path of the agent of EKS Pod Identity, which listens on 169.254.170.23.
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html"""
_EC2: Final = Identity(kind=IdentityKind.SERVICE, label=f"service:{EC2}", arn=EC2)


class Deliveries:
    """The sessions that this endpoint delivers, one for each role and delivery method."""

    def __init__(self, simulation: Simulation, container_token: str, instance: Role | None) -> None:
        self.simulation = simulation
        self._token = container_token
        self._instance = instance
        self.issued: Callable[[Mapping[str, Any], Identity], None] = lambda params, caller: None
        """Called with the parameters and the caller of each AssumeRole that delivers a session."""
        self._held: dict[str, str] = {}
        """Access key ids of the sessions that are delivered now."""

    def handles(self, request: HttpRequest) -> bool:
        """Whether a request asks for delivered credentials."""
        return request.path.startswith((CONTAINER, METADATA, POD_AGENT)) and not request.header(
            "authorization"
        ).startswith("AWS")

    def answer(self, request: HttpRequest, time: Time) -> HttpResponse:
        """The document, or the refusal of the service at this path."""
        if request.path.startswith(CONTAINER):
            return self._container(request, time)
        if request.path == POD_AGENT:
            return self._pod(request, time)
        return self._metadata(request, time)

    # ---- pods

    def _pod(self, request: HttpRequest, time: Time) -> HttpResponse:
        """Credentials for the token of a pod; `?cluster=NAME` selects the cluster if there are several."""
        associations = self.simulation.world.configuration.pod_associations.values()
        accounts = {one.cluster_name: account_of(one.arn) or "" for one in associations}
        cluster = str(request.parameters.get("cluster") or next(iter(accounts), ""))
        token = request.header("authorization")
        if request.method != "GET" or not token or cluster not in accounts:
            return _json(400, {"message": "Authorization: the token of a pod of an associated cluster"})
        account = accounts[cluster]

        def deliver(action: str, params: Mapping[str, Any], caller: Identity) -> Mapping[str, Any]:
            return self.simulation.call(action, params, caller=caller)

        def issue() -> str:
            world = self.simulation.world
            call = PodCall(
                params={"clusterName": cluster, "token": token},
                account=account,
                node_role=node_role(account, cluster, world.in_force),
            )
            caller = agent(call, world, deliver)
            return issued_key(self.simulation.call(call.action, call.params, caller=caller))

        try:
            session = self._current(f"pod {cluster} {sha256(token.encode()).hexdigest()}", issue)
        except AwsError as error:
            return _json(error.status, {"code": error.code, "message": error.message})
        document = {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.credentials.secret_access_key,
            "Token": session.credentials.session_token,
            "AccountId": session.account,
            "Expiration": printed(client_time(session.expires_at, self.simulation.now, time)),
        }
        return _json(200, document)

    # ---- containers and credential processes

    def _container(self, request: HttpRequest, time: Time) -> HttpResponse:
        sent = request.header("authorization").encode()
        if request.method != "GET" or not hmac.compare_digest(sent, self._token.encode()):
            return _json(
                401, {"code": "Unauthorized", "message": "Authorization: the container token is needed"}
            )
        role = self._role(unquote(request.path.removeprefix(CONTAINER)))
        if role is None:
            return _json(404, {"code": "NotFound", "message": "no such role in the model"})
        try:
            session = self._session(
                role, operator_identity(role.arn.split(":")[4]), f"served-{role.role_name}"[:64]
            )
        except AwsError as error:
            return _json(400, {"code": error.code, "message": error.message})
        expiration = printed(client_time(session.expires_at, self.simulation.now, time))
        keys = session.credentials
        if "process" in request.parameters:
            return _json(
                200,
                {
                    "Version": 1,
                    "AccessKeyId": keys.access_key_id,
                    "SecretAccessKey": keys.secret_access_key,
                    "SessionToken": keys.session_token,
                    "Expiration": expiration,
                },
            )
        return _json(
            200,
            {
                "RoleArn": role.arn,
                "AccessKeyId": keys.access_key_id,
                "SecretAccessKey": keys.secret_access_key,
                "Token": keys.session_token,
                "Expiration": expiration,
            },
        )

    def _role(self, name: str) -> Role | None:
        """The role by its ARN, by its name if it is unique, or by `ACCOUNT/name`; else None."""
        configuration = self.simulation.world.configuration
        if name.startswith("arn:"):
            return configuration.roles.get(name)
        account, slash, bare = name.partition("/")
        named = [
            role
            for role in configuration.roles.values()
            if role.role_name == name
            or (
                slash
                and role.role_name == bare
                and account in (role.arn.split(":")[4], _name(configuration, role))
            )
        ]
        return named[0] if len(named) == 1 else None

    # ---- instances

    def _metadata(self, request: HttpRequest, time: Time) -> HttpResponse:
        role = self._instance
        name = instance_id_of(role.arn) if role else "i-00000000000000000"
        session, failure = None, None
        if role is not None and request.method == "GET":
            try:
                session = self._session(role, _EC2, name)
            except AwsError as error:
                failure = error
        profile = next(
            (
                one
                for one in self.simulation.world.configuration.instance_profiles.values()
                if role and role.arn in one.roles
            ),
            None,
        )
        metadata = InstanceMetadata(instance_id=name, session=session, profile=profile)
        if request.method == "PUT" and request.path == TOKEN_PATH:
            written = request.header(TOKEN_TTL_HEADER.lower())
            answer = metadata.put_token(
                int(written) if written.isdecimal() and len(written) < 9 else 0, time.now
            )
            return _metadata_text(
                answer.status, answer.body, {TOKEN_TTL_HEADER: written} if answer.status == 200 else {}
            )
        if request.method != "GET":
            return _metadata_text(405, "")
        if failure is not None and request.path.rstrip("/").endswith("/iam/info"):
            document = {
                "Code": "AssumeRoleUnauthorizedAccess",
                "Message": failure.message,
                "LastUpdated": printed(time.now),
            }
            return _metadata_text(200, json.dumps(document, indent=2))
        token = request.headers.get(TOKEN_HEADER.lower())
        answer = metadata.get(request.path, now=time.now, token=token)
        return _metadata_text(answer.status, self._in_client_time(answer.body, time))

    def _in_client_time(self, body: str, time: Time) -> str:
        if '"Expiration"' not in body:
            return body
        document = json.loads(body)
        for name in ("Expiration", "LastUpdated"):
            instant = datetime.fromisoformat(document[name].replace("Z", "+00:00"))
            document[name] = printed(client_time(instant, self.simulation.now, time))
        return json.dumps(document, indent=2)

    # ---- sessions

    def _session(self, role: Role, caller: Identity, name: str) -> Session:
        """The session that is delivered now; a new one when its rotation is due. Raises AwsError."""

        def issue() -> str:
            params = {"RoleArn": role.arn, "RoleSessionName": name}
            issued = self.simulation.call("sts:AssumeRole", params, caller=caller)
            self.issued(params, caller)
            return str(issued["Credentials"]["AccessKeyId"])

        return self._current(f"{caller.label} {role.arn}", issue)

    def _current(self, kind: str, issue: Callable[[], str]) -> Session:
        """The session of a kind that is delivered now; `issue` returns the access key id of a new one. Raises
        AwsError.
        """
        held = self.simulation.world.sessions.get(self._held.get(kind, ""))
        if held is not None and self.simulation.now < rotation_due(held):
            return held
        try:
            key = issue()
        except AwsError:
            if held is not None and self.simulation.now < held.expires_at:
                return held
            raise
        self._held[kind] = key
        return self.simulation.world.sessions[key]


def instance_role(simulation: Simulation, name: str | None) -> Role | None:
    """The role that IMDS delivers: the named one, else that of the only instance profile. Raises LookupError
    for an unknown name; its text lists the instance profiles.
    """
    configuration = simulation.world.configuration
    roles = [
        configuration.roles[arn]
        for one in configuration.instance_profiles.values()
        for arn in one.roles
        if arn in configuration.roles
    ]
    if name is None:
        return roles[0] if len(roles) == 1 else None
    for role in (*roles, *configuration.roles.values()):
        if name in (role.role_name, role.arn):
            return role
    raise LookupError(
        f"no role {name}; instance profiles have {', '.join(one.role_name for one in roles) or 'none'}"
    )


def _name(configuration: Any, role: Role) -> str:
    account = configuration.accounts.get(role.arn.split(":")[4])
    return account.name if account else ""


def _json(status: int, document: dict[str, Any]) -> HttpResponse:
    return HttpResponse(
        status=status, headers={"Content-Type": "application/json"}, body=json.dumps(document).encode()
    )


def _metadata_text(status: int, text: str, headers: dict[str, str] | None = None) -> HttpResponse:
    sent = {"Content-Type": "text/plain", "Server": "EC2ws", **(headers or {})}
    return HttpResponse(status=status, headers=sent, body=text.encode())
