"""Where does a check of one file report, how strictly, and how does it check a policy document?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_grammar import has_foreign_characters, review_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_principals import is_scalar_principal
from sts_tui.account.policies.rule_book import Force
from sts_tui.account.policy_document import NO_DOCUMENT, WrittenPolicy
from sts_tui.account.values import Unusable, is_shallow, unusable


def _nothing() -> None:
    """No caller asks how far the check is."""


class FileCheck:
    """Reports on one file.

    `lenient` in a raw dump: an error is a warning there. `by_aws` in a policy that AWS itself wrote.
    `vocabulary`: words of policies are compared with AWS's lists.
    """

    def __init__(
        self, source: int, diagnostics: Diagnostics, *, is_ascii: bool = False, vocabulary: bool = False
    ) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.lenient = False
        self.by_aws = False
        self._is_ascii = is_ascii
        self._vocabulary = vocabulary
        self.settings: Mapping[str, object] = {}
        """What the files say under `Settings`, as written."""
        self.begins_document: Callable[[], None] = _nothing
        """Called before each stored policy document, which is where most of the time goes."""

    def error(self, steps: Steps, message: str, hint: str = "") -> None:
        """An error; a warning in a raw dump."""
        self.diagnostics.add(Place(self.source, steps), message, hint=hint, lenient=self.lenient)

    def warning(self, steps: Steps, message: str, hint: str = "") -> None:
        self.diagnostics.add(Place(self.source, steps), message, hint=hint, lenient=True)

    def error_even_in_dump(self, steps: Steps, message: str, hint: str = "") -> None:
        """An error in a raw dump too: AWS writes no such ARN, and an entity is known by its ARN alone."""
        self.diagnostics.add(Place(self.source, steps), message, hint=hint)

    def wrong(self, value: object, wanted: str, steps: Steps, hint: str = "") -> Unusable:
        self.error(steps, f"{shown(value)} is not {wanted}", hint)
        return unusable(value)

    def policy_errors(self, found: Iterable[PolicyDiagnostic], steps: Steps) -> None:
        """What is wrong with the document at `steps`."""
        for one in found:
            report = self.error if one.rule.force is Force.ALWAYS else self.warning
            report((*steps, *one.steps), f"{one.message} {one.detail}".rstrip(), one.hint)

    def document(self, written: WrittenPolicy, kind: PolicyKind, steps: Steps) -> None:
        """A stored policy document. Rules that AWS applies only when a policy is written are warnings."""
        self.begins_document()
        found = review_policy(written.document, kind)
        if self.settings.get("ScalarPrincipalInTrustPolicies") is True:
            found = tuple(one for one in found if not is_scalar_principal(one))
        if self.by_aws:
            found = tuple(one for one in found if one.rule.force is Force.ALWAYS)
        self.policy_errors(found, steps)
        if found and not is_shallow(written.document):
            written.document, written.written_as, written.original = NO_DOCUMENT, "unreadable", None
            return
        if not self._is_ascii and has_foreign_characters(written.document):
            message = "The specified value for policyDocument is invalid. It has characters beyond Latin-1"
            self.error(steps, message)
        if self._vocabulary and not self.by_aws:
            self._compare_with_vocabulary(written, kind, steps)

    def _compare_with_vocabulary(self, written: WrittenPolicy, kind: PolicyKind, steps: Steps) -> None:
        from sts_tui.account.policies.vocabulary import unknown_words  # reads AWS's lists

        self.policy_errors(unknown_words(written.document, kind), steps)
