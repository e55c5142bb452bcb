"""What decides one hop? The engine's explanation of the call that makes it.

A hop by AssumeRole is explained with what the caller has to supply; a path through IAM or a service by its
first permission.
"""

from __future__ import annotations

from collections.abc import Mapping

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.account.json_value import Json
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.iam.explaining.explain import Explanation
from sts_tui.simulation.authorization.assumed_session import Tags, assumed_session, carrying
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.calls.pipeline import CallResult
from sts_tui.simulation.reach.caller_supplied_context import operation_context
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.escalation.escalation_paths import PATHS, EscalationPath
from sts_tui.simulation.reach.evaluated_hop import SESSION_NAME
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.visitors.workload_entries import entry_of
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity, service_identity, session_identity


def explained_hop(source: str, group: HopGroup, world: World) -> Explanation | None:
    """The decision on the hop from one source (a `HopGroup` source); None if the source is outside the files
    or is a user signed in at an identity provider.
    """
    if group.through:  # the last hop requires what the hops before it supply
        group = group.through[-1]
        source = group.sources[0]
    if group.operation in ("CreateSession", "AssumeRoleForPodIdentity"):
        entry = entry_of(source, group.target, world)
        return None if entry is None else _explained(entry.found, world)
    tags = tuple(each.session_tag for each in group.brought if each.session_tag is not None)
    caller = _caller(source, world, tags)
    asked = None if caller is None else _deciding_request(source, group, world)
    if caller is None or asked is None:
        return None
    action, resource, keys = asked
    context: dict[str, Json] = dict(each.key for each in group.brought if each.key)
    if action != "sts:AssumeRole" and any(each.has_mfa for each in group.brought):
        context |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"}
    question = hypothetical_request(
        caller,
        action,
        resource,
        world,
        resource_account=account_of(group.target),
        region=next((each.region for each in group.brought if each.region), DEFAULT_REGION),
        context=context,
        operation_context=keys,
    )
    return prepare(question).explain(world.now)


def _deciding_request(
    source: str, group: HopGroup, world: World
) -> tuple[str, str, Mapping[str, Json]] | None:
    """Action, resource and condition keys of the request that decides a hop; None for other kinds of hops."""
    if group.written:
        written_with: dict[str, Json] = {
            key: value if isinstance(value, str) else list(value) for key, value in group.written_with
        }
        return f"iam:{group.operation.partition(',')[0]}", group.written, written_with
    if group.operation == "AssumeRole":
        return "sts:AssumeRole", group.target, operation_context(group.brought, SESSION_NAME)
    path = next((each for each in PATHS if each.name == group.operation), None)
    if path is None:
        return None
    action = path.permissions[0].action
    keys = {"iam:PassedToService": path.service} if action == "iam:PassRole" else {}
    return action, _resource(path, source, group.target, world), keys


def _explained(result: CallResult, world: World) -> Explanation | None:
    """The explanation of a call's decision; None if no policy was evaluated."""
    question = result.question
    return None if question is None else prepare(question).explain(world.now)


def _resource(path: EscalationPath, source: str, target: str, world: World) -> str:
    """The resource that the first permission of a path is evaluated on."""
    search = DirectHops(world)
    known = search.sources.by_arn.get(source)
    return target if known is None else Escalation(world, search).resource_of(path, known, target)


def _caller(source: str, world: World, tags: Tags) -> CallerIdentity | None:
    """The source as a caller; None if it is not in the files. `tags`: those of a role's session."""
    if source.startswith("service:"):
        return service_identity(source.removeprefix("service:"))
    search = DirectHops(world)
    found = search.sources.by_arn.get(source)
    if found is not None and tags and isinstance(found.entity, Role):
        return session_identity(carrying(assumed_session(found.entity, SESSION_NAME, world), tags))
    return search.evaluator.caller(found) if found is not None else None
