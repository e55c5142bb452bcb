"""Which calls get credentials for the holder of a certificate, or for a pod?

The holder of a certificate calls CreateSession of Roles Anywhere, like the credential helper; the certificate
and the role determine trust anchor and profile. For a pod, the agent on its node exchanges the pod's token.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/credential-helper.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.entities import DirectoryUser, IdentityProvider
from sts_tui.account.json_value import Json
from sts_tui.account.workload_identities import AnywhereProfile, PodIdentityAssociation, TrustAnchor
from sts_tui.simulation.world import World

POD: Final = "pod:"
"""The prefix to CLUSTER/NAMESPACE/SERVICE-ACCOUNT in the identity of a workload."""


APP: Final = "app:"
"""The prefix to POOL or POOL/PROVIDER/USER in the identity of a workload."""


class NoCredentialsError(Exception):
    """No entity of the files can give credentials; the message says what is missing."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class AppVisitor(Struct, frozen=True, kw_only=True):
    """A visitor of an app that has an identity pool."""

    pool: str
    """The pool's name or id."""
    person: str = ""
    """`PROVIDER/USER`; empty for a guest."""

    @classmethod
    def of(cls, identity: str) -> AppVisitor:
        """`app:photos`, `app:photos/members/ana`"""
        pool, _, person = identity.removeprefix(APP).partition("/")
        return cls(pool=pool, person=person)

    @property
    def identity(self) -> str:
        """The visitor as the identity of a workload."""
        return f"{APP}{self.pool}/{self.person}" if self.person else f"{APP}{self.pool}"

    @property
    def label(self) -> str:
        """The label of its sessions; in AWS the sessions of all visitors have the same name."""
        return self.person.rpartition("/")[2] or "guest"


class PodPlace(Struct, frozen=True, kw_only=True):
    """A pod, by its names."""

    cluster: str
    namespace: str
    service_account: str
    name: str

    @classmethod
    def of_association(cls, association: PodIdentityAssociation) -> PodPlace:
        """The first pod of the service account."""
        account = association.service_account
        return cls(
            cluster=association.cluster_name,
            namespace=association.namespace,
            service_account=account,
            name=f"{account}-0",
        )

    @classmethod
    def of(cls, text: str) -> PodPlace:
        """`cluster/namespace/service-account`, with or without `/pod`. Raises NoCredentialsError."""
        parts = text.split("/")
        if not all(parts) or len(parts) not in (3, 4):
            raise NoCredentialsError(
                f"{text!r} is no pod", "write CLUSTER/NAMESPACE/SERVICE-ACCOUNT or …/POD: prod/shop/web"
            )
        cluster, namespace, service_account = parts[:3]
        name = parts[3] if len(parts) == 4 else f"{service_account}-0"
        return cls(cluster=cluster, namespace=namespace, service_account=service_account, name=name)


def certificate_session(
    provider: IdentityProvider,
    user: DirectoryUser,
    role_arn: str,
    world: World,
    overrides: Mapping[str, str] | None = None,
) -> tuple[str, dict[str, Json]]:
    """(action, parameters) of the call that exchanges a certificate of the user for a session of the role.
    `overrides`: fields of the certificate by name. Raises NoCredentialsError if no trust anchor trusts the
    authority, or no profile lists the role.
    """
    anchor, profile = anchor_and_profile(provider.name, role_arn, world.in_force)
    return "rolesanywhere:CreateSession", {
        "cert": certificate(provider, user, world, overrides),
        "trustAnchorArn": anchor.arn,
        "profileArn": profile.arn,
        "roleArn": role_arn,
    }


def certificate(
    provider: IdentityProvider, user: DirectoryUser, world: World, overrides: Mapping[str, str] | None = None
) -> str:
    """A certificate of the user, as base64. `overrides`: fields by name. Raises NoCredentialsError for
    invalid fields.
    """
    from sts_tui.identity_providers.certificate_authority import issue_certificate  # loads cryptography

    try:
        return issue_certificate(provider, user, now=world.now, overrides=overrides)
    except ValueError as error:
        raise NoCredentialsError(str(error)) from None


def anchor_and_profile(
    provider: str, role_arn: str, configuration: Configuration
) -> tuple[TrustAnchor, AnywhereProfile]:
    """The trust anchor and profile with which a certificate of this authority gets the role, preferably
    enabled ones. Raises NoCredentialsError.
    """
    anchors = [one for one in configuration.trust_anchors.values() if one.identity_provider == provider]
    profiles = [one for one in configuration.anywhere_profiles.values() if role_arn in one.role_arns]
    pairs = [
        (anchor, profile)
        for anchor in sorted(anchors, key=lambda one: not one.enabled)
        for profile in sorted(profiles, key=lambda one: not one.enabled)
        if anchor.arn.split(":")[3:5] == profile.arn.split(":")[3:5]
    ]
    if not anchors:
        raise NoCredentialsError(
            f"no trust anchor trusts {provider}", "TrustAnchors name it IdentityProvider"
        )
    if not pairs:
        raise NoCredentialsError(f"no profile lists the role {role_arn}", "Profiles list it in roleArns")
    return pairs[0]


def pod_token(place: PodPlace, world: World, overrides: Mapping[str, str] | None = None) -> tuple[str, str]:
    """(account of the cluster, a new token of the pod). `overrides`: claims by name.

    Raises NoCredentialsError.
    """
    from sts_tui.identity_providers.service_account_tokens import issue_pod_token  # loads cryptography

    cluster_arn = cluster_of(place, world)
    try:
        token = issue_pod_token(
            cluster_arn,
            place.namespace,
            place.service_account,
            place.name,
            now=world.now,
            overrides=overrides,
        )
    except ValueError as error:
        raise NoCredentialsError(str(error)) from None
    return account_of(cluster_arn) or "", token


def cluster_of(place: PodPlace, world: World) -> str:
    """The ARN of the pod's cluster, from an association (preferably its service account's); if all are
    deleted, from one that issued credentials. Raises NoCredentialsError.
    """
    known = list(world.in_force.pod_associations.values())
    here = [one for one in known if one.cluster_name == place.cluster]
    wanted = (place.namespace, place.service_account)
    mine = [one for one in here if (one.namespace, one.service_account) == wanted]
    if here:
        return (mine or here)[0].cluster_arn
    head, mark = f":podidentityassociation/{place.cluster}/", ":podidentityassociation/"
    for session in world.sessions.values():
        if session.proof is not None and head in session.proof.through:
            return f"{session.proof.through.partition(mark)[0]}:cluster/{place.cluster}"
    hint = did_you_mean(place.cluster, [one.cluster_name for one in known])
    raise NoCredentialsError(f"no cluster {place.cluster!r} has a pod identity association", hint)


def issued_key(response: Mapping[str, Any]) -> str:
    """The access key id in the response of any call that issues credentials."""
    if (listed := response.get("credentialSet")) is not None:
        return str(listed[0]["credentials"]["accessKeyId"])
    if (credentials := response.get("credentials")) is not None:
        return str(credentials["accessKeyId"])
    return str(response["Credentials"]["AccessKeyId"])


def holders(world: World) -> Iterator[tuple[IdentityProvider, DirectoryUser, str]]:
    """(authority, holder, role ARN) for each certificate and role that an anchor and a profile connect."""
    for provider in world.identity_providers.values():
        if provider.type != "X509":
            continue
        roles = dict.fromkeys(
            role for profile in world.in_force.anywhere_profiles.values() for role in profile.role_arns
        )
        for user in provider.users:
            for role in roles:
                try:
                    anchor_and_profile(provider.name, role, world.in_force)
                except NoCredentialsError:
                    continue
                yield provider, user, role


def is_workload_identity(who: str, world: World) -> bool:
    """Whether a WHO names a pod, or the holder of a certificate of a simulated authority."""
    provider = world.identity_providers.get(who.partition("/")[0])
    return who.startswith(POD) or (provider is not None and provider.type == "X509")
