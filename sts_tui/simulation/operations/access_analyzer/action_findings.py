"""What does Access Analyzer find in the actions of a statement?

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.iam.patterns.pattern_relations import covers
from sts_tui.simulation.operations.access_analyzer.checked_statement import CheckedStatement
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding

RESOURCE_TAG: Final = "aws:resourcetag/"


def action_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """The findings of Action and NotAction."""
    for element in ("Action", "NotAction"):
        at = statement.at(element)
        if statement.elements.get(element) == []:
            yield finding("EMPTY_ARRAY_ACTION", at)
        for place, action in statement.texts(element):
            yield from _action(action, place)
        yield from _redundant(statement.texts(element))


def _action(action: str, steps: Steps) -> Iterator[Finding]:
    from sts_tui.account.diagnostics.suggestions import nearest
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    service, colon, _ = action.partition(":")
    if action in ("*", "*:*"):
        return
    if not colon or not vocabulary.is_service(service.lower()):
        near = nearest(service.lower(), sorted(vocabulary.services()))
        yield _with_suggestion(finding("INVALID_SERVICE_IN_ACTION", steps, service=service), near)
    elif not vocabulary.knows_action(action):
        names = [f"{service.lower()}:{name}" for name in vocabulary.actions_of(service.lower())]
        yield _with_suggestion(finding("INVALID_ACTION", steps, action=action), nearest(action, names))


def _with_suggestion(found: Finding, near: str | None) -> Finding:
    if not near:
        return found
    details = f"{found.details} Did you mean {near}?"
    return Finding(found.code, found.kind, details, found.steps, found.is_key, found.also)


def _redundant(listed: tuple[tuple[Steps, str], ...]) -> Iterator[Finding]:
    """Actions that another one of the same list covers."""
    found = covered_by_others([(at, text.lower()) for at, text in listed])
    if found:
        written = dict(listed)
        yield finding("REDUNDANT_ACTION", found[0], count=len(found), action=written[found[0]])


def covered_by_others(listed: list[tuple[Steps, str]]) -> list[Steps]:
    """The paths of the patterns that another pattern of the list covers; of equal patterns, all except the
    first.
    """
    return [
        at
        for number, (at, text) in enumerate(listed)
        if any(
            covers(other, text) and (other != text or position < number)
            for position, (_, other) in enumerate(listed)
            if position != number
        )
    ]


# --- tags of resources ---


def tag_support_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """Actions that ignore aws:ResourceTag. Negated, Null and IfExists tests match if the key is absent; AWS's
    page says only that they do not avoid the finding.
    """
    for test in statement.tests():
        is_plain = test.name.row is not None and not test.is_negated and not test.name.if_exists
        if not test.key.lower().startswith(RESOURCE_TAG) or not is_plain or test.operator.endswith("Null"):
            continue
        effect = "ALLOW" if statement.is_allow else "DENY"
        if "NotAction" in statement.elements:
            check = f"{effect}_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
            yield finding(check, statement.at("NotAction"), key=test.key, also=(test.steps,))
            continue
        found = [(at, text) for at, text in statement.texts("Action") if _ignores_resource_tags(text)]
        if found:
            services = sorted({text.lower().partition(":")[0] for _, text in found})
            check = f"{effect}_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
            others = (*(at for at, _ in found[1:]), test.steps)
            yield finding(check, found[0][0], key=test.key, services=", ".join(services), also=others)


def _ignores_resource_tags(action: str) -> bool:
    """Whether AWS's lists name aws:ResourceTag neither for the action nor for its resource types."""
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    service, _, name = action.lower().partition(":")
    if "*" in name or "?" in name:
        known = vocabulary.actions_of(service)
        matched = [f"{service}:{one}" for one in known if covers(name, one.lower())]
        return bool(matched) and not any(map(vocabulary.takes_resource_tags, matched))
    return vocabulary.knows_action(action) and not vocabulary.takes_resource_tags(action)
