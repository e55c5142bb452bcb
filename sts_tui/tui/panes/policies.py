"""Pane 2: the policies that apply to the selected role; on a wide screen beside its trust policy."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from textual.app import ComposeResult
from textual.events import Resize
from textual.widget import Widget

from sts_tui.iam.provenance import PolicyType, Provenance
from sts_tui.simulation.views.rows import PolicyRow
from sts_tui.tui.panes.pane import Pane
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.policy_text import PolicyText, policy_text
from sts_tui.tui.text.styled_text import Line, Span, one_line, text_of
from sts_tui.tui.text.symbols import CURSOR
from sts_tui.tui.widgets.bar import Bar
from sts_tui.tui.widgets.document import Document

TRUST = "trust policy"
ROWS_BETWEEN = 2
"""Rows between the trust policy and the others: a rule and the names."""
ROOMY = 100
"""Cells for a policy as plain text."""


class Policies(Struct, frozen=True):
    """What the pane shows: a subject's policies, and the statements that decided the chosen request."""

    owner: str = ""
    rows: tuple[PolicyRow, ...] = ()
    decided: tuple[Provenance, ...] = ()
    nothing: str = ""
    """What is shown where there are no policies."""


class PoliciesPane(Pane):
    """Input: `show(Policies)`."""

    NUMBER = "2"
    TITLE = "Policies"
    HELP = (
        "The policies that apply to the selected role: trust policy (who may assume it), inline and managed "
        "policies (what its sessions may do), permissions boundary, SCPs and RCPs. `[` and `]`, or a click "
        "on a name, show another. An edit of permissions affects every active session at its next request; "
        "an edit of the trust policy affects new sessions only. `e` edits. A bar at the edge marks the "
        "statement that decided the selected request."
    )

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.tabs = Bar(gap=1, counts=True)
        self.document = Document(id="policy")
        self.trust = Document(id="trust", can_focus=False)
        self._policies = Policies()
        self._chosen = ""
        """The name of the policy shown; kept across edits, and for other roles that have a policy of this
        name.
        """

    def compose(self) -> ComposeResult:
        yield self.trust
        yield self.tabs
        yield self.document

    def on_mount(self) -> None:
        self.retitle()

    def main_widget(self) -> Widget:
        return self.document

    def as_text(self) -> list[str]:
        """The names of all policies, and the shown ones, laid out for a wide screen."""
        trust = self._trust_policy if self.has_trust_apart else None
        lines = self.tabs.as_text()
        for row in filter(None, (trust, self.shown)):
            lines += [text_of(_heading(row)), *map(text_of, _lines_of(policy_text(row.text, ROOMY)))]
        return self._under_heading(lines)

    # What is shown ---------------------------------------------------------------------------------------

    @property
    def shown(self) -> PolicyRow | None:
        """The policy in view: the chosen one, or the first that is not shown above it."""
        rows = self._listed()
        others = [row for row in rows if row is not self._trust_policy or not self.has_trust_apart] or rows
        return next((row for row in rows if _id(row) == self._chosen), others[0] if others else None)

    @property
    def has_trust_apart(self) -> bool:
        """Whether the trust policy has its own place, as on a wide screen."""
        return self.screen.has_class("-wide")

    def _listed(self) -> list[PolicyRow]:
        """The policies to page through, without one that is shown in full above them."""
        apart = self._trust_policy if self._is_trust_whole and len(self._policies.rows) > 1 else None
        return [row for row in self._policies.rows if row is not apart]

    @property
    def _trust_policy(self) -> PolicyRow | None:
        """The one trust policy; None where there is none, or several, such as those that name a provider."""
        found = [row for row in self._policies.rows if row.kind == TRUST]
        return found[0] if len(found) == 1 else None

    @property
    def _is_trust_whole(self) -> bool:
        return self.has_trust_apart and self.trust.fits(self.trust.line_count())

    def show_policies(self, policies: Policies) -> None:
        if policies == self._policies:
            return
        self._announce_new(policies)
        self._policies = policies
        self.redraw()

    def _announce_new(self, policies: Policies) -> None:
        """Shows a policy that was added to the same role, such as a revocation."""
        if policies.owner != self._policies.owner:
            return
        before = {_id(row) for row in self._policies.rows}
        new = [row for row in policies.rows if _id(row) not in before]
        if new and before:
            self._chosen = _id(new[-1])

    def retitle(self) -> None:
        owner = self._policies.owner
        self.set_title(f"of {one_line(owner)}" if owner else "")

    def redraw(self) -> None:
        self.retitle()
        self._show_trust()
        shown = self.shown
        is_whole_below = shown is not None and shown is self._trust_policy
        self.set_class(
            bool(self._policies.rows) and (self._trust_policy is None or is_whole_below), "-no-trust"
        )
        self.tabs.show([_tab(row, row is shown, self._levels(row)) for row in self._listed()])
        self.document.show(self._lines(shown, self.document))

    def _show_trust(self) -> None:
        """On a wide screen, shows the trust policy above the others: in full, or as far as they leave
        room.
        """
        trust = self._trust_policy
        if not self.has_trust_apart or (trust is None and self._policies.rows):
            self.trust.show([])
            return
        room = self.size.height - ROWS_BETWEEN
        others = [row for row in self._policies.rows if row is not trust]
        below = next((row for row in others if _id(row) == self._chosen), others[0] if others else None)
        needed = len(self._lines(below, self.document)) if below is not None else 0
        most = max(1, room * 4 // 9, room - needed)
        self.trust.show(self._lines(trust, self.trust), most=most)

    def _levels(self, row: PolicyRow) -> str:
        """Of guardrails with the same name: the level of the organization that each is attached to."""
        alike = [each for each in self._policies.rows if (each.kind, each.name) == (row.kind, row.name)]
        return row.attached_at if len(alike) > 1 else ""

    def _lines(self, row: PolicyRow | None, document: Document) -> Sequence[tuple[Line, int]]:
        if row is None:
            nothing = self._policies.nothing or "Select a row with policies to see them."
            return [((Span(nothing, "muted"),), 0)]
        for width in document.widths():
            text = policy_text(row.text, max(20, width - 1))
            if document.fits(len(text.lines) + 1):
                break
        for provenance in self._policies.decided:
            if _is_of(provenance, row):
                text = text.with_matched(provenance.index)
        heading = [(_heading(row), 2)]
        return [*heading, *((spans, _hanging(spans)) for spans in _lines_of(text))]

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self.redraw)

    # Going through them ----------------------------------------------------------------------------------

    def next_policy(self, step: int) -> None:
        rows = self._listed()
        if rows:
            ids = [_id(row) for row in rows]
            shown = self.shown
            position = ids.index(_id(shown)) if shown else 0
            self._chosen = ids[(position + step) % len(ids)]
            self.redraw()

    def choose(self, name: str) -> None:
        """Shows the policy with this name."""
        self._chosen = next((_id(row) for row in self._listed() if row.name == name), self._chosen)
        self.redraw()

    def on_bar_clicked(self, event: Bar.Clicked) -> None:
        event.stop()
        self._chosen = event.action
        self.redraw()
        self.document.focus()


def _id(row: PolicyRow) -> str:
    return f"{row.kind}|{row.attached_at}|{row.name}"


def _lines_of(text: PolicyText) -> tuple[Line, ...]:
    return text.lines


def _hanging(spans: Line) -> int:
    """Where a line that is too long continues: deeper than where its text begins."""
    first = spans[0].text if spans else ""
    return len(first) - len(first.lstrip(" ")) + 4


def _tab(row: PolicyRow, is_shown: bool, level: str) -> Part:
    short = {
        TRUST: "trust",
        "permissions boundary": f"boundary {row.name}",
        "SCP": f"SCP {row.name}",
        "RCP": f"RCP {row.name}",
    }
    name = one_line(short.get(row.kind, row.name) + (f" {level}" if level else ""))
    text = f"{CURSOR}{name}" if is_shown else f" {name}"
    worth = 9 if is_shown else _WORTH.get(row.kind, 5) if row.name not in _ALLOW_ALL else 0
    return Part((Span(text, "title" if is_shown else "muted"),), action=_id(row), worth=worth)


_WORTH = {TRUST: 8, "inline": 7, "managed": 6, "permissions boundary": 5, "RCP": 4, "SCP": 3}
"""Which tabs are kept where not all fit."""
_ALLOW_ALL = ("FullAWSAccess", "RCPFullAWSAccess")
"""Policies that are attached everywhere and restrict nothing."""


def _heading(row: PolicyRow) -> Line:
    where = f" on {row.attached_at}" if row.attached_at else ""
    return (Span(f"{row.kind}{one_line(where)}", "muted"),)


_KINDS = {
    PolicyType.TRUST: ("trust policy",),
    PolicyType.IDENTITY: ("inline", "managed", "inline policy", "managed policy"),
    PolicyType.BOUNDARY: ("permissions boundary",),
    PolicyType.SCP: ("SCP",),
    PolicyType.RCP: ("RCP",),
}


def _is_of(provenance: Provenance, row: PolicyRow) -> bool:
    """Whether a deciding statement is in this policy."""
    if row.kind not in _KINDS.get(provenance.policy_type, ()):
        return False
    return row.kind == TRUST or provenance.policy == row.name or provenance.policy.endswith(f"/{row.name}")
