"""What must a caller add to an AssumeRole call so that AWS allows it: MFA, an external ID, a tag?

The call is tried with what its denials require and the caller may choose (`choice_search`). Nothing is
changed.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from sts_tui.account.entities import User
from sts_tui.iam import Decision, Outcome, PolicySet, Request
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.authorization.choice_search import Attempt, attempt_of, search
from sts_tui.simulation.authorization.choice_values import Choices
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import carry_out
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext, brought_by, may_supply
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.issuing.mfa import next_code

_FREE_VALUE = "any"
_ACTION = "sts:AssumeRole"


def needed_to_assume(
    simulation: Simulation, params: Mapping[str, object], caller: Identity
) -> tuple[CandidateContext, ...] | None:
    """The least that `caller` adds to the parameters of AssumeRole for AWS to allow the call, in the order of
    the policies that require it. Empty: it is allowed already. None: nothing that the caller can choose
    helps.
    """
    world = simulation.world
    is_user = caller.access_key_id not in world.sessions
    user = world.in_force.users.get(caller.arn or "") if is_user else None

    def attempts(choices: Choices) -> Sequence[Sequence[Attempt]]:
        return _attempts(simulation, params, caller, brought_by(choices, user))

    is_service = is_user and user is None
    found = search(attempts, may_supply(user, is_service=is_service)).choices
    if found is None:
        return None
    named = tuple(_named_after(each, caller) for each in brought_by(found, user))
    return named if not _attempts(simulation, params, caller, named) else brought_by(found, user)


def _named_after(needed: CandidateContext, caller: Identity) -> CandidateContext:
    """The caller's name as source identity or session name, if any value is accepted."""
    if needed.parameter is None or needed.parameter[1] != _FREE_VALUE:
        return needed
    kind = needed.parameter[0]
    if kind not in ("SourceIdentity", "RoleSessionName"):
        return needed
    name = re.sub(r"[^\w+=,.@-]", "-", caller.label.partition("@")[0], flags=re.ASCII)
    return replace(needed, parameter=(kind, name[:64])) if len(name) > 1 else needed


def with_needed(
    params: Mapping[str, object], needed: Sequence[CandidateContext], user: User | None, code: str
) -> dict[str, object]:
    """The parameters of AssumeRole with what is needed; `code` is the current one of the user's device."""
    added = dict(params)
    tags: dict[str, object] = {}
    for each in needed:
        if each.parameter is not None:
            added[each.parameter[0]] = each.parameter[1]
        elif each.tag is not None:
            tags[each.tag[0]] = each.tag[1]
        elif each.has_mfa and user is not None and user.mfa_devices:
            added |= {"SerialNumber": user.mfa_devices[0].serial_number, "TokenCode": code}
    given = added.get("Tags")
    before = [each for each in given if each.get("Key") not in tags] if isinstance(given, list) else []
    if tags:
        added["Tags"] = [*before, *({"Key": key, "Value": value} for key, value in tags.items())]
    return added


def _attempts(
    simulation: Simulation,
    params: Mapping[str, object],
    caller: Identity,
    added: Sequence[CandidateContext],
) -> Sequence[Sequence[Attempt]]:
    """The requests of the call that are denied with this added; empty if it is allowed."""
    world = simulation.world
    user = world.in_force.users.get(caller.arn or "") if caller.access_key_id not in world.sessions else None
    code = ""
    if user is not None and user.mfa_devices and any(each.has_mfa for each in added):
        serial = user.mfa_devices[0].serial_number
        code = next_code(serial, simulation.now, world.spent_mfa_steps(serial)) or ""
    ask = Ask(
        action=_ACTION,
        params=with_needed(params, added, user, code),
        caller=caller,
        context=dict(each.key for each in added if each.key),
        region=next((each.region for each in added if each.region), None),
    )
    result = carry_out(ask, world, Authenticator(), simulation.seed)
    if result.error is None:
        return ()
    if result.question is None or result.error.decision is None:
        refused = Decision(Outcome.IMPLICIT_DENY, None, (), _ACTION)
        return ((Attempt(refused, PolicySet(), Request),),)
    return ((attempt_of(prepare(result.question), world.now),),)
