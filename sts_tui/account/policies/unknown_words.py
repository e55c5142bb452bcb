"""Which actions, resources and condition keys of a document are not in AWS's lists, and which were probably
meant?

They are compared with AWS's own lists (`vocabulary`). Everything found here is a warning, because IAM stores
such policies: the statement has less effect than its author may expect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final, cast

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.condition_operators import (
    FAMILIES_OF_TYPE,
    OperatorFamily,
    SetOperator,
    parse_operator,
)
from sts_tui.account.policies.global_condition_keys import GLOBAL_CONDITION_KEYS
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.resource_arn_formats import any_arn_of, wildcards_can_match
from sts_tui.account.policies.rule_book import VOCABULARY
from sts_tui.account.policies.vocabulary import (
    ANY_NAME,
    actions_of,
    as_written,
    is_service,
    key_type,
    knows_action,
    list_date,
    rcp_services,
    resources_of,
    services,
    vendor_keys,
)
from sts_tui.start_up.named_tuple import NamedTuple

_VARIABLE: Final = lazy_pattern(r"\$\{\s*([^},\s]+)[^}]*\}")
"""The name of a policy variable, before its default value."""


def unknown_words(document: object, kind: PolicyKind) -> Iterator[PolicyDiagnostic]:
    """Warnings about everything in a document that AWS's lists do not have. Malformed parts are skipped."""
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    listed = statements if isinstance(statements, list) else [statements]
    for index, statement in enumerate(listed):
        if isinstance(statement, Mapping):
            steps: Steps = ("Statement", index) if listed is statements else ("Statement",)
            yield from _in_statement(statement, kind, steps)


def _warning(steps: Steps, message: str, hint: str = "") -> PolicyDiagnostic:
    return PolicyDiagnostic(steps, VOCABULARY, message, hint=hint)


def about_unknown_action(action: str) -> str:
    """Why an action does not exist, and which was probably meant; empty if it exists."""
    note = _about_action(action)
    return _with_hint(*note) if note else ""


def about_unknown_key(key: str) -> str:
    """Why a condition key does not exist, and which was probably meant; empty if it exists."""
    if ":" not in key or key_type(key) is not None:
        return ""
    return _with_hint("no such condition key, always absent", did_you_mean(key, _keys_like(key)))


def _with_hint(message: str, hint: str) -> str:
    return f"{message} ({hint})" if hint else message


def _in_statement(
    statement: Mapping[str, object], kind: PolicyKind, steps: Steps
) -> Iterator[PolicyDiagnostic]:
    if actions := _texts(statement.get("Action")):
        resources: tuple[str | None, ...] = ()
        if kind is not PolicyKind.TRUST:
            resources = _texts(statement.get("Resource"))
        is_list = isinstance(statement["Action"], list)
        for index, message, hint in about_actions(actions, resources, is_rcp=kind is PolicyKind.RCP):
            at = (*steps, "Action", index) if is_list else (*steps, "Action")
            yield _warning(at, message, hint)
    if actions := _texts(statement.get("NotAction")):
        is_list = isinstance(statement["NotAction"], list)
        for index, action in enumerate(actions):
            if action is not None and (note := _about_action(action)):
                at = (*steps, "NotAction", index) if is_list else (*steps, "NotAction")
                yield _warning(at, *note)
    for element in ("Resource", "NotResource"):
        if element in statement:
            yield from _in_variables(statement[element], (*steps, element))
    if "Condition" in statement:
        yield from in_condition(statement["Condition"], (*steps, "Condition"))


def _texts(value: object) -> tuple[str | None, ...]:
    """A single string, or the items of a list, with None for an item that is not a string."""
    if isinstance(value, list):
        return tuple([text if isinstance(text, str) else None for text in value])
    return (value,) if isinstance(value, str) else ()


def about_actions(
    actions: tuple[str | None, ...], resources: tuple[str | None, ...], *, is_rcp: bool
) -> list[tuple[int, str, str]]:
    """The warnings about the actions of one statement, as (index of the action, message, hint). Each action
    is compared with all `resources`. None stands for an item that is not a string.
    """
    known = _known_of(actions, is_rcp)
    unmatched: list[tuple[str, ...]] = []
    if known.works_on and resources and "*" not in resources and "arn:*" not in resources:
        patterns = _only_texts(resources)
        for works_on, fits in known.works_on if patterns else ():
            if fits is None:  # it works only on resources without ARN
                unmatched.append(works_on)
                continue
            for pattern in patterns:
                if fits(pattern):  # most patterns are themselves such ARNs
                    break
            else:
                if not wildcards_can_match(patterns, works_on):
                    unmatched.append(works_on)
    if not unmatched and not known.has_notes:
        return []
    found = []
    for index, action, notes, templates in known.actions:
        found += [(index, *note) for note in notes]
        if templates is not None and templates in unmatched:
            found.append((index, _works_elsewhere(action, templates), ""))
    return found


def _only_texts(resources: tuple[str | None, ...]) -> tuple[str, ...]:
    if None in resources:
        return tuple(one for one in resources if one is not None)
    return cast("tuple[str, ...]", resources)


class _KnownAction(NamedTuple):
    """What AWS's lists have about one action, independent of the resources.

    `at`: its index in the list. `notes`: (message, hint). `templates`: the ARN templates of the resources
    that it works on; None if they are not compared.
    """

    at: int
    action: str
    notes: tuple[tuple[str, str], ...]
    templates: tuple[str, ...] | None


class _KnownActions(NamedTuple):
    """What AWS's lists have about the actions of a statement. `works_on`: distinct `templates`, each with a
    function that matches its ARNs.
    """

    actions: tuple[_KnownAction, ...]
    works_on: tuple[tuple[tuple[str, ...], Callable[[str], object] | None], ...]
    has_notes: bool


@lru_cache(maxsize=16384)
def _known_of(actions: tuple[str | None, ...], is_rcp: bool) -> _KnownActions:
    """Those of a statement's actions about which there may be a warning. Cached without the resources,
    because statements share their actions far more often than their resources.
    """
    known = []
    for index, action in enumerate(actions):
        if action is None:
            continue
        if note := _about_action(action):
            known.append(_KnownAction(index, action, (note,), None))
            continue
        note = _about_rcp(action) if is_rcp else None
        templates = resources_of(action)
        if note or templates is not None:
            known.append(_KnownAction(index, action, (note,) if note else (), templates))
    distinct = dict.fromkeys(one.templates for one in known if one.templates is not None)
    works_on = tuple((one, any_arn_of(one).fullmatch if one else None) for one in distinct)
    return _KnownActions(tuple(known), works_on, any(one.notes for one in known))


@lru_cache(maxsize=65536)
def _about_action(action: str) -> tuple[str, str] | None:
    if knows_action(action):
        return None
    service, _, name = action.lower().partition(":")
    if not is_service(service):
        hint = did_you_mean(service, sorted(services()))
        return f"AWS has no service {shown(action.partition(':')[0])}", hint
    if "*" in name or "?" in name:
        return f"{shown(action)} matches no action of {service}", ""
    names = [f"{service}:{name}" for name in actions_of(service)]
    message = f"{service} has no action {shown(action.partition(':')[2])}"
    near = did_you_mean(action, names)
    return message if near else f"{message} in AWS's list of {list_date()}; it may be newer", near


@lru_cache(maxsize=4096)
def _about_rcp(action: str) -> tuple[str, str] | None:
    service = action.lower().partition(":")[0]
    if service in rcp_services() or "*" in service:
        return None
    return f"resource control policies have no effect on {service}", ""


@lru_cache(maxsize=16384)
def _works_elsewhere(action: str, templates: tuple[str, ...]) -> str:
    """The warning about an action that matches none of its statement's resources."""
    if not templates:
        return f'{action} works on no resource, so only Resource "*" matches it'
    wanted = " or ".join(templates[:2])
    return f"{action} works on {wanted}, which no Resource of this statement matches"


def in_condition(condition: object, steps: Steps) -> Iterator[PolicyDiagnostic]:
    """Warnings about condition keys that AWS's lists do not have, or that the operator cannot compare."""
    for operator, tests in condition.items() if isinstance(condition, Mapping) else ():
        for key in tests if isinstance(tests, Mapping) else ():
            at = (*steps, operator, key)
            if note := _about_key(operator, key):
                yield _warning(at, *note)
            values = tests[key]
            if note := _about_boolean(operator, values):
                yield _warning(at, *note)
            yield from _in_variables(values, at)


def _in_variables(values: object, steps: Steps) -> Iterator[PolicyDiagnostic]:
    """Warnings about policy variables that look like a misspelled global condition key. AWS's own policies
    also have other variables: `${aws:Partition}`, and those of services, like `${iot:ClientId}`.
    `policy_grammar` reports variables without a colon.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    for index, text in enumerate(_texts(values)):
        for name in _VARIABLE.findall(text) if text is not None and "${" in text else ():
            if not name.lower().startswith("aws:") or key_type(name) is not None:
                continue
            if meant := did_you_mean(name, _keys_like(name)):
                at = (*steps, index) if isinstance(values, list) else steps
                yield _warning(at, f"AWS has no policy variable ${{{name}}}: it never has a value", meant)


def _about_boolean(operator: str, values: object) -> tuple[str, str] | None:
    """The warning about a value of Bool that is neither true nor false: it matches nothing."""
    if "bool" not in operator.lower():
        return None
    for text in _texts(values):
        if text is not None and text.lower() not in ("true", "false") and "${" not in text:
            return (
                f"{shown(text)} is neither true nor false: {operator} never matches it",
                'write "true" or "false"',
            )
    return None


@lru_cache(maxsize=65536)
def _about_key(operator: str, key: str) -> tuple[str, str] | None:
    if ":" not in key:
        return None  # reported by policy_grammar
    known = key_type(key)
    if known is None:
        return (
            f"AWS has no condition key {shown(key)}: it counts as absent from every request",
            did_you_mean(key, _keys_like(key)),
        )
    return _about_type(operator, key, known)


def _keys_like(key: str) -> list[str]:
    vendor = key.partition(":")[0].lower()
    keys = sorted({*vendor_keys(key), *(GLOBAL_CONDITION_KEYS if vendor != "aws" else ())})
    return [as_written(name) for name in keys if not ANY_NAME.search(name)]


def _about_type(operator: str, key: str, kind: str) -> tuple[str, str] | None:
    name = parse_operator(operator)
    if name.row is None or name.row.family is OperatorFamily.NULL:
        return None
    single = kind.removeprefix("ArrayOf")
    if kind != single and name.set_operator is SetOperator.SINGLE:
        hint = f"ForAnyValue:{operator} or ForAllValues:{operator}"
        return f"{key} has several values: {operator} without ForAnyValue or ForAllValues never matches", hint
    wanted = FAMILIES_OF_TYPE.get(single, ())
    if wanted and name.row.family not in wanted:
        article = "an" if single[0] in "AI" else "a"
        message = f"{key} is {article} {single}: {name.row.name} does not compare that"
        return message, f"use {wanted[0].value}…"
    return None
