"""Which policies apply to a request: of the caller, the resource, the organization, the VPC endpoint?

The policies are only gathered here; `sts_tui.iam` evaluates them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from sts_tui.account.arn import account_of, is_aws_managed
from sts_tui.account.configuration import Configuration
from sts_tui.account.deny_policies.identity_context import POLICY_NAME
from sts_tui.account.entities import (
    AttachedPolicy,
    Group,
    NamedPolicy,
    Organization,
    Resource,
    Role,
    Settings,
    User,
)
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import DEFAULT_SETTINGS, EvaluationSettings, Layer, PolicyDocument, PolicySet, compiled
from sts_tui.iam.caller import OF_AN_ACCOUNT, CallerKind
from sts_tui.iam.documents.policy import unread, unread_of_resource
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.settings import evaluation_part
from sts_tui.simulation.authorization.organization import (
    POLICY_TYPES,
    arn_of_policy,
    is_management_account,
    levels_of,
)
from sts_tui.simulation.bounded_cache import BoundedCache, ByIdentity
from sts_tui.sts.identity import CallerIdentity

_EVERYTHING: Final = WrittenPolicy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
"""The permissions of root, and what accounts outside the files are assumed to allow."""

_TOGETHER_WITH_ASSUMING: Final = frozenset({"sts:tagsession", "sts:setsourceidentity", "sts:setcontext"})


class AttachedDocument(Struct, frozen=True, kw_only=True):
    """One document that applies to a principal: its name, how it is attached, and to what."""

    name: str
    owner: str
    """The entity of an inline policy (`App` in `App/deploy#Artifacts`); empty for managed policies."""
    kind: str
    """`inline` or `managed`."""
    attached_at: str
    """`role App`, `user alice`, `group Engineers`."""
    arn: str | None
    written: WrittenPolicy | None
    """None: the dump names an AWS managed policy without its text, so that what it grants is unknown."""

    def document(self, policy_type: PolicyType) -> PolicyDocument:
        """The document as the engine reads it."""
        if self.written is None:
            return unread(self.name, self.owner, self.arn or "")
        return compiled(self.written, self.name, policy_type, self.owner, self.arn or "")


def principal_of(caller: CallerIdentity) -> str | None:
    """ARN of the user or role whose permissions the caller has."""
    return caller.caller.issuer_arn or caller.user_arn


def identity_documents(arn: str | None, configuration: Configuration) -> Iterator[AttachedDocument]:
    """Every identity-based policy of a user (its groups' included), role or group."""
    if role := configuration.roles.get(arn or ""):
        yield from _attached_to(role, "role", role.role_name, configuration)
    elif user := configuration.users.get(arn or ""):
        yield from _attached_to(user, "user", user.user_name, configuration)
        for group in groups_of(user, configuration):
            yield from _attached_to(group, "group", group.group_name, configuration)
    elif own := configuration.groups.get(arn or ""):
        yield from _attached_to(own, "group", own.group_name, configuration)


def groups_of(user: User, configuration: Configuration) -> Iterator[Group]:
    """The groups that the user's GroupList names, in its order."""
    if not user.group_list:
        return
    by_name = _GROUPS.get(configuration.groups)
    if by_name is None:
        by_name = {(account_of(arn), group.group_name): group for arn, group in configuration.groups.items()}
        _GROUPS.put(configuration.groups, by_name)
    account = account_of(user.arn)
    for name in user.group_list:
        if group := by_name.get((account, name)):
            yield group


_GROUPS: Final[ByIdentity[Mapping[str, Group], dict[tuple[str | None, str], Group]]] = ByIdentity()
"""Groups by account and name; computed once after each edit of a group, not for each request."""


def boundary_document(arn: str | None, configuration: Configuration) -> AttachedDocument | None:
    """The permissions boundary of a user or role."""
    entity = configuration.roles.get(arn or "") or configuration.users.get(arn or "")
    if entity is None or entity.permissions_boundary is None:
        return None
    attachment = AttachedPolicy(policy_arn=entity.permissions_boundary.permissions_boundary_arn)
    return _managed(attachment, "", configuration)


def governing_resource(arn: str, configuration: Configuration) -> Resource | None:
    """The entry of `Resources` whose policy applies to a request for this ARN: the ARN's own entry, or that
    of its container (the bucket of an object, the table of an index, a function, a log group).
    """
    resources = configuration.resources
    if not resources:
        return None
    prefix = arn
    while prefix.count(":") >= 5:
        if entry := resources.get(prefix):
            return entry
        cut = max(prefix.rfind("/"), prefix.rfind(":"))
        prefix = prefix[:cut]
    return None


def endpoint_of(endpoint_id: str | None, configuration: Configuration) -> Resource | None:
    """The VPC endpoint with this id (`vpce-…`); None if the model does not have it."""
    if not endpoint_id:
        return None
    ending = f":vpc-endpoint/{endpoint_id}"
    return next((entry for arn, entry in configuration.resources.items() if arn.endswith(ending)), None)


def caller_policies(
    caller: CallerIdentity,
    configuration: Configuration,
    settings: EvaluationSettings,
) -> tuple[list[PolicyDocument], list[PolicyDocument] | None, list[PolicyDocument] | None, list[Layer]]:
    """Identity-based policies, boundary, session policies and SCP levels of the caller."""
    arn = principal_of(caller)
    identity = [attached.document(PolicyType.IDENTITY) for attached in identity_documents(arn, configuration)]
    if caller.is_outside:
        identity.append(compiled(_EVERYTHING, f"account {caller.account} (assumed)", PolicyType.IDENTITY))
    if caller.caller.kind is CallerKind.FEDERATED_USER and (arn or "").endswith(":root"):
        identity.append(compiled(_EVERYTHING, "root user", PolicyType.IDENTITY))
    if caller.session is not None and caller.session.has_identity_context:
        partition = caller.session.arn.split(":")[1]
        attached_by_sts = AttachedPolicy(policy_arn=f"arn:{partition}:iam::aws:policy/{POLICY_NAME}")
        identity.append(_managed(attached_by_sts, "", configuration).document(PolicyType.IDENTITY))
    ceiling = boundary_document(arn, configuration)
    boundary = None if ceiling is None else [ceiling.document(PolicyType.BOUNDARY)]
    return (
        identity,
        boundary,
        _session_policies(caller, configuration),
        scp_levels(caller, configuration, settings),
    )


def policy_set(
    caller: CallerIdentity,
    resource: str,
    resource_account: str | None,
    action: str,
    configuration: Configuration,
    *,
    resource_policy: WrittenPolicy | None = None,
    endpoint: Resource | None = None,
    settings: Settings | None = None,
) -> PolicySet:
    """Everything that applies to one request."""
    evaluation = DEFAULT_SETTINGS if settings is None else evaluation_part(settings)
    identity, boundary, session, scps = caller_policies(caller, configuration, evaluation)
    through = (
        compiled(endpoint.policy, endpoint.arn.rpartition("/")[2], PolicyType.ENDPOINT)
        if (endpoint and endpoint.policy)
        else None
    )
    return PolicySet(
        identity=identity,
        session=session,
        boundary=boundary,
        resource=_resource_policy(action, resource, resource_policy, resource_account, configuration),
        scps=scps,
        rcps=rcp_levels(caller, resource_account, configuration, evaluation),
        endpoint=through,
        scope_downs=_scope_downs(caller),
        settings=evaluation,
    )


def scp_levels(
    caller: CallerIdentity, configuration: Configuration, settings: EvaluationSettings = DEFAULT_SETTINGS
) -> list[Layer]:
    """SCPs along the path of the caller's account. They do not apply to the management account,
    service-linked roles, services and anonymous callers.
    """
    account = caller.caller.account or caller.account
    if (
        caller.caller.kind not in OF_AN_ACCOUNT
        or caller.caller.is_service_linked
        or is_management_account(account, configuration)
    ):
        return []
    return [
        _shared_layer(level.service_control_policies, PolicyType.SCP, configuration, settings, number)
        for number, level in enumerate(levels_of(account or "", configuration))
    ]


def rcp_levels(
    caller: CallerIdentity,
    resource_account: str | None,
    configuration: Configuration,
    settings: EvaluationSettings,
) -> list[Layer]:
    """RCPs along the path of the resource's account, with RCPFullAWSAccess. The management account's
    resources and service-linked roles are exempt; `sts_tui.iam.rcp_coverage` has the other exemptions.
    """
    if (
        not resource_account
        or caller.caller.is_service_linked
        or is_management_account(resource_account, configuration)
    ):
        return []
    return [
        _shared_layer(level.resource_control_policies, PolicyType.RCP, configuration, settings, number)
        for number, level in enumerate(levels_of(resource_account, configuration))
    ]


_Level: TypeAlias = tuple[Organization | None, tuple[NamedPolicy, ...], Layer]
_LEVELS: Final[BoundedCache[tuple[int, PolicyType, int, EvaluationSettings], _Level]] = BoundedCache(1024)
"""Layers by the identity (`id`) of their policies, which the entry keeps alive."""


def _shared_layer(
    policies: tuple[NamedPolicy, ...],
    policy_type: PolicyType,
    configuration: Configuration,
    settings: EvaluationSettings,
    number: int,
) -> Layer:
    """One level of the organization: the same object for every caller below it, so that its result for an
    action is computed once.
    """
    organization = configuration.organization
    key = (id(policies), policy_type, number, settings)
    known = _LEVELS.get(key)
    if known is not None and known[0] is organization and known[1] is policies:
        return known[2]
    layer = Layer(policy_type, _compiled_all(policies, policy_type, organization), settings, number)
    _LEVELS.put(key, (organization, policies, layer))
    return layer


def _compiled_all(
    policies: tuple[NamedPolicy, ...], policy_type: PolicyType, organization: Organization | None
) -> list[PolicyDocument]:
    """The documents with their ARNs, which access denied messages name; derived if a file leaves them out."""
    if not policies or organization is None:
        return []
    scp, rcp = POLICY_TYPES
    type_name = scp if policy_type is PolicyType.SCP else rcp
    return [
        compiled(
            policy.document, policy.name, policy_type, arn=arn_of_policy(organization, policy, type_name)
        )
        for policy in policies
    ]


def _session_policies(caller: CallerIdentity, configuration: Configuration) -> list[PolicyDocument] | None:
    session = caller.session
    if session is None or not (
        session.has_session_policy or session.session_policies or session.session_policy_arns
    ):
        return None
    inline = [compiled(written, "session policy", PolicyType.SESSION) for written in session.session_policies]
    managed = [
        _managed(AttachedPolicy(policy_arn=arn), "", configuration).document(PolicyType.SESSION)
        for arn in session.session_policy_arns
        if arn in configuration.policies or is_aws_managed(arn)
    ]  # a deleted policy no longer allows anything
    return inline + managed


def _scope_downs(caller: CallerIdentity) -> list[list[PolicyDocument]]:
    """The policies of GetScopedCredentials, one layer each."""
    policies = caller.session.scope_down_policies if caller.session else ()
    return [
        [compiled(written, f"scope-down policy {number}", PolicyType.SCOPE_DOWN)]
        for number, written in enumerate(policies, 1)
    ]


def _resource_policy(
    action: str,
    resource: str,
    given: WrittenPolicy | None,
    owner: str | None,
    configuration: Configuration,
) -> PolicyDocument | None:
    """The policy of a resource; None if it has none. A KMS key always has one. For resources of accounts
    outside the files it is unknown.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    if given is not None:
        policy_type = PolicyType.TRUST if action.lower().startswith("sts:") else PolicyType.RESOURCE
        name = "trust policy" if policy_type is PolicyType.TRUST else resource.rpartition(":")[2]
        return compiled(given, name, policy_type)
    if resource in configuration.roles and is_asked_of_a_role(action):
        trust = configuration.roles[resource].assume_role_policy_document
        return compiled(trust, "trust policy", PolicyType.TRUST)
    entry = governing_resource(resource, configuration)
    if entry is None or entry.policy is None:
        is_key = action.lower().startswith("kms:") and ":key/" in resource
        is_outside = (
            entry is None and owner is not None and owner.isdigit() and owner not in configuration.accounts
        )
        return unread_of_resource(resource) if is_key or is_outside else None
    return compiled(entry.policy, entry.arn.rpartition(":")[2], PolicyType.RESOURCE)


def is_asked_of_a_role(action: str) -> bool:
    """Whether a role's trust policy decides the action: AssumeRole, AssumeRoleWith… and the actions
    authorized with them.
    """
    lowered = action.lower()
    return lowered.startswith("sts:assumerole") or lowered in _TOGETHER_WITH_ASSUMING


def _attached_to(
    entity: Role | User | Group, kind: str, name: str, configuration: Configuration
) -> Iterator[AttachedDocument]:
    match entity:
        case Role():
            inline = entity.role_policy_list
        case User():
            inline = entity.user_policy_list
        case Group():
            inline = entity.group_policy_list
    for policy in inline:
        yield AttachedDocument(
            name=policy.policy_name,
            owner=name,
            kind="inline",
            attached_at=f"{kind} {name}",
            arn=None,
            written=policy.policy_document,
        )
    for attachment in entity.attached_managed_policies:
        yield _managed(attachment, f"{kind} {name}", configuration)


def _managed(attachment: AttachedPolicy, attached_at: str, configuration: Configuration) -> AttachedDocument:
    policy = configuration.policies.get(attachment.policy_arn)
    return AttachedDocument(
        name=policy.policy_name if policy else attachment.policy_arn.rpartition("/")[2],
        owner="",
        kind="managed",
        attached_at=attached_at,
        arn=attachment.policy_arn,
        written=policy.default_document if policy else None,
    )
