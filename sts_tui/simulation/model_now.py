"""Which model does a simulation have now, after all its edits? An account file made from the model has to
load again. Roles, users, access keys, pod identity associations and identity pools can be deleted while a
program still uses them, so the model lists such names in `deleted`. A program keeps its long-term key
(`workloads.long_term_keys`): if the keys of its user have changed, the workload names its key instead of the
user.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration, model_of
from sts_tui.account.entities import AccountModel, Workload
from sts_tui.simulation.identities import identity_of_user
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.workloads.long_term_keys import long_term_key, names_a_key, user_of_workload
from sts_tui.simulation.world import World


def model_now(simulation: Simulation) -> AccountModel:
    """The model of the files with all edits of entities and settings."""
    world, opened = simulation.world, simulation.model
    workloads = tuple(_with_its_key(one, world) for one in opened.workloads)
    model = model_of(
        world.configuration, replace(opened, settings=world.settings, workloads=workloads, deleted=())
    )
    was_missing = set(_named_but_missing(opened, simulation.opened.configuration)) - set(opened.deleted)
    missing = dict.fromkeys(_named_but_missing(model, world.configuration))
    return replace(model, deleted=tuple(one for one in missing if one not in was_missing))


def _with_its_key(workload: Workload, world: World) -> Workload:
    """The workload, with its access key as identity if its user was deleted, or if another key of the user
    would be assumed now.
    """
    state = world.workload_states.get(workload.name)
    key = long_term_key(workload, state, world) if state is not None else ""
    user = user_of_workload(workload, world.configuration)
    if not key or (user is not None and identity_of_user(user).access_key_id == key):
        return workload
    return replace(workload, identity=key)


def _named_but_missing(model: AccountModel, configuration: Configuration) -> Iterator[str]:
    """Names in workloads, identity providers, profiles, revocation lists and pods that no longer exist."""
    for workload in model.workloads:
        if _is_gone(workload, configuration):
            yield workload.identity
    for anchor in (crl.trust_anchor_arn for crl in configuration.crls.values()):
        if anchor and anchor not in configuration.trust_anchors:
            yield anchor
    yield from (role for role in _named_roles(model, configuration) if role not in configuration.roles)


def _is_gone(workload: Workload, configuration: Configuration) -> bool:
    """Whether the workload's long-term key, pod association or identity pool is deleted."""
    kind, _, rest = workload.identity.partition(":")
    if kind == "pod":
        place = rest.split("/")[:3]
        pods = configuration.pod_associations.values()
        return not any([one.cluster_name, one.namespace, one.service_account] == place for one in pods)
    if kind == "app":
        pool = rest.partition("/")[0]
        pools = configuration.identity_pools.values()
        return not any(pool in (one.identity_pool_name, one.identity_pool_id) for one in pools)
    is_of_a_user = kind == "arn" or names_a_key(workload)
    return is_of_a_user and user_of_workload(workload, configuration) is None


def _named_roles(model: AccountModel, configuration: Configuration) -> Iterator[str]:
    for workload in model.workloads:
        yield from (hop.role_arn for hop in workload.assume_roles)
    for provider in model.identity_providers:
        yield from (role for user in provider.users for role in user.roles)
    for pool in configuration.identity_pools.values():
        yield from pool.roles.values()
    for profile in configuration.anywhere_profiles.values():
        yield from profile.role_arns
    for pod in configuration.pod_associations.values():
        yield from (role for role in (pod.role_arn, pod.target_role_arn, pod.node_role_arn) if role)
