"""What is wrong with a file that contains a single policy document, and of which type is the document?

A document does not contain its type. If the user does not give the type, it is guessed: a document without
Principal is an identity-based policy; one with Principal is a trust policy if all its actions begin with
`sts:`, else a resource-based policy.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.diagnostic import Diagnostic
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.loading.sources import parse_json, repeated_keys
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_grammar import has_foreign_characters, review_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import Force
from sts_tui.account.policies.silent_mistakes import silent_mistakes
from sts_tui.account.values import MOST_NESTING, is_shallow

KINDS: Final[Mapping[str, PolicyKind]] = {
    "identity": PolicyKind.IDENTITY,
    "trust": PolicyKind.TRUST,
    "resource": PolicyKind.RESOURCE,
    "scp": PolicyKind.SCP,
    "rcp": PolicyKind.RCP,
    "boundary": PolicyKind.BOUNDARY,
    "session": PolicyKind.SESSION,
}
"""Name on the command line → policy type."""


def is_lone_policy(value: object) -> bool:
    """Whether the JSON value of a file is a policy document: an object with `Statement`."""
    return isinstance(value, Mapping) and "Statement" in value


def guessed_kind(document: Mapping[str, object]) -> PolicyKind:
    """The most likely type of a document. Never an SCP, RCP, permissions boundary or session policy, which
    cannot be distinguished from the other types.
    """
    statements = document.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    objects = [one for one in listed if isinstance(one, Mapping)]
    if not any("Principal" in one or "NotPrincipal" in one for one in objects):
        return PolicyKind.IDENTITY
    actions = [action for one in objects for action in _texts(one.get("Action"))]
    if actions and all(action.lower().startswith("sts:") for action in actions):
        return PolicyKind.TRUST
    return PolicyKind.RESOURCE


def check_lone_policy(source: Source, kind: PolicyKind | None = None) -> tuple[PolicyKind, list[Diagnostic]]:
    """The type (guessed if `kind` is None), and all diagnostics, in the order of the lines.

    What AWS would refuse when the policy is written is an error. Advice and unknown actions, resources and
    condition keys are warnings. Raises UnreadableFileError for text that is not JSON.
    """
    parsed = parse_json(source)
    diagnostics = Diagnostics()

    def report(steps: Steps, message: str, hint: str = "", *, lenient: bool = False) -> None:
        diagnostics.add(Place(0, steps), message, hint=hint, lenient=lenient)

    document = parsed.value
    if not isinstance(document, Mapping):
        report((), "a policy document is a JSON object")
        return kind or PolicyKind.IDENTITY, diagnostics.located([source])
    kind = kind or guessed_kind(document)
    if not is_shallow(document):
        report((), f"is nested more than {MOST_NESTING} deep")
        return kind, diagnostics.located([source])
    for steps in repeated_keys(document) if parsed.has_repeated_keys else ():
        report(steps, "the key occurs twice in one object")
    for one in review_policy(document, kind):
        message = one.text
        report(one.steps, message, one.hint, lenient=one.rule.force is Force.ADVICE)
    if has_foreign_characters(document):
        report((), "has characters beyond Latin-1, which IAM refuses")
    for word in _vocabulary_warnings(document, kind):
        report(word.steps, word.message, word.hint, lenient=True)
    return kind, diagnostics.located([source])


def _vocabulary_warnings(document: Mapping[str, object], kind: PolicyKind) -> Iterator[PolicyDiagnostic]:
    from sts_tui.account.policies.unknown_words import unknown_words  # reads AWS's lists

    yield from unknown_words(document, kind)
    yield from silent_mistakes(document, kind)


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str)]
