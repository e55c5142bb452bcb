"""What do the lists of resources, identity providers and workloads show?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role, Workload
from sts_tui.simulation.authorization.organization import POLICY_TYPES, is_management_account, levels_of
from sts_tui.simulation.identities import UnknownIdentityError, resolve
from sts_tui.simulation.views.nouns.noun import Noun, NounColumn, NounRow, account_label
from sts_tui.simulation.views.nouns.policies import guardrail_row
from sts_tui.simulation.views.rows import PolicyRow, policy_row, policy_rows
from sts_tui.simulation.views.trust_label import PROVIDER_LABELS, service_label
from sts_tui.simulation.world import World

# Resources -----------------------------------------------------------------------------------------------


def _resources(world: World) -> tuple[NounRow, ...]:
    configuration = world.configuration
    return tuple(
        NounRow(
            key=resource.arn,
            arn=resource.arn,
            name=resource.arn.split(":", 5)[-1],
            account=account_label(resource.account, configuration),
            cells=(
                resource.arn.split(":")[2],
                "policy" if resource.policy is not None else "",
                " ".join(f"{tag.key}={tag.value}" for tag in resource.tags),
            ),
        )
        for resource in configuration.resources.values()
    )


def _policies_of_resource(world: World, arn: str) -> tuple[PolicyRow, ...]:
    """Its own policy, then the RCPs that apply to requests for it."""
    configuration = world.configuration
    resource = configuration.resources.get(arn)
    if resource is None:
        return ()
    own = (
        (policy_row("resource policy", "resource policy", arn, None, resource.policy, holder=arn),)
        if resource.policy is not None
        else ()
    )
    if is_management_account(resource.account, configuration):
        return own
    rcps = (
        guardrail_row(policy, POLICY_TYPES[1], account_label(level.name, configuration))
        for level in levels_of(resource.account, configuration)
        for policy in level.resource_control_policies
    )
    return (*own, *rcps)


# Identity providers --------------------------------------------------------------------------------------


def _providers(world: World) -> tuple[NounRow, ...]:
    configuration = world.configuration
    trusting = _trusting_roles(configuration)
    saml = (
        (each.arn, each.name, "SAML", "", each.identity_provider)
        for each in configuration.saml_providers.values()
    )
    oidc = (
        (each.arn, each.url, "OIDC", ", ".join(each.client_id_list), each.identity_provider)
        for each in configuration.oidc_providers.values()
    )
    return tuple(
        NounRow(
            key=arn,
            arn=arn,
            name=name,
            account=account_label(account_of(arn), configuration),
            cells=(kind, ", ".join(role.role_name for role in trusting.get(arn, ())), clients),
            words=simulated,
        )
        for arn, name, kind, clients, simulated in (*saml, *oidc, *_built_in(world, trusting))
    )


def _built_in(world: World, trusting: Mapping[str, list[Role]]) -> Iterator[tuple[str, str, str, str, str]]:
    """The built-in providers, which roles trust by name: those that a role trusts or that the model
    simulates.
    """
    for name, kind in PROVIDER_LABELS.items():
        known = [one for one in world.identity_providers.values() if one.host == name]
        if kind == "Cognito":
            apps = [pool.identity_pool_name for pool in world.configuration.identity_pools.values()]
        else:
            apps = [one.client_id for one in known if one.client_id]
        if name in trusting or known or apps:
            yield name, name, kind, ", ".join(apps), ", ".join(one.name for one in known)


def _trusting_roles(configuration: Configuration) -> Mapping[str, list[Role]]:
    """Roles by the ARN of a federated principal that an Allow of their trust policy names."""
    found: dict[str, list[Role]] = {}
    for role in configuration.roles.values():
        for provider in dict.fromkeys(_federated(role)):
            found.setdefault(provider, []).append(role)
    return found


def _federated(role: Role) -> Iterator[str]:
    for statement in _listed(role.assume_role_policy_document.document.get("Statement")):
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal")
        if isinstance(principal, Mapping):
            yield from map(str, _listed(principal.get("Federated")))


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _trusts(world: World, arn: str) -> tuple[PolicyRow, ...]:
    """The trust policies of the roles that the provider's identities may assume."""
    return tuple(
        policy_row(
            role.role_name,
            "trust policy",
            f"role {role.role_name}",
            None,
            role.assume_role_policy_document,
            holder=role.arn,
        )
        for role in _trusting_roles(world.configuration).get(arn, ())
    )


# Workloads -----------------------------------------------------------------------------------------------


def _workloads(world: World) -> tuple[NounRow, ...]:
    return tuple(
        NounRow(
            key=workload.name,
            name=workload.name,
            cells=(
                _who(workload.identity),
                _health(workload.name, world),
                _role_name(workload),
                _reason(workload.name, world),
                _counts(workload.name, world),
            ),
            words=workload.identity,
        )
        for workload in world.workloads.values()
    )


def _who(identity: str) -> str:
    kind, _, name = identity.partition(":")
    if kind == "service":
        return service_label(name)
    return identity.rsplit("/", 1)[-1] if kind == "arn" else identity


def _role_name(workload: Workload) -> str:
    return " › ".join(hop.role_arn.rsplit("/", 1)[-1] for hop in workload.assume_roles)


def _health(name: str, world: World) -> str:
    if name in world.paused_workloads:
        return "paused"
    state = world.workload_states.get(name)
    return state.health.value if state is not None else ""


def _reason(name: str, world: World) -> str:
    """Why its requests fail."""
    state = world.workload_states.get(name)
    return state.reason if state is not None and name not in world.paused_workloads else ""


def _counts(name: str, world: World) -> str:
    state = world.workload_states.get(name)
    return (
        f"{state.succeeded} + {state.failed} denied"
        if state is not None and state.failed
        else (str(state.succeeded) if state is not None and state.succeeded else "")
    )


def principal_of_workload(workload: Workload, world: World) -> str:
    """ARN of the role or user whose permissions its requests have; empty if it has none yet."""
    if workload.assume_roles:
        return workload.assume_roles[-1].role_arn
    if workload.identity.startswith("workload:"):
        victim = world.workloads.get(workload.identity.removeprefix("workload:"))
        return principal_of_workload(victim, world) if victim is not None and victim != workload else ""
    try:
        identity = resolve(workload.identity, world)
    except UnknownIdentityError:
        return ""
    session = world.sessions.get(identity.access_key_id or "")
    return session.issuer_arn if session is not None else identity.arn or ""


def _policies_of_workload(world: World, name: str) -> tuple[PolicyRow, ...]:
    workload = world.workloads.get(name)
    return policy_rows(world, principal_of_workload(workload, world)) if workload is not None else ()


RESOURCES = Noun(
    id="resources",
    one="resource",
    title="Resources",
    help=(
        "What the file lists with an ARN: buckets, keys, queues, VPC endpoints … Pane 2 shows the resource's "
        "own policy, and the RCPs that bind requests to it."
    ),
    columns=(
        NounColumn("service", "SERVICE", 8),
        NounColumn("policy", "POLICY", 6),
        NounColumn("tags", "TAGS", 10, is_name=True),
    ),
    rows=_resources,
    policies=_policies_of_resource,
    no_policies="The file holds no policy of this resource.",
)
PROVIDERS = Noun(
    id="providers",
    one="identity provider",
    title="Identity providers",
    help=(
        "The SAML and OIDC providers of all accounts, and those that roles trust by name: Amazon, Cognito, "
        "Facebook, Google. ROLES: roles whose trust policy names the provider; pane 2 shows these trust "
        "policies. AUDIENCES of Cognito are identity pools."
    ),
    columns=(
        NounColumn("type", "TYPE", 4),
        NounColumn("roles", "ROLES", 12, is_name=True),
        NounColumn("clients", "AUDIENCES", 12, is_name=True),
    ),
    rows=_providers,
    policies=_trusts,
    no_policies="No role trusts this provider.",
)
WORKLOADS = Noun(
    id="workloads",
    one="workload",
    title="Workloads",
    help=(
        "The programs that make requests in this simulation; invented ones begin with ~. REASON: why "
        "requests fail. Pane 2 shows the policies of the role or user whose permissions the selected "
        "workload has."
    ),
    columns=(
        NounColumn("identity", "IDENTITY", 10, is_name=True),
        NounColumn("health", "STATE", 7),
        NounColumn("role", "ROLE", 11, is_name=True),
        NounColumn("reason", "REASON", 13, is_prose=True),
        NounColumn("requests", "REQUESTS", 8),
    ),
    rows=_workloads,
    policies=_policies_of_workload,
    no_policies="It has no role or user whose policies could be shown.",
    follows=lambda world: (
        world.configuration,
        world.workloads,
        world.workload_states,
        world.paused_workloads,
    ),
)
