"""What does `sts-tui explain` print? A denial that AWS reported, and the model's decision on the request."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import to_builtins

from sts_tui.account.json_value import Json
from sts_tui.account.policies.global_condition_keys import cannot_be_set, comes_from_identity
from sts_tui.cli import inputs
from sts_tui.cli.console import UserError
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.iam import PolicyType
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError
from sts_tui.simulation.denials.model_verdict import ModelVerdict, model_verdict
from sts_tui.simulation.denials.reading import read_denials
from sts_tui.simulation.denials.sign_in_denial import SignInDenial, sign_in_denials
from sts_tui.simulation.denials.sign_in_refusal import SignInRefusal, sign_in_refusals
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError

_LAYERS: Final = {
    "scp": PolicyType.SCP,
    "rcp": PolicyType.RCP,
    "boundary": PolicyType.BOUNDARY,
    "session": PolicyType.SESSION,
    "endpoint": PolicyType.ENDPOINT,
    "resource": PolicyType.RESOURCE,
    "identity": PolicyType.IDENTITY,
}
"""Policy types by the words of `what_if_options.LAYERS`."""
_ONLY_AWS: Final = (
    "AWS encoded this message, and only AWS can decode it: give the output of "
    "aws sts decode-authorization-message --encoded-message …"
)


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print each denial and its explanation; exit 0. Denials that cannot be explained are listed too. Raises
    UserError if none can be explained.
    """
    text = inputs.read_unpacked_text(options.file)
    simulation = inputs.simulation_of(options.files, options.tour, options.seed, options.start)
    without = [_LAYERS[name] for name in options.without]
    changed = dict(map(_changed_key, options.what_if))
    sign_ins = sign_in_denials(text, simulation.world)
    refusals = sign_in_refusals(text, simulation.world)
    calls: Sequence[Sequence[DeniedRequest]] = []
    skipped: list[str] = []
    try:
        calls, skipped = _calls(text, simulation)
    except UnreadableDenialError as error:
        if not (sign_ins or refusals):
            raise UserError(f"{options.file}: {error}") from None
    found = []
    for call in calls:
        try:
            found.append(_deciding(call, simulation, without, changed))
        except UnreadableDenialError as error:
            skipped.append(str(error) if len(calls) == 1 else f"{call[-1].action}: {error}")
    if not (found or sign_ins or refusals):
        raise UserError(*(f"{options.file}: {one}" for one in skipped))
    if options.json:
        objects = [*map(as_object, found), *map(to_builtins, sign_ins), *map(to_builtins, refusals)]
        print(json.dumps(objects, ensure_ascii=False))
    else:
        texts = [*map(lines_of, found), *map(_lines_of_sign_in, sign_ins), *map(_lines_of_refusal, refusals)]
        print("\n\n".join("\n".join(lines) for lines in texts))
    for one in skipped:
        print(f"not explained: {one}", file=sys.stderr)
    return 0


def _calls(text: str, simulation: Simulation) -> tuple[Sequence[Sequence[DeniedRequest]], list[str]]:
    """(the permissions needed by each denied call, messages about calls without enough information). Raises
    UnreadableDenialError.
    """
    from sts_tui.trail.denied_events import denied_in
    from sts_tui.trail.reading.one_event import events_in_text

    world = simulation.world
    if events := list(events_in_text(text)):
        read = denied_in(events, world.in_force, world.settings, simulation.now)
        return read.calls, [*read.skipped]
    return [[one] for one in read_denials(text, lambda one: _decoded(one, simulation))], []


def _deciding(
    call: Sequence[DeniedRequest],
    simulation: Simulation,
    without: Sequence[PolicyType],
    changed: Mapping[str, Json],
) -> ModelVerdict:
    """The first permission that is not allowed, else the last, which is the operation itself. Raises
    UnreadableDenialError.
    """
    asked = [model_verdict(one, simulation, without, changed) for one in call]
    return next((one for one in asked if one.verdict != "allowed"), asked[-1])


def _changed_key(word: str) -> tuple[str, str]:
    """A condition key and its other value. Raises UserError."""
    key, equals, value = word.partition("=")
    if not equals or ":" not in key:
        raise UserError(f"--what-if {word}: write KEY=VALUE with a condition key, aws:SourceIp=10.0.0.1")
    if comes_from_identity(key):
        raise UserError(f"--what-if {word}: {cannot_be_set(key)}")
    return key, value


def _decoded(message: str, simulation: Simulation) -> str:
    """A message encoded by this simulator, decoded. Raises UnreadableDenialError."""
    try:
        answer = simulation.preview(
            "sts:DecodeAuthorizationMessage", {"EncodedMessage": message}, caller="operator"
        )
    except AwsError:
        raise UnreadableDenialError(_ONLY_AWS) from None
    return str(answer["DecodedMessage"])


def lines_of(one: ModelVerdict) -> Iterator[str]:
    """The request, AWS's reason, the model's verdict, the assumptions, and the explanation."""
    denial = one.denial
    yield f"{denial.principal}"
    yield f"  {denial.action} on {denial.resource}   (from {denial.source})"
    if denial.reason:
        policy = f": {denial.policy_arn}" if denial.policy_arn else ""
        yield f"  AWS: denied {denial.reason}{policy}"
    else:
        yield "  AWS: denied, without a reason"
    yield f"  model: {one.verdict} {_agreement(one)}".rstrip()
    for assumption in one.assumptions:
        yield f"  assumed: {assumption}"
    yield from (f"  {line}" for line in one.explanation.lines())


def _lines_of_sign_in(denial: SignInDenial) -> Iterator[str]:
    """AWS's message, and every role that the sign-in may have been for."""
    is_oidc = denial.action.endswith("WebIdentity")
    what = "an OIDC provider" if is_oidc else "a SAML provider"
    yield f"{denial.action}   (AWS's message names neither the caller nor the role)"
    if not denial.roles:
        yield f"  no role of the model trusts {what}: no trust policy allows {denial.action}"
        return
    yield f"  roles that trust {what}, and what each requires:"
    for one in denial.roles:
        yield f"  {one.role}  trusts {one.provider}  ({one.statement})"
        yield from (f"    {ask}" for ask in one.asks or ("no condition",))
        yield f"    test it: {one.step}   (a step of a tour, and in the explorer after :)"
    if is_oidc:
        yield "  compare aud and sub of the token character by character; * is a wildcard only in StringLike"


def _lines_of_refusal(refusal: SignInRefusal) -> Iterator[str]:
    """AWS's message, its meaning, and the providers and roles of the model to compare with."""
    yield f"{refusal.action}   (refused before any policy was evaluated)"
    yield f"  AWS: {refusal.sentence}"
    yield f"  {refusal.why}"
    for one in refusal.providers:
        audiences = f"  audiences: {', '.join(one.audiences)}" if one.audiences else ""
        yield f"  the model has {one.arn}{audiences}"
    if not refusal.providers:
        yield "  the model has no such provider"
    for role in refusal.roles:
        yield f"  {role} trusts a provider for it that its account lacks"
    if refusal.near:
        yield f"  did you mean {refusal.near}? The issuer counts letter by letter, with path and final slash"


def _agreement(one: ModelVerdict) -> str:
    if one.agrees:
        return "for the same reason"
    if one.other_policy:
        return f"by another policy: {one.other_policy}"
    if one.agrees is None:
        return ""
    if one.verdict == "allowed":
        return (
            "(its policies are from another time, or something is missing: a session policy, a condition key)"
        )
    return "for another reason (its policies are from another time, or something is missing)"


def as_object(one: ModelVerdict) -> dict[str, object]:
    """The result as a JSON object, by member."""
    denial = one.denial
    return {
        "source": denial.source,
        "principal": denial.principal,
        "action": denial.action,
        "resource": denial.resource,
        "aws": {"reason": denial.reason or None, "policy": denial.policy_arn or None},
        "verdict": one.verdict,
        "agrees": one.agrees,
        "other_policy": one.other_policy or None,
        "assumptions": list(one.assumptions),
        "explanation": one.explanation.to_json(),
    }
