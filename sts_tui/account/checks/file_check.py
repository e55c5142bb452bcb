"""How does the check of one file report errors and warnings, and how does it check a policy document?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias, TypeGuard

from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_grammar import has_foreign_characters, review_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_principals import is_scalar_principal
from sts_tui.account.policies.rule_book import Force
from sts_tui.account.policies.silent_mistakes import silent_mistakes
from sts_tui.account.policy_document import PackedDocument, WrittenPolicy
from sts_tui.account.values import Unusable, is_shallow, unusable
from sts_tui.start_up.named_tuple import NamedTuple


def _nothing() -> None:
    """Used if the caller does not want progress reports."""


class FileCheck:
    """Reports the errors and warnings of one file.

    `lenient` is set in a raw dump, where an error becomes a warning. `by_aws` is set in a policy that AWS
    wrote. `vocabulary`: actions, resources and condition keys are compared with AWS's lists.
    """

    def __init__(self, source: int, diagnostics: Diagnostics, *, vocabulary: bool = False) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.lenient = False
        self.by_aws = False
        self.policies_are_dumped = False
        """Whether the policies were read from AWS, so that errors in them are warnings."""
        self._vocabulary = vocabulary
        self._words: dict[PolicyKind, dict[Content, tuple[PolicyDiagnostic, ...]]] = {}
        self.reviews: Reviews = {}
        """Results for documents that were already checked, shared by the checks of all files of a load."""
        self.settings: Mapping[str, object] = {}
        """What the files have under `Settings`, unchecked."""
        self.begins_document: Callable[[], None] = _nothing
        """Called before each stored policy document is checked, for progress reports."""

    def error(self, steps: Steps, message: str, hint: str = "") -> None:
        """An error; a warning in a raw dump."""
        self.diagnostics.add(Place(self.source, steps), message, hint=hint, lenient=self.lenient)

    def warning(self, steps: Steps, message: str, hint: str = "") -> None:
        self.diagnostics.add(Place(self.source, steps), message, hint=hint, lenient=True)

    def error_even_in_dump(self, steps: Steps, message: str, hint: str = "") -> None:
        """An error even in a raw dump: AWS writes no such ARN, and only the ARN identifies an entity."""
        self.diagnostics.add(Place(self.source, steps), message, hint=hint)

    def wrong(self, value: object, wanted: str, steps: Steps, hint: str = "") -> Unusable:
        self.error(steps, f"{shown(value)} is not {wanted}", hint)
        return unusable(value)

    def policy_errors(self, found: Iterable[PolicyDiagnostic], steps: Steps) -> None:
        """Report what is wrong with the document at `steps`."""
        for one in found:
            is_error = one.rule.force is Force.ALWAYS and not self.policies_are_dumped
            report = self.error if is_error else self.warning
            report((*steps, *one.steps), one.text, one.hint)

    def document(self, written: WrittenPolicy, kind: PolicyKind, steps: Steps) -> None:
        """Check a stored policy document. A violation of a rule that AWS applies only when a policy is
        written is a warning.
        """
        self.begins_document()
        review = self._review(written, kind)
        found = review.broken
        if found and self.settings.get("ScalarPrincipalInTrustPolicies") is True:
            found = tuple(one for one in found if not is_scalar_principal(one))
        if found and self.by_aws:
            found = tuple(one for one in found if one.rule.force is Force.ALWAYS)
        if found:
            self.policy_errors(found, steps)
            if not review.is_shallow:
                written.make_unreadable()
                return
        if review.is_foreign:
            message = "The specified value for policyDocument is invalid. It has characters beyond Latin-1"
            self.error(steps, message)
        if self._vocabulary and not self.by_aws:
            self.policy_errors(self._unknown_words(written, kind), steps)

    def _review(self, written: WrittenPolicy, kind: PolicyKind) -> _Review:
        """What is wrong with a document. Equal documents are checked once."""
        content = written.content
        if content is None:
            return _Review.of(written, kind)
        reviews = self.reviews.setdefault(kind, {})
        review = reviews.get(content)
        if review is None:
            review = reviews[content] = _Review.of(written, kind)
        return review

    def _unknown_words(self, written: WrittenPolicy, kind: PolicyKind) -> tuple[PolicyDiagnostic, ...]:
        """Actions, resources and condition keys that AWS's lists do not have. Equal documents are checked
        once.
        """
        words = self._words.setdefault(kind, {})
        content = written.content
        found = words.get(content) if content is not None else None
        if found is None:
            found = _unknown_words(written, kind)
            if content is not None:
                words[content] = found
        return found


def _unknown_words(written: WrittenPolicy, kind: PolicyKind) -> tuple[PolicyDiagnostic, ...]:
    """Includes mistakes that AWS accepts without an error. AWS's lists are loaded only here."""
    content = written.content
    if isinstance(content, PackedDocument) and _seen[kind] >= _WORTH_COMPILING:
        from sts_tui.account.policies.packed_words import warnings_in

        return warnings_in(content.json, kind)
    from sts_tui.account.policies.unknown_words import unknown_words

    document = written.document
    return (*unknown_words(document, kind), *silent_mistakes(document, kind))


class _Review(NamedTuple):
    """What is wrong with one document, with paths relative to the document."""

    broken: tuple[PolicyDiagnostic, ...] = ()
    is_shallow: bool = True
    is_foreign: bool = False

    @classmethod
    def of(cls, written: WrittenPolicy, kind: PolicyKind) -> _Review:
        content = written.content
        if _is_ascii(content) and _is_plainly_valid(content.json, kind):
            return _NOTHING_WRONG
        document = written.document
        broken = review_policy(document, kind)
        shallow = not broken or is_shallow(document)
        is_foreign = shallow and not _is_ascii(content) and has_foreign_characters(document)
        return cls(broken, shallow, is_foreign) if broken or is_foreign else _NOTHING_WRONG


_NOTHING_WRONG: Final = _Review()

Content: TypeAlias = PackedDocument | str
Reviews: TypeAlias = dict[PolicyKind, dict[Content, _Review]]
"""The reviews of all files of a load, by type and content of the documents."""


_WORTH_COMPILING: Final = 300
"""Compiling the type of a document kind takes some milliseconds. It pays only after this many documents; the
ones before are checked by the rules.
"""
_seen: Counter[PolicyKind] = Counter()


def _is_plainly_valid(document: bytes, kind: PolicyKind) -> bool:
    if _seen[kind] < _WORTH_COMPILING:
        _seen[kind] += 1
        return False
    from sts_tui.account.policies.plain_policies import is_plainly_valid  # only for large files

    return is_plainly_valid(document, kind)


def _is_ascii(content: Content | None) -> TypeGuard[PackedDocument]:
    """Whether a document is packed and has only ASCII characters."""
    return isinstance(content, PackedDocument) and content.json.isascii()
