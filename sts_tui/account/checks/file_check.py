"""What the checks of one file share: where they report, how strictly, and how a document is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.format.object_format import KeyFormat
from sts_tui.account.policies.policy_grammar import check_policy, has_foreign_characters
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_principals import is_scalar_principal
from sts_tui.account.policy_document import NO_DOCUMENT, WrittenPolicy
from sts_tui.account.values import Unusable, is_shallow, unusable


class FileCheck:
    """Reports on one file.

    `lenient` while a part of a raw dump is looked at: a fault is a warning there. `vocabulary`: words of
    policies are compared with AWS's lists, but not in what AWS wrote itself.
    """

    def __init__(
        self, source: int, diagnostics: Diagnostics, *, is_ascii: bool = False, vocabulary: bool = False
    ) -> None:
        self.source = source
        self.diagnostics = diagnostics
        self.lenient = False
        self._is_ascii = is_ascii
        self.vocabulary = vocabulary
        self.settings: Mapping[str, Any] = {}
        """What the files say under `Settings`, as written."""

    def fault(self, steps: Steps, message: str, hint: str = "") -> None:
        self.diagnostics.add(Place(self.source, steps), message, hint=hint, lenient=self.lenient)

    def nameless(self, steps: Steps, message: str, hint: str = "") -> None:
        """A fault in a raw dump too: AWS writes no such ARN, and what bears it cannot be told from others."""
        self.diagnostics.add(Place(self.source, steps), message, hint=hint)

    def wrong(self, value: Any, key_format: KeyFormat, steps: Steps, hint: str = "") -> Unusable:
        self.fault(steps, f"{shown(value)} is not {key_format.holds.value}", hint)
        return unusable(value)

    def grammar(self, faults: Iterable[PolicyDiagnostic], steps: Steps) -> None:
        """What AWS would refuse in the document that stands at `steps`."""
        for fault in faults:
            self.fault((*steps, *fault.steps), f"{fault.message} {fault.detail}".rstrip(), fault.hint)

    def document(self, written: WrittenPolicy, kind: PolicyKind, steps: Steps) -> None:
        """A policy document, as AWS checks it when it is written."""
        faults = check_policy(written.document, kind)
        if self.settings.get("ScalarPrincipalInTrustPolicies") is True:
            faults = tuple(fault for fault in faults if not is_scalar_principal(fault))
        self.grammar(faults, steps)
        if faults and not is_shallow(written.document):
            written.document, written.written_as, written.original = NO_DOCUMENT, "unreadable", None
            return
        if not self._is_ascii and has_foreign_characters(written.document):
            self.fault(
                steps, "The specified value for policyDocument is invalid. It holds characters beyond Latin-1"
            )
        if self.vocabulary:
            self._doubts(written, kind, steps)

    def _doubts(self, written: WrittenPolicy, kind: PolicyKind, steps: Steps) -> None:
        from sts_tui.account.policies.vocabulary import doubts  # reads AWS's lists

        for doubt in doubts(written.document, kind):
            place = Place(self.source, (*steps, *doubt.steps))
            self.diagnostics.add(place, doubt.message, hint=doubt.hint, lenient=True)
