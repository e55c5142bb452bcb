"""What do forms ask the simulation? Callers, roles and dry runs; nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from sts_tui.account import durations
from sts_tui.account.arn import account_of
from sts_tui.simulation.calls.not_modeled import NotModelledError
from sts_tui.simulation.center_people import name_of, people
from sts_tui.simulation.identities import (
    ANONYMOUS,
    Identity,
    IdentityKind,
    identity_of_session,
    identity_of_user,
    operator_identity,
    root_identity,
)
from sts_tui.simulation.reach.needed_to_assume import needed_to_assume
from sts_tui.simulation.reach.outside import entries
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.session_standing import standing_of
from sts_tui.simulation.workloads.federated_subject import example_subjects
from sts_tui.sts.authenticate import access_keys
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import outside_identity, session_identity
from sts_tui.sts.issuing.role_sessions import is_role_chaining
from sts_tui.sts.session import Session, SessionKind
from sts_tui.tui.dialogs.assume_form import CallerFacts, RoleFacts
from sts_tui.tui.dialogs.choose import Choice
from sts_tui.tui.dialogs.pending_call import DryRun, PendingCall, Verdict
from sts_tui.tui.dialogs.who_could import answer_lines, answer_of, who_could
from sts_tui.tui.text.styled_text import Line, Span, line, one_line

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explain import Explanation


def session_name(caller: Identity) -> str:
    """A role session name derived from the caller."""
    name = re.sub(r"[^\w+=,.@-]", "-", caller.label.partition("@")[0].rsplit("/", 1)[-1], flags=re.ASCII)
    return (name if len(name) > 1 else f"{name}-session")[:64]


def short_name(simulation: Simulation, role_arn: str) -> str:
    """A role's name if it is unique, else its ARN."""
    name = role_arn.rsplit("/", 1)[-1]
    same = [role for role in simulation.world.configuration.roles.values() if role.role_name == name]
    return name if len(same) == 1 else role_arn


def session_of(simulation: Simulation, identity: Identity) -> Session | None:
    return simulation.world.sessions.get(identity.access_key_id or "")


def parent_of(simulation: Simulation, session: Session | None) -> Identity | None:
    """The caller that a session was issued to, if it still exists."""
    if session is None or session.parent is None:
        return None
    try:
        return simulation.resolve(session.parent)
    except LookupError:
        return None


def caller_facts(simulation: Simulation, caller: Identity) -> CallerFacts:
    session = session_of(simulation, caller)
    user = simulation.world.configuration.users.get(caller.arn or "")
    transitive = set(session.transitive_tag_keys) if session else set()
    return CallerFacts(
        label=caller.label,
        is_role_session=session is not None and session.kind is SessionKind.ROLE,
        is_role_chaining=_is_role_chaining(simulation, caller, session),
        mfa_serial=user.mfa_devices[0].serial_number if user and user.mfa_devices else "",
        inherited_tags=tuple(f"{key}={value}" for key, value in session.tags if key in transitive)
        if session
        else (),
        source_identity=(session.source_identity or "") if session else "",
        source_identity_maximum=simulation.world.settings.source_identity_max_length,
    )


def _is_role_chaining(simulation: Simulation, caller: Identity, session: Session | None) -> bool:
    found = session_identity(session) if session else outside_identity(caller.arn or "")
    return found is not None and is_role_chaining(found.caller.kind, simulation.world.settings)


def role_facts(simulation: Simulation) -> tuple[RoleFacts, ...]:
    facts = []
    for arn, role in simulation.world.configuration.roles.items():
        trust = str(role.assume_role_policy_document.document).lower()
        facts.append(
            RoleFacts(
                arn=arn,
                max_session=role.max_session_seconds,
                wants_external_id="sts:externalid" in trust,
                wants_mfa="aws:multifactorauth" in trust,
            )
        )
    return tuple(facts)


def mfa_code(simulation: Simulation, caller: Identity) -> str:
    """The next unused code of the caller's first MFA device."""
    from sts_tui.sts.issuing.mfa import next_code

    serial = caller_facts(simulation, caller).mfa_serial
    if not serial:
        return ""
    return next_code(serial, simulation.now, simulation.world.spent_mfa_steps(serial)) or ""


def dry_run(
    simulation: Simulation,
    action: str,
    params: Mapping[str, object],
    caller: Identity,
    *,
    with_warnings: bool = True,
) -> DryRun:
    """How AWS would answer a call, and why; nothing is changed."""
    call = PendingCall(action=action, params=params)
    return dry_run_of(simulation, call, caller, with_warnings=with_warnings)


def dry_run_of(
    simulation: Simulation, call: PendingCall, caller: Identity, *, with_warnings: bool = True
) -> DryRun:
    """As `dry_run`, also for a request. `with_warnings`: includes what `validate` warns about in its
    policy.
    """
    command = call.command
    warnings = tuple(_warnings(simulation, call)) if with_warnings else ()
    try:
        answer = call.preview(simulation, caller)
    except NotModelledError as error:
        why: Line = (Span("why  ", "muted"), Span(one_line(error.message)))
        hint: Line = (Span("hint ", "muted"), Span(one_line(error.hint)))
        return DryRun(
            is_allowed=False, is_refusal=True, result="not simulated", lines=(why, hint), command=command
        )
    except AwsError as error:
        result = f"{error.code} ({error.status})"
        explanation = call.explain(simulation, caller)
        lines = (*_why(error, explanation), *warnings, *_layers(explanation), *_words(error))
        is_refusal = error.decision is None
        return DryRun(is_allowed=False, is_refusal=is_refusal, result=result, lines=lines, command=command)
    if caller.kind is IdentityKind.OPERATOR:
        return _unevaluated(simulation, call, caller, warnings)
    lines = (*warnings, *_answer(answer), *_layers(call.explain(simulation, caller)))
    return DryRun(is_allowed=True, result="would be allowed", lines=lines, command=command)


def role_verdict(simulation: Simulation, params: Mapping[str, object], caller: Identity) -> Verdict:
    """Whether the caller could assume a role now: `+ allowed by …`, `~ needs MFA` where something has to be
    added to the call, else `- denied by App/Stop#1`.
    """
    params = {"RoleSessionName": session_name(caller), **params}
    call = PendingCall(action="sts:AssumeRole", params=params)
    answer = answer_of(simulation, call, caller)
    explanation = call.explain(simulation, caller)
    labels = [one_line(each.label) for each in explanation.decision.statements] if explanation else []
    if answer.is_allowed:
        by = f" by {' and '.join(labels)}" if labels else ""
        return Verdict(is_allowed=True, spans=line(("+ allowed", "allow"), (by, "muted")))
    if needed := needed_to_assume(simulation, params, caller):
        words = ", ".join(one_line(each.label) for each in needed)
        return Verdict(is_allowed=False, spans=line(("~ needs ", "warning"), words), needed=needed)
    said = f"denied by {labels[0]}" if labels else one_line(answer.reason)
    return Verdict(is_allowed=False, spans=line((f"- {said}", "deny")))


def _warnings(simulation: Simulation, call: PendingCall) -> Iterator[Line]:
    """What `validate` would warn about in a policy that the call writes or passes."""
    if call.is_request:
        return
    from sts_tui.simulation.operations.policy_warnings import policy_warnings

    for warning in policy_warnings(call.action, call.params, simulation.world.configuration):
        yield (Span("warning  ", "warning"), Span(one_line(warning)))


def _unevaluated(
    simulation: Simulation, call: PendingCall, caller: Identity, warnings: tuple[Line, ...]
) -> DryRun:
    """For a call of the operator: no verdict, but which identities could make it."""
    named = str(call.params.get("RoleArn") or call.params.get("Resource") or "")
    account = account_of(named) or caller.account or simulation.world.first_account
    answers = who_could(simulation, call, account)
    return DryRun(
        is_allowed=True,
        is_evaluated=False,
        result="would be performed",
        lines=(*warnings, *answer_lines(answers)),
        command=call.command,
        instead=answers[0].identity if answers else None,
    )


def _layers(explanation: Explanation | None) -> tuple[Line, ...]:
    """The result of each policy type; empty if a parameter is refused before any policy is evaluated."""
    from sts_tui.tui.text.explanation_text import dry_run_lines

    return tuple(dry_run_lines(explanation)) if explanation is not None else ()


def _why(error: AwsError, explanation: Explanation | None) -> Iterator[Line]:
    decision = error.decision if explanation is None or error.decision is None else explanation.decision
    if decision is not None:
        yield (Span("why  ", "muted"), Span(one_line(decision.reason), "strong"))


def _words(error: AwsError) -> Iterator[Line]:
    """AWS's own message, which is terse for some operations."""
    yield (Span("AWS  ", "muted"), Span(one_line(error.message)))
    if error.hint:
        yield (Span("hint ", "muted"), Span(one_line(error.hint)))


def _answer(answer: Mapping[str, object]) -> list[Line]:
    lines: list[Line] = []
    user = answer.get("AssumedRoleUser")
    if isinstance(user, Mapping):
        lines.append((Span("session  ", "muted"), Span(one_line(str(user.get("Arn", ""))))))
    credentials = answer.get("Credentials")
    if isinstance(credentials, Mapping):
        lines.append((Span("expires  ", "muted"), Span(str(credentials.get("Expiration", "")))))
    if "PackedPolicySize" in answer:
        lines.append(
            (
                Span("packed   ", "muted"),
                Span(f"{answer['PackedPolicySize']} % of the limit for session policies and tags"),
            )
        )
    return lines


def identities(simulation: Simulation, acting: Identity) -> tuple[list[Choice], list[str]]:
    """Every identity that can be chosen, and facts about the acting one."""
    world = simulation.world
    found: list[Choice] = [("operator", "operator", "outside all accounts; bypasses IAM")]
    for account, facts in world.configuration.accounts.items():
        found.append(
            (
                operator_identity(account).who,
                f"operator@{facts.name or account}",
                f"bypasses IAM in {account}",
            )
        )
    for user in world.configuration.users.values():
        identity = identity_of_user(user)
        mfa = ", MFA device" if user.mfa_devices else ""
        found.append(
            (identity.who, user.user_name, f"IAM user in {_account(simulation, identity.account)}{mfa}")
        )
    for session in world.sessions.values():
        identity = identity_of_session(session)
        state = standing_of(session, simulation).state
        left = f", {durations.countdown(session.expires_at - world.now)} left" if state.still_works else ""
        found.append((identity.who, session.label, f"{state.value}{left}"))
    for person in people(world):
        who = name_of(person, world)
        found.append((who, who, "signs in at IAM Identity Center"))
    for account in world.configuration.accounts:
        root = root_identity(account, world.configuration)
        found.append((root.who, root.label, f"root user of {_account(simulation, account)}"))
    found += _from_outside(simulation)
    found.append((ANONYMOUS.who, "anonymous", "no credentials"))
    return found, _who_am_i(simulation, acting)


def _from_outside(simulation: Simulation) -> list[Choice]:
    """Principals outside the files that trust policies let in: services, other accounts, everyone, and users
    of identity providers, who are signed in.
    """
    found = {"service:ec2.amazonaws.com": "AWS service"}
    for entry in entries(simulation.world):
        if not entry.principal:
            continue
        role = entry.target.rsplit("/", 1)[-1]
        note = (
            "AWS service" if entry.kind == "service" else "outside the files, assumed to allow every request"
        )
        found.setdefault(entry.principal, f"{note}; trusted by {role}")
    for who, trusting in example_subjects(simulation.world, simulation.model.raw_dumps):
        found[who] = f"signs in to {trusting.role_name}, with what its trust policy requires"
    return [(who, who, note) for who, note in found.items()]


def identity_words(simulation: Simulation) -> dict[str, str]:
    """Other texts that find an identity, by its WHO: ARN, unique id, access keys, session name, source
    identity.
    """
    world = simulation.world
    found = {
        user.arn: f"{user.arn} {user.user_id} {' '.join(access_keys(user))}"
        for user in world.configuration.users.values()
    }
    for key, session in world.sessions.items():
        said = session.source_identity or ""
        found[key] = f"{key} {session.arn} {session.user_id} {session.name} {said}"
    return found


def _account(simulation: Simulation, account: str | None) -> str:
    facts = simulation.world.configuration.accounts.get(account or "")
    return f"{facts.name} {account}" if facts and facts.name else account or ""


def _who_am_i(simulation: Simulation, acting: Identity) -> list[str]:
    lines = [f"acting as {acting.label}"]
    if acting.kind is IdentityKind.OPERATOR:
        return lines
    try:
        answer = simulation.preview("sts:GetCallerIdentity", {}, caller=acting)
    except AwsError as error:
        return [*lines, f"{error.code}: {error.message}"]
    lines.append(f"aws sts get-caller-identity: {answer.get('Arn', '')}  {answer.get('UserId', '')}")
    session = session_of(simulation, acting)
    if session is not None:
        left = durations.in_words(max(timedelta(0), session.expires_at - simulation.now))
        lines.append(f"access key {session.access_key_id}, {left} left")
    elif acting.access_key_id:
        lines.append(f"access key {acting.access_key_id}, long-term")
    return lines
