"""What must a caller add to an AssumeRole call so that AWS allows it: MFA, an external ID, a tag?

Found by trying: the call with everything that a condition asks for and the caller may choose, then without
each of these in turn. Nothing is changed.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from sts_tui.account.entities import User
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.calls.ask import ContextNotSettableError
from sts_tui.simulation.calls.not_modeled import NotModelledError
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext, candidates
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.issuing.mfa import next_code

_FREE_VALUE = "any"


def needed_to_assume(
    simulation: Simulation, params: Mapping[str, object], caller: Identity
) -> tuple[CandidateContext, ...] | None:
    """The least that `caller` adds to the parameters of AssumeRole for AWS to allow the call, in the order of
    the policies that ask for it. Empty: it is allowed already. None: nothing that a caller chooses helps.
    """
    if _is_allowed(simulation, params, caller, ()):
        return ()
    kept = _candidates(simulation, params, caller)
    if not kept or not _is_allowed(simulation, params, caller, kept):
        return None
    for each in kept if len(kept) > 1 else ():
        without = [other for other in kept if other is not each]
        if _is_allowed(simulation, params, caller, without):
            kept = without
    return tuple(kept)


def _candidates(
    simulation: Simulation, params: Mapping[str, object], caller: Identity
) -> list[CandidateContext]:
    world = simulation.world
    role = world.in_force.roles.get(str(params.get("RoleArn", "")))
    if role is None:
        return []
    session = world.sessions.get(caller.access_key_id or "")
    holder = session.issuer_arn if session is not None else caller.arn or ""
    documents = [role.assume_role_policy_document.document] + [
        each.written.document
        for each in identity_documents(holder, world.in_force)
        if each.written is not None
    ]
    user = world.in_force.users.get(caller.arn or "") if session is None else None
    is_service = session is None and user is None
    found = candidates(documents, user, mfa_is_unknown=False, is_service=is_service)
    return [_named_after(each, caller) for each in found if not each.is_unknown]


def _named_after(needed: CandidateContext, caller: Identity) -> CandidateContext:
    """Where any source identity or session name will do, it is the caller's name."""
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


def _is_allowed(
    simulation: Simulation,
    params: Mapping[str, object],
    caller: Identity,
    added: Sequence[CandidateContext],
) -> bool:
    world = simulation.world
    user = world.in_force.users.get(caller.arn or "") if caller.access_key_id not in world.sessions else None
    code = ""
    if user is not None and user.mfa_devices and any(each.has_mfa for each in added):
        serial = user.mfa_devices[0].serial_number
        code = next_code(serial, simulation.now, world.spent_mfa_steps(serial)) or ""
    region = next((each.region for each in added if each.region), None)
    context = dict(each.key for each in added if each.key)
    try:
        simulation.preview(
            "sts:AssumeRole",
            with_needed(params, added, user, code),
            caller=caller,
            context=context,
            region=region,
        )
    except (AwsError, ContextNotSettableError, NotModelledError):
        return False
    return True
