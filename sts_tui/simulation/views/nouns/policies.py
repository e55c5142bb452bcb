"""What do the lists of managed policies and of guardrails (SCPs and RCPs) show?"""

from __future__ import annotations

from collections.abc import Iterator

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import ManagedPolicy, NamedPolicy, OrganizationAccount, OrganizationalUnit
from sts_tui.simulation.authorization.organization import POLICY_TYPES, id_of_policy
from sts_tui.simulation.views.nouns.noun import Noun, NounColumn, NounRow, account_label
from sts_tui.simulation.views.rows import PolicyRow, policy_row
from sts_tui.simulation.world import World

_SHORT = dict(zip(POLICY_TYPES, ("SCP", "RCP"), strict=True))
"""The usual abbreviations of policy types."""


def _policies(world: World) -> tuple[NounRow, ...]:
    """Every customer managed policy, and the AWS managed policies that are in use."""
    configuration = world.configuration
    used = uses_of_policies(configuration)
    return tuple(
        NounRow(
            key=policy.arn,
            arn=policy.arn,
            name=policy.policy_name,
            account=_owner(policy, configuration),
            cells=(
                policy.default_version_id,
                str(len(used.get(policy.arn, ()))) if policy.arn in used else "",
                ", ".join(name for name, _ in used.get(policy.arn, ())),
            ),
            words=policy.policy_id,
        )
        for policy in configuration.policies.values()
        if policy.arn in used or account_of(policy.arn) != "aws"
    )


def _owner(policy: ManagedPolicy, configuration: Configuration) -> str:
    account = account_of(policy.arn)
    return "AWS" if account == "aws" else account_label(account, configuration)


def uses_of_policies(configuration: Configuration) -> dict[str, list[tuple[str, str]]]:
    """By the ARN of a managed policy: (its use, ARN of the entity), such as `role App`, `boundary of user
    dev`.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for word, entities in (
        ("user", configuration.users),
        ("group", configuration.groups),
        ("role", configuration.roles),
    ):
        for arn, entity in entities.items():
            name = f"{word} {arn.rsplit('/', 1)[-1]}"
            for attached in entity.attached_managed_policies:
                found.setdefault(attached.policy_arn, []).append((name, arn))
            boundary = getattr(entity, "permissions_boundary", None)
            if boundary is not None:
                found.setdefault(boundary.permissions_boundary_arn, []).append((f"boundary of {name}", arn))
    return found


def _versions(world: World, arn: str) -> tuple[PolicyRow, ...]:
    """The versions of the policy, the default version, which is in effect, first."""
    policy = world.configuration.policies.get(arn)
    if policy is None:
        return ()
    versions = sorted(policy.policy_version_list, key=lambda v: v.version_id != policy.default_version_id)
    return tuple(
        policy_row(
            policy.policy_name if is_default else f"{policy.policy_name} {version.version_id}",
            "managed" if is_default else "older version",
            f"default version {version.version_id}" if is_default else f"version {version.version_id}",
            arn,
            version.document,
            holder=arn,
        )
        for version in versions
        for is_default in (version.version_id == policy.default_version_id,)
    )


# Guardrails ----------------------------------------------------------------------------------------------


def guardrail_key(policy: NamedPolicy, type_name: str) -> str:
    """`SCP p-1234`"""
    return f"{_SHORT[type_name]} {id_of_policy(policy, type_name)}"


def attachments(configuration: Configuration) -> Iterator[tuple[str, NamedPolicy, str, str]]:
    """(type, policy, name of the root, unit or account, its id) for every attachment that a file names."""
    organization = configuration.organization
    if organization is not None:
        yield from _attachments_below(organization.root)


def _attachments_below(unit: OrganizationalUnit) -> Iterator[tuple[str, NamedPolicy, str, str]]:
    yield from _attached_to(unit, unit.name, unit.id)
    for account in unit.accounts:
        yield from _attached_to(account, account.account_id, account.account_id)
    for child in unit.organizational_units:
        yield from _attachments_below(child)


def _attached_to(
    node: OrganizationalUnit | OrganizationAccount, name: str, id: str
) -> Iterator[tuple[str, NamedPolicy, str, str]]:
    for policy in node.service_control_policies or ():
        yield POLICY_TYPES[0], policy, name, id
    for policy in node.resource_control_policies:
        yield POLICY_TYPES[1], policy, name, id


def _guardrails(world: World) -> tuple[NounRow, ...]:
    """Each policy once, with its attachments, including unattached policies."""
    configuration = world.configuration
    organization = configuration.organization
    if organization is None:
        return ()
    unattached = (
        organization.unattached_service_control_policies,
        organization.unattached_resource_control_policies,
    )
    found: dict[str, tuple[str, NamedPolicy, list[str]]] = {}
    for type_name, policy, where, _ in attachments(configuration):
        entry = found.setdefault(guardrail_key(policy, type_name), (type_name, policy, []))
        entry[2].append(account_label(where, configuration))
    for type_name, policies in zip(POLICY_TYPES, unattached, strict=True):
        for policy in policies:
            found.setdefault(guardrail_key(policy, type_name), (type_name, policy, []))
    return tuple(
        NounRow(
            key=key,
            name=policy.name,
            arn=policy.arn or "",
            cells=(_SHORT[type_name], ", ".join(where) or "nowhere"),
            words=f"{policy.description} {policy.id or ''}",
        )
        for key, (type_name, policy, where) in found.items()
    )


def guardrail_of(world: World, key: str) -> tuple[PolicyRow, ...]:
    """The document of the guardrail with this key."""
    organization = world.configuration.organization
    if organization is None:
        return ()
    unattached = (
        organization.unattached_service_control_policies,
        organization.unattached_resource_control_policies,
    )
    everywhere = [(name, policy, where) for name, policy, where, _ in attachments(world.configuration)]
    for type_name, policies in zip(POLICY_TYPES, unattached, strict=True):
        everywhere += [(type_name, policy, "") for policy in policies]
    for type_name, policy, where in everywhere:
        if guardrail_key(policy, type_name) == key:
            return (guardrail_row(policy, type_name, where),)
    return ()


def guardrail_row(policy: NamedPolicy, type_name: str, where: str) -> PolicyRow:
    """An SCP or RCP (`type_name` is one of POLICY_TYPES) attached to `where`."""
    return policy_row(
        policy.name,
        _SHORT[type_name],
        where,
        policy.arn,
        policy.document,
        holder=id_of_policy(policy, type_name),
    )


POLICIES = Noun(
    id="policies",
    one="policy",
    title="Managed policies",
    help=(
        "The customer managed policies of all accounts, and the AWS managed ones that are in use. USES: to "
        "how many users, groups and roles it is attached, also as a permissions boundary. Pane 2 shows the "
        "versions, the default one first."
    ),
    columns=(
        NounColumn("version", "VER", 4),
        NounColumn("uses", "USES", 4),
        NounColumn("by", "ATTACHED TO", 12, is_name=True),
    ),
    rows=_policies,
    policies=_versions,
    no_policies="The file names this policy without its text; what it grants is unknown.",
)
GUARDRAILS = Noun(
    id="guardrails",
    one="guardrail",
    title="Guardrails",
    help=(
        "The service control policies (SCPs) and resource control policies (RCPs) of the organization, and "
        "the roots, units and accounts that each is attached to."
    ),
    columns=(NounColumn("type", "TYPE", 4), NounColumn("targets", "ATTACHED TO", 12, is_name=True)),
    rows=_guardrails,
    policies=guardrail_of,
)
