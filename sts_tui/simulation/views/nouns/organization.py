"""What do the lists of accounts and of the organization's tree show?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import OrganizationAccount, OrganizationalUnit
from sts_tui.simulation.authorization.organization import POLICY_TYPES, is_management_account, levels_of
from sts_tui.simulation.views.nouns.noun import Noun, NounColumn, NounRow, account_label
from sts_tui.simulation.views.nouns.policies import guardrail_row
from sts_tui.simulation.views.rows import PolicyRow
from sts_tui.simulation.world import World


def _accounts(world: World) -> tuple[NounRow, ...]:
    configuration = world.configuration
    roles = Counter(account_of(arn) for arn in configuration.roles)
    users = Counter(account_of(arn) for arn in configuration.users)
    return tuple(
        NounRow(
            key=id,
            name=facts.name or id,
            cells=(id, str(roles[id]), str(users[id]), _place(id, configuration)),
            words=facts.account_alias,
        )
        for id, facts in configuration.accounts.items()
    )


def _place(account: str, configuration: Configuration) -> str:
    """`Root / Prod`, with the mark of the management account; empty outside an organization."""
    path = " / ".join(level.name for level in levels_of(account, configuration)[:-1])
    return f"{path}, management" if is_management_account(account, configuration) else path


def _policies_of_account(world: World, account: str) -> tuple[PolicyRow, ...]:
    """The organization's policies from the root down; none applies to the management account."""
    if is_management_account(account, world.configuration):
        return ()
    return tuple(
        guardrail_row(policy, type_name, account_label(level.name, world.configuration))
        for level in levels_of(account, world.configuration)
        for type_name, policies in zip(
            POLICY_TYPES, (level.service_control_policies, level.resource_control_policies), strict=True
        )
        for policy in policies
    )


# The tree ------------------------------------------------------------------------------------------------

Node = OrganizationalUnit | OrganizationAccount


def _nodes(unit: OrganizationalUnit, depth: int) -> Iterator[tuple[Node, int]]:
    yield unit, depth
    for account in unit.accounts:
        yield account, depth + 1
    for child in unit.organizational_units:
        yield from _nodes(child, depth + 1)


def _tree(world: World) -> tuple[NounRow, ...]:
    organization = world.configuration.organization
    if organization is None:
        return ()
    return tuple(_node_row(node, depth, world.configuration) for node, depth in _nodes(organization.root, 0))


def _node_row(node: Node, depth: int, configuration: Configuration) -> NounRow:
    scps = node.service_control_policies
    counts = str(1 if scps is None else len(scps)), str(len(node.resource_control_policies) or "")
    if isinstance(node, OrganizationAccount):
        kind = "management" if is_management_account(node.account_id, configuration) else "account"
        name = account_label(node.account_id, configuration)
        return NounRow(key=node.account_id, name=name, depth=depth, cells=(kind, node.account_id, *counts))
    kind = "unit" if depth else "root"
    return NounRow(key=node.id, name=node.name, depth=depth, cells=(kind, node.id, *counts))


def _policies_of_node(world: World, key: str) -> tuple[PolicyRow, ...]:
    """The policies attached to the root, unit or account itself."""
    organization = world.configuration.organization
    nodes = _nodes(organization.root, 0) if organization is not None else iter(())
    for node, _ in nodes:
        id, name = (
            (node.account_id, account_label(node.account_id, world.configuration))
            if isinstance(node, OrganizationAccount)
            else (node.id, node.name)
        )
        if id == key:
            lists = (node.service_control_policies or (), node.resource_control_policies)
            return tuple(
                guardrail_row(policy, type_name, name)
                for type_name, policies in zip(POLICY_TYPES, lists, strict=True)
                for policy in policies
            )
    return ()


ACCOUNTS = Noun(
    id="accounts",
    one="account",
    title="Accounts",
    help=(
        "The accounts of the model. Pane 2 shows the SCPs and RCPs that bind the selected account, from the "
        "organization's root down. None binds the management account."
    ),
    columns=(
        NounColumn("id", "ID", 12),
        NounColumn("roles", "ROLES", 5),
        NounColumn("users", "USERS", 5),
        NounColumn("unit", "UNIT", 12, is_name=True),
    ),
    rows=_accounts,
    policies=_policies_of_account,
    no_policies="No SCP or RCP binds this account.",
)
ORGANIZATION = Noun(
    id="organization",
    one="organizational unit",
    title="Organization",
    help=(
        "The organization's tree: its root, units and accounts. Pane 2 shows the SCPs and RCPs that are "
        "attached to the selected one itself."
    ),
    columns=(
        NounColumn("kind", "KIND", 10),
        NounColumn("id", "ID", 12, is_name=True),
        NounColumn("scps", "SCPS", 4),
        NounColumn("rcps", "RCPS", 4),
    ),
    rows=_tree,
    policies=_policies_of_node,
    no_policies="Nothing but FullAWSAccess, which AWS attaches, is attached here.",
)
