"""How is the log of a simulation written as CloudTrail events? One event for each request that AWS would
record.

Requests with credentials that were not accepted are not recorded. An AssumeRole into another account is
recorded in both accounts, in the role's account without the caller's name. Data events are written too,
although a real trail has them only if they are enabled; `eventCategory` marks them.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from sts_tui.account.json_value import Json
from sts_tui.account.workload_identities import POD_IDENTITY, ROLES_ANYWHERE
from sts_tui.simulation.authorization.authorizer import LoggedQuestion
from sts_tui.simulation.authorization.request_context import DEFAULT_SOURCE_IP, DEFAULT_USER_AGENT
from sts_tui.simulation.calls.redaction import HIDDEN, redacted
from sts_tui.simulation.events import ConfigurationChanged, Event, RequestAnswered, SessionStarted, Verdict
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.authenticate import key_owner
from sts_tui.sts.identity import (
    ANONYMOUS_IDENTITY,
    CallerIdentity,
    operator_identity,
    service_identity,
    session_identity,
)
from sts_tui.sts.identity import user_identity as of_user
from sts_tui.sts.session import Session
from sts_tui.tours.reading.aws_line import read_aws_line
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.parameters import parameters
from sts_tui.tours.reading.words import split_words
from sts_tui.trail.writing.called_operation import called
from sts_tui.trail.writing.issuing import (
    UNSIGNED,
    request_of,
    request_of_workload,
    response_of,
    visitor_event,
)
from sts_tui.trail.writing.redaction import without_tokens
from sts_tui.trail.writing.sign_ins import (
    CONSOLE,
    PORTAL,
    by_center_user,
    console_login,
    failed_sign_in,
    of_center_user,
    portal_events,
    role_of_the_portal,
    signed_in,
    who_signed_in,
)
from sts_tui.trail.writing.user_identity import as_other_account, instant, user_identity

_NOT_RECORDED: Final = frozenset(
    ("InvalidClientTokenId", "InvalidToken", "InvalidAccessKeyId", "ExpiredToken", "ExpiredTokenException",
     "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure",
     "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
     "RequestExpired", "InternalFailure")
)  # fmt: skip
"""Errors of authentication, which CloudTrail does not record."""
_BY_CERTIFICATE: Final = "rolesanywhere:CreateSession"
_SERVICES: Final = {
    _BY_CERTIFICATE: ROLES_ANYWHERE,
    "eks-auth:AssumeRoleForPodIdentity": POD_IDENTITY,
}
"""Operation → service that calls AssumeRole for it."""
_RECORDED_CODES: Final = {"UnauthorizedOperation": "Client.UnauthorizedOperation"}
_CODES_OF_PODS: Final = {"AccessDeniedException": "AccessDenied"}
"""Error code → error code in published events of denied pods:
https://github.com/aws-samples/amazon-eks-security-immersion-day"""
_NOT_IN_EVENTS: Final = ("cert", "certificateChain")


class EventWriter:
    """Writes the CloudTrail events of one simulation. Pass the events of its log in order."""

    def __init__(self, simulation: Simulation, name: str = "") -> None:
        """`name` distinguishes simulations whose events are in one file. Event ids are derived from it."""
        self._simulation = simulation
        self._name = name or str(simulation.seed)

    def events(self, logged: Iterable[Event]) -> Iterator[dict[str, Any]]:
        """The events that CloudTrail would record, with the members of `event.schema.json`. A request and
        what it issued or edited must be in the same call.
        """
        given = list(logged)
        for at, event in enumerate(given):
            if isinstance(event, RequestAnswered) and event.code not in _NOT_RECORDED:
                yield from map(without_tokens, self._recorded(event, given[at + 1 : at + 3]))

    def _recorded(self, event: RequestAnswered, following: list[Event]) -> Iterator[dict[str, Any]]:
        if event.action == CONSOLE or event.action in PORTAL:
            yield from self._sign_in(event, following)
            return
        question = event.recall if isinstance(event.recall, LoggedQuestion) else None
        caller = self._caller_of(event, question)
        if caller is None:
            return
        condition_keys: Mapping[str, Json] = question.operation_context if question else {}
        session = self._issued(following) if event.verdict is Verdict.ALLOWED else None
        record = self._record(event, caller, question, condition_keys)
        request = self._request(event, condition_keys, session, following, record)
        record["requestParameters"] = redacted(request) if request else None
        record["responseElements"] = (
            response_of(session, condition_keys) if session else _made(event, following)
        )
        if event.action in UNSIGNED:
            yield visitor_event(record, session)
            return
        if event.action == "sso:GetRoleCredentials" and (portal := self._of_portal(caller.label)):
            yield record | portal
            if session is not None and question is not None:
                provider, own_id = question.caller.arn or "", self._id(event.number, "issuing")
                yield role_of_the_portal(record, session, condition_keys, provider, own_id)
            return
        if session is not None and session.proof is not None and not event.action.startswith("sts:"):
            asked = request_of_workload(session)
            yield record | {"requestParameters": asked, "responseElements": None}
            yield from self._of_service(event, following, record)
            return
        owner = session.account if session else ""
        is_of_role = event.action.startswith("sts:AssumeRole") and record["userIdentity"]["type"] in _NAMED
        if session is not None and owner and owner != record["recipientAccountId"] and is_of_role:
            shared = self._id(event.number, "shared")
            yield record | {"sharedEventID": shared}
            yield record | {
                "sharedEventID": shared,
                "eventID": self._id(event.number, "copy"),
                "userIdentity": as_other_account(record["userIdentity"]),
                "recipientAccountId": owner,
            }
        else:
            yield record

    def _of_service(
        self, event: RequestAnswered, following: list[Event], record: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """The AssumeRole calls of Roles Anywhere or EKS Pod Identity for a workload: the first by the
        service, that for a target role with the first session.
        """
        before: Session | None = None
        started = [one.access_key_id for one in following if isinstance(one, SessionStarted)]
        for session in filter(None, map(self._simulation.world.sessions.get, started)):
            service = {"type": "AWSService", "invokedBy": _SERVICES[event.action]}
            condition_keys = {} if before is not None or not session.source_identity else {
                "sts:SourceIdentity": session.source_identity
            }  # fmt: skip
            yield dict(record) | {
                "eventID": self._id(event.number, session.access_key_id),
                "eventSource": "sts.amazonaws.com",
                "eventName": "AssumeRole",
                "userIdentity": service if before is None else user_identity(session_identity(before), {}),
                "sourceIPAddress": service["invokedBy"],
                "readOnly": True,
                "requestParameters": request_of(
                    "sts:AssumeRole", session.issuer_arn, condition_keys, session
                ),
                "responseElements": response_of(session, {}),
                "resources": [{"ARN": session.issuer_arn, "accountId": session.account}],
                "recipientAccountId": session.account,
            }
            before = session

    def _record(
        self, event: RequestAnswered, caller: CallerIdentity, question: LoggedQuestion | None,
        condition_keys: Mapping[str, Json],
    ) -> dict[str, Any]:  # fmt: skip
        context = {key.lower(): value for key, value in question.context.items()} if question else {}
        operation = called(event.action, event.resource, event.client.operation if event.client else "")
        identity = user_identity(caller, condition_keys)
        address, through = _where_from(context, identity)
        of_resource = event.resource.split(":")[4] if event.resource.count(":") > 4 else ""
        account = (of_resource or caller.account) if caller.is_operator else (caller.account or of_resource)
        record: dict[str, Any] = {
            "eventVersion": "1.11",
            "userIdentity": identity | through,
            "eventTime": instant(event.at),
            "eventSource": operation.source,
            "eventName": operation.name,
            "awsRegion": event.region,
            "sourceIPAddress": address,
            "userAgent": str(context.get("aws:useragent") or DEFAULT_USER_AGENT),
            "requestParameters": dict(operation.parameters) or None,
            "responseElements": None,
            "requestID": self._id(event.number, "request"),
            "eventID": self._id(event.number, "event"),
            "readOnly": operation.is_read_only,
            "eventType": "AwsApiCall",
            "managementEvent": not operation.is_data_event,
            "recipientAccountId": account,
            "eventCategory": "Data" if operation.is_data_event else "Management",
        }
        if event.resource.startswith("arn:"):
            owner = event.resource.split(":")[4] or account
            record["resources"] = [{"ARN": event.resource, "accountId": owner}]
        if event.code != "200":
            codes = _CODES_OF_PODS if event.action.startswith("eks-auth:") else _RECORDED_CODES
            record["errorCode"] = codes.get(event.code, event.code)
            record["errorMessage"] = event.message
        if (endpoint := _endpoint(context)) is not None:
            record["vpcEndpointId"] = endpoint
        return record

    def _request(
        self, event: RequestAnswered, condition_keys: Mapping[str, Json], session: Session | None,
        following: list[Event], record: Mapping[str, Any],
    ) -> dict[str, Any] | None:  # fmt: skip
        edited = next((one for one in following if isinstance(one, ConfigurationChanged)), None)
        if edited is not None and edited.action == event.action:
            return _parameters_of(edited.command) or record["requestParameters"]
        if session is not None or event.action.startswith("sts:AssumeRole"):
            request = _asked(event) | request_of(event.action, event.resource, condition_keys, session)
            if event.action == "sts:AssumeRoleWithSAML" and isinstance(event.recall, LoggedQuestion):
                request["principalArn"] = event.recall.caller.arn
            if str(condition_keys.get("aws:MultiFactorAuthPresent")) == "true" or (
                session and session.mfa_at
            ):
                request |= self._serial_number(record["userIdentity"])
            return request or None
        return _asked(event) or record["requestParameters"]

    def _issued(self, following: list[Event]) -> Session | None:
        if following and isinstance(following[0], SessionStarted):
            return self._simulation.world.sessions.get(following[0].access_key_id)
        return None

    def _caller_of(self, event: RequestAnswered, question: LoggedQuestion | None) -> CallerIdentity | None:
        """The caller of a request; None if it is no longer known. For the holder of a certificate, it is
        Roles Anywhere. For a pod, the logged request may be the service's, while the caller is the node.
        """
        if event.action == _BY_CERTIFICATE:
            return service_identity(_SERVICES[event.action])
        return question.caller if question and event.action not in _SERVICES else self._caller(event)

    def _caller(self, event: RequestAnswered) -> CallerIdentity | None:
        """The caller of a request that no policy decided; None if it is no longer known."""
        world = self._simulation.world
        if event.action in UNSIGNED:
            return ANONYMOUS_IDENTITY
        if event.caller == "operator":
            return operator_identity(world.first_account)
        key = event.access_key_id or ""
        if (session := world.sessions.get(key)) is not None:
            return session_identity(session)
        owner = key_owner(key, world.configuration) if key else None
        return of_user(owner[0], key) if owner else None

    def _of_portal(self, label: str) -> dict[str, Any]:
        """The differences for calls of an IAM Identity Center user: they are recorded in the account of the
        instance, for the user, without parameters and credentials. Empty for other callers.
        """
        configuration = self._simulation.world.configuration
        user = of_center_user(label, None, configuration)
        return by_center_user(user, configuration) if user is not None else {}

    def _sign_in(self, event: RequestAnswered, following: list[Event]) -> Iterator[dict[str, Any]]:
        """The events of a sign-in to the console or portal, or of a sign-out from the portal, which no policy
        decides.
        """
        world = self._simulation.world
        made = signed_in(following, world)
        if event.action != CONSOLE:
            record = self._record(event, operator_identity(world.first_account), None, {})
            if made is not None:
                ids = partial(self._id, event.number)
                yield from portal_events(record, event.action, made, world.configuration, ids)
            return
        caller = who_signed_in(made, world) if made else failed_sign_in(event, world.configuration)
        if caller is not None:
            record = self._record(event, caller, None, {})
            yield console_login(record, caller, world.configuration, is_success=made is not None)

    def _serial_number(self, identity: Mapping[str, Any]) -> dict[str, str]:
        """The MFA device of the calling user. The code is never recorded."""
        user = self._simulation.world.configuration.users.get(str(identity.get("arn")))
        devices = user.mfa_devices if user else ()
        return {"serialNumber": devices[0].serial_number} if devices else {}

    def _id(self, number: int, what: str) -> str:
        """An id in the form of a UUID, derived from the event. Ids within a second are in order."""
        digest = hashlib.sha256(f"{self._name}:{what}:{number}".encode()).hexdigest()
        return f"{number:08x}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


_NAMED: Final = ("IAMUser", "AssumedRole", "Root", "FederatedUser")


def _asked(event: RequestAnswered) -> dict[str, Any]:
    """The parameters of a failed operation, with CloudTrail's names, without tokens and assertions of STS."""
    given = {} if not event.asked else _by_recorded_names(json.loads(event.asked))
    given = {name: value for name, value in given.items() if name not in _NOT_IN_EVENTS}
    if not event.action.startswith("sts:"):
        return given
    return {name: value for name, value in given.items() if value != HIDDEN}


def _made(event: RequestAnswered, following: list[Event]) -> dict[str, Any] | None:
    """The part of the response of CreatePolicy of Organizations with the id by which later requests refer to
    the policy.
    """
    edited = next((one for one in following if isinstance(one, ConfigurationChanged)), None)
    if event.action != "organizations:CreatePolicy" or edited is None or edited.action != event.action:
        return None
    return {"policy": {"policySummary": {"id": edited.subject.rpartition("/")[2], "arn": edited.subject}}}


def _endpoint(context: Mapping[str, Json]) -> str | None:
    """The VPC endpoint of a request. A request has `aws:SourceVpc` only if it came through one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    if (endpoint := context.get("aws:sourcevpce")) is not None:
        return str(endpoint)
    vpc = context.get("aws:sourcevpc")
    return f"vpce-{str(vpc).removeprefix('vpc-')}" if vpc is not None else None


def _where_from(context: Mapping[str, Json], identity: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """(`sourceIPAddress`, members of `userIdentity` for an intermediate service)."""
    if identity["type"] == "AWSService":
        return str(identity["invokedBy"]), {}
    via = context.get("aws:calledvia")
    services = via if isinstance(via, list) else [via] if via else []
    if services:
        return str(services[-1]), {"invokedBy": str(services[-1])}
    address = context.get("aws:sourceip") or context.get("aws:vpcsourceip") or DEFAULT_SOURCE_IP
    return str(address), {}


def _parameters_of(command: str) -> dict[str, Any]:
    """The parameters of an `aws …` line, with CloudTrail's names."""
    try:
        words = split_words(command)
        if words[:1] != ("aws",):
            return {}
        given = parameters(read_aws_line(words[1:]), Path())
    except (StepError, ValueError):
        return {}
    return _by_recorded_names(given)


def _by_recorded_names(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name[:1].lower() + name[1:]: _recorded(value) for name, value in given.items()}


def _recorded(value: Any) -> Any:
    """A value in recorded form: documents as text, members of structures with a lower-case first letter."""
    match value:
        case {"Statement": _}:
            return json.dumps(value, separators=(",", ":"))
        case Mapping():
            return {name[:1].lower() + name[1:]: _recorded(inner) for name, inner in value.items()}
        case list():
            return [_recorded(one) for one in value]
    return value


class TrailFile:
    """Collects the events of running simulations in the form of a file that CloudTrail delivers."""

    def __init__(self) -> None:
        self._events: list[str] = []

    def watch(self, simulation: Simulation, name: str) -> None:
        """Collect the events of a simulation from now on. `name`: see `EventWriter`."""
        writer = EventWriter(simulation, name)

        def note(logged: tuple[Event, ...]) -> None:
            self._events += [json.dumps(one, ensure_ascii=False) for one in writer.events(logged)]

        simulation.subscribe(note)

    def text(self) -> str:
        """`{"Records": […]}`, with one event on each line."""
        return '{"Records": [\n' + ",\n".join(self._events) + "\n]}\n"
