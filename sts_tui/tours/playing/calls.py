"""How are `aws`, `request` and `revoke` performed, and how is AWS's answer reported?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import is_account_id
from sts_tui.account.json_value import Json
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.calls.ask import ContextNotSettableError
from sts_tui.simulation.calls.callers import CallerLike
from sts_tui.simulation.calls.not_modeled import NotModelledError
from sts_tui.simulation.events import ConfigurationChanged, RequestAnswered, SessionsRevoked, SessionStarted
from sts_tui.simulation.identities import ANONYMOUS, Identity, account_id
from sts_tui.simulation.operations import OPERATIONS
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Effect
from sts_tui.tours.playing.last_call import LastCall, decision_of
from sts_tui.tours.playing.outputs import as_json, as_output, error_text
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.errors import StepError, read_only
from sts_tui.tours.reading.request_context import context_of

if TYPE_CHECKING:
    from sts_tui.tours.reading.aws_line import AwsLine
    from sts_tui.tours.reading.waiters import Waiter


class Caller(Struct, frozen=True):
    """The acting identity, its Region and the simulation of a call."""

    simulation: Simulation
    acting: Identity
    region: str
    folder: Path
    readonly: bool


class Answered(Struct, frozen=True, kw_only=True):
    """A call and its result as the transcript shows it."""

    last: LastCall
    output: str = ""
    error_text: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()
    """Warnings of `validate` about the policy that the call wrote or passed."""


def perform(step: steps.CallStep, caller: Caller) -> Answered:
    """Make the call of a step. An error of AWS is a result; a step that cannot be sent raises StepError."""
    match step:
        case steps.Aws():
            return _aws(step, caller)
        case steps.Request():
            return _request(step, caller)
        case steps.Revoke():
            return _revoke(step, caller)
        case steps.Cut():
            return _cut(step, caller)
        case steps.SignIn() | steps.SignOut():
            return _sign_in(step, caller)
        case _:
            assert_never(step)


def _aws(step: steps.Aws, caller: Caller) -> Answered:
    from sts_tui.tours.reading.aws_line import (
        read_aws_line,  # imports the shape tables: on first use
    )
    from sts_tui.tours.reading.parameters import parameters

    line = read_aws_line(step.words)
    if line.skeleton.endswith("input"):
        return _skeleton(line)
    params = parameters(line, caller.folder)
    if line.skeleton:
        return _output_skeleton(line, params)
    who = _caller_of(line, caller)
    _check_readonly(line.action, caller)
    configuration = caller.simulation.world.configuration
    call = _call_of(line, params, who, caller)
    answered = _answered(call, line.operation, caller.simulation, line.query, line.output)
    if line.waiter:
        return _waited(line.waiter, answered)
    if answered.last.error is not None:
        return answered
    from sts_tui.simulation.operations.policy_warnings import policy_warnings  # imported on first use

    return replace(answered, warnings=policy_warnings(line.action, params, configuration))


def _caller_of(line: AwsLine, caller: Caller) -> Identity:
    """The identity that signs the request: that of `--profile`, else the acting identity."""
    if line.is_unsigned:
        return ANONYMOUS
    if line.profile is not None:
        return caller.simulation.resolve(line.profile, account=caller.acting.account)
    return caller.acting


def _call_of(
    line: AwsLine, params: dict[str, object], who: Identity, caller: Caller
) -> Callable[[], dict[str, object]]:
    """The function that makes the call, page by page if the CLI requests all pages. `params`: by AWS's
    names.
    """
    from sts_tui.tours.reading.pagination import all_pages

    context = context_of(line.context)

    def one_page(params: dict[str, object]) -> dict[str, object]:
        return caller.simulation.call(
            line.action,
            params,
            caller=who,
            context=context,
            region=line.region,
            default_region=caller.region,
            session_label=line.session_name,
        )

    pages = line.pages
    if pages is None or pages.token in params:
        return lambda: one_page(params)
    return lambda: all_pages(one_page, params, pages, line.wanted)


def _skeleton(line: AwsLine) -> Answered:
    from sts_tui.tours.reading.skeletons import skeleton, yaml_skeleton  # imported on first use

    document = skeleton(line.shape)
    return _printed(document, yaml_skeleton(line.shape) if line.skeleton == "yaml-input" else "")


def _output_skeleton(line: AwsLine, params: Mapping[str, object]) -> Answered:
    from sts_tui.tours.reading.output_skeletons import missing_parameters, output_skeleton

    if missing := missing_parameters(line.shape, params):
        from sts_tui.simulation.operations.command_names import dashed

        flags = ", ".join(f"--{dashed(name)}" for name in missing)
        raise StepError(f"aws {line.action.replace(':', ' ')} needs {flags}", "the CLI checks them first")
    return _printed(output_skeleton(line.action))


def _printed(document: Json, text: str = "") -> Answered:
    """The result that prints a document. `text`: the printed form, if it is not JSON."""
    last = LastCall(document=document, error=None, event=None)
    return Answered(last=last, output=text or as_json(document) or "{}", message="AWS was not called")


def _waited(waiter: Waiter, answered: Answered) -> Answered:
    """The result of a waiter, which prints nothing; on failure, it has the read's error in the waiter's
    words.
    """
    error = answered.last.error
    if error is None:
        return replace(answered, output="", last=replace(answered.last, document=None))
    from sts_tui.tours.reading.waiters import given_up  # imported on first use

    return replace(answered, error_text=given_up(waiter, error.code, error.message))


def _request(step: steps.Request, caller: Caller) -> Answered:
    context = context_of(step.context)
    owner = context.pop("owner", None)
    if owner is not None:
        owner = _account(str(owner), caller.simulation)

    def call() -> None:
        caller.simulation.request(
            step.action,
            step.resource,
            caller=caller.acting,
            context=context,
            default_region=caller.region,
            owner=owner,
        )

    return _answered(call, step.action.partition(":")[2], caller.simulation)


def _revoke(step: steps.Revoke, caller: Caller) -> Answered:
    from sts_tui.tours.playing.revocation import revocation

    who, params = revocation(step.role, caller.acting, caller.simulation.world)
    _check_readonly("iam:PutRolePolicy", caller)

    def call() -> dict[str, object]:
        return caller.simulation.call("iam:PutRolePolicy", params, caller=who, default_region=caller.region)

    return _answered(call, "PutRolePolicy", caller.simulation)


def _cut(step: steps.Cut, caller: Caller) -> Answered:
    from sts_tui.simulation.containment.cut import CannotCutError, carry_out
    from sts_tui.tours.playing.incidents import chosen_cuts

    if caller.readonly:
        raise read_only()
    cuts = chosen_cuts(step.who, step.ids, caller.simulation, caller.acting)

    def send(action: str, params: Mapping[str, object], who: Identity, joins: bool) -> dict[str, object]:
        return caller.simulation.call(action, params, caller=who, default_region=caller.region, joins=joins)

    def call() -> None:
        for cut in cuts:
            carry_out(cut, caller.acting, send)

    try:
        return _answered(call, "cut", caller.simulation)
    except CannotCutError as error:
        raise StepError(str(error)) from None


def _sign_in(step: steps.SignIn | steps.SignOut, caller: Caller) -> Answered:
    from sts_tui.simulation.sign_ins import CannotSignInError
    from sts_tui.tours.playing.sign_ins import operation_of, perform_sign  # imported on first use

    if caller.readonly:
        raise read_only()

    def send(
        action: str,
        params: Mapping[str, object],
        who: CallerLike = ANONYMOUS,
        joins: bool = False,
        label: str | None = None,
    ) -> dict[str, object]:
        return caller.simulation.call(
            action, params, caller=who, default_region=caller.region, joins=joins, session_label=label
        )

    try:
        return _answered(
            lambda: perform_sign(step, caller.simulation, caller.acting, send),
            operation_of(step, caller.simulation.world),
            caller.simulation,
        )
    except CannotSignInError as error:
        raise StepError(str(error), error.hint) from None


def _answered(
    call: Callable[[], Mapping[str, object] | None],
    operation: str,
    simulation: Simulation,
    query: str | None = None,
    output: str = "json",
) -> Answered:
    before = simulation.events.last_number
    try:
        response = call()
    except AwsError as error:
        event = _event(simulation, before)
        decision = decision_of(error, event, simulation)
        last = LastCall(document=None, error=error, event=event, decision=decision)
        return Answered(last=last, error_text=error_text(error, operation), message=error.hint)
    except ContextNotSettableError as error:  # the key came from a substitution
        raise StepError(str(error)) from None
    except NotModelledError as error:
        raise StepError(error.message, error.hint) from None
    document = _queried(response, query) if response else None
    event = _event(simulation, before)
    decision = decision_of(None, event, simulation)
    printed = as_output(document, output) if response else ""
    return Answered(
        last=LastCall(document=document, error=None, event=event, decision=decision),
        output=printed,
        message="; ".join(_consequences(simulation, before))
        or (f"allowed by {event.decided_by}" if event else ""),
    )


def _queried(response: Mapping[str, object], query: str | None) -> object:
    if query is None:
        return dict(response)
    from sts_tui.tours.reading.jmespath_language import query as find  # imports jmespath: on first use

    return find(query, response)


def _event(simulation: Simulation, before: int) -> RequestAnswered | None:
    """The event that the call added to the log."""
    made = (event for event in simulation.events.since(before) if isinstance(event, RequestAnswered))
    return next(made, None)


def _consequences(simulation: Simulation, before: int) -> list[str]:
    """Other effects of the call, from the log: sessions issued or revoked, configuration edited."""
    changes = []
    for event in simulation.events.since(before):
        match event:
            case SessionStarted():
                session = simulation.world.sessions.get(event.access_key_id)
                until = f" until {iso(session.expires_at)}" if session else ""
                changes.append(f"session {event.label}{until}")
            case SessionsRevoked():
                count = len(event.hit)
                noun = "session" if count == 1 else "sessions"
                changes.append(f"{count} live {noun} issued before {iso(event.cutoff)} revoked")
            case ConfigurationChanged():
                changes.append(event.subject)
            case _:
                pass
    return changes


def _account(text: str, simulation: Simulation) -> str:
    """The account that `owner=` names: by name or id in the model, by id outside it; raises StepError."""
    found = account_id(text, simulation.world.configuration)
    if found is None and not is_account_id(text):
        raise StepError(f"owner={text} is not an account", "a 12-digit account id, or the name of an account")
    return found or text


def _check_readonly(action: str, caller: Caller) -> None:
    if caller.readonly and OPERATIONS[action].effect is not Effect.READ:
        raise read_only()
