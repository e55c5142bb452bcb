"""Every action once: its id, keys, words, and the reason when it cannot be done.

Footer, palette, `?`, the keymap and the explorer's page read this table; `sts_tui.tui.handlers` has one
function per id. An action that cannot be done now is shown dim, and says why when it is asked for all the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.tui.keys import availability
from sts_tui.tui.keys.action_context import ActionContext

WhyNot = Callable[[ActionContext], str | None]


class ActionSpec(Struct, frozen=True, kw_only=True):
    """One action."""

    id: str
    keys: tuple[str, ...]
    label: str
    """One or two words, for the footer."""
    help: str
    """A sentence."""
    group: str
    why_not: WhyNot = lambda context: None
    """The reason why it cannot be done now; None when it can."""
    danger: bool = False
    """Takes something away from somebody: asks first, and is gone with `--readonly`."""
    edits: bool = False
    """Issues an AWS call that changes the model: gone with `--readonly`."""
    panes: tuple[str, ...] = ()
    """Where the footer shows it first; empty: everywhere, after those."""
    worth: int = 0
    """The more, the earlier in the footer; 0: only in the palette and in `?`."""

    def reason_against(self, context: ActionContext) -> str | None:
        """Why it cannot be done now, None when it can."""
        if context.is_readonly and (self.danger or self.edits):
            return "The explorer was opened with --readonly"
        return self.why_not(context)


_TABLE: Final = (
    # Sessions
    ActionSpec(
        id="assume", keys=("a",), label="assume", group="Sessions", why_not=availability.cannot_assume,
        edits=True,
        worth=90,
        help="Assume the chosen role: a form that says before enter whether AWS would allow it.",
    ),
    ActionSpec(
        id="assume_again", keys=("A",), label="again", group="Sessions",
        why_not=availability.not_before, edits=True,
        help="The last assume-role form once more, with its values.",
    ),
    ActionSpec(
        id="chain", keys=("c",), label="chain", group="Sessions", why_not=availability.cannot_chain,
        edits=True,
        panes=("sessions",), worth=70,
        help="Assume another role with the chosen session: role chaining.",
    ),
    ActionSpec(
        id="act_as", keys=("enter",), label="act as", group="Sessions", why_not=availability.needs_session,
        panes=("sessions",), worth=85,
        help="Act as the chosen session: your calls are made with its credentials.",
    ),
    ActionSpec(
        id="identity", keys=("i",), label="who am I", group="Sessions", worth=40,
        help="Who you act as, and everybody you can act as instead.",
    ),
    ActionSpec(
        id="step_out", keys=("I",), label="step out", group="Sessions", why_not=availability.cannot_step_out,
        help="Leave the session you act as; act as whoever issued it.",
    ),
    ActionSpec(
        id="revoke", keys=("R",), label="revoke", group="Sessions",
        why_not=availability.cannot_revoke, danger=True,
        worth=95,
        help="Revoke active sessions of the role: a Deny for every session issued before now. Asks first.",
    ),
    ActionSpec(
        id="cut_off_user", keys=("U",), label="cut off user", group="Sessions",
        why_not=availability.cannot_cut_off_user, danger=True, panes=("sessions",),
        help="A dated Deny on the user ends what GetSessionToken and GetFederationToken issued. Asks first.",
    ),
    ActionSpec(
        id="will_it_last", keys=("J",), label="will it last?", group="Sessions",
        why_not=availability.needs_session,
        panes=("sessions",), worth=20,
        help="Enter a job's length: which session of the chain ends first?",
    ),
    # Requests
    ActionSpec(
        id="explain", keys=("x",), label="explain", group="Requests", why_not=availability.needs_request,
        worth=92,
        help="Why the chosen request was allowed or denied, to the statement, the element and the value.",
    ),
    ActionSpec(
        id="what_if", keys=("w",), label="what if", group="Requests", why_not=availability.needs_request,
        worth=46,
        help="The chosen request with policy types left out, or with a fix: a question that changes nothing.",
    ),
    ActionSpec(
        id="request", keys=("r",), label="request", group="Requests", edits=True, worth=50,
        help="Make a request as the acting identity: action and resource.",
    ),
    # Policies
    ActionSpec(
        id="edit_policy", keys=("e",), label="edit", group="Policies",
        why_not=availability.cannot_edit, edits=True,
        panes=("policies",), worth=60,
        help="Edit the shown policy; saving is the AWS call that writes it.",
    ),
    ActionSpec(
        id="diff", keys=("d",), label="diff", group="Policies", panes=("policies",), worth=10,
        help="What the calls since the start changed in the model, as a diff.",
    ),
    ActionSpec(
        id="next_policy", keys=("right_square_bracket",), label="next policy", group="Policies",
        panes=("policies",), worth=55, why_not=availability.no_policies,
        help="Show the role's next policy: trust, permissions, boundary, SCPs, RCPs.",
    ),
    ActionSpec(
        id="previous_policy", keys=("left_square_bracket",), label="previous policy", group="Policies",
        panes=("policies",), why_not=availability.no_policies,
        help="Show the role's previous policy.",
    ),
    # Overviews
    ActionSpec(
        id="reach", keys=("W", "C"), label="who can", group="Overviews", worth=30,
        help="Reach: who can become whom, by chains of roles; from who you are, and into the chosen role.",
    ),
    ActionSpec(
        id="operations", keys=("O",), label="operations", group="Overviews", worth=8,
        help="The STS operations: who may call them, how long they last, what their sessions may not do.",
    ),
    ActionSpec(
        id="timeline", keys=("t",), label="timeline", group="Overviews", worth=12,
        help="Sessions, revocations and denials along simulated time.",
    ),
    ActionSpec(
        id="command_log", keys=("L",), label="commands", group="Overviews", worth=35,
        help="The aws line for everything done so far.",
    ),
    ActionSpec(
        id="messages", keys=("exclamation_mark",), label="messages", group="Overviews",
        help="Everything the bottom line has said.",
    ),
    # Clock
    ActionSpec(
        id="pause", keys=("space",), label="pause/run", group="Clock", worth=65,
        help="Stop the simulated clock, or let it run.",
    ),
    ActionSpec(
        id="faster", keys=("plus", "equals_sign"), label="faster", group="Clock", worth=33,
        help="Clock faster: x1, x10, x60, x600.",
    ),
    ActionSpec(
        id="slower", keys=("comma",), label="slower", group="Clock", worth=32,
        help="Clock slower.",
    ),
    ActionSpec(
        id="next_event", keys=("full_stop",), label="next event", group="Clock", worth=45,
        help="Run the clock to the next thing that is due.",
    ),
    # Model
    ActionSpec(
        id="undo", keys=("u",), label="undo", group="Model", why_not=availability.nothing_to_undo, edits=True,
        worth=48,
        help="Take back the last call that changed the model. The log and the clock stay as they are.",
    ),
    ActionSpec(
        id="redo", keys=("ctrl+r",), label="redo", group="Model", why_not=availability.nothing_to_redo,
        edits=True,
        help="Make the call again that was taken back.",
    ),
    ActionSpec(
        id="save", keys=("ctrl+s",), label="save", group="Model",
        help="Write the model as it stands to an account file.",
    ),
    # Tour
    ActionSpec(
        id="tour_next", keys=("n",), label="next step", group="Tour", why_not=availability.no_tour,
        help="The next step of the tour that is presented.",
    ),
    ActionSpec(
        id="tour_back", keys=("b",), label="step back", group="Tour", why_not=availability.no_tour, worth=4,
        help="One step back: the tour is played again from its start.",
    ),
    # Screen
    ActionSpec(
        id="filter", keys=("slash",), label="filter", group="Screen", worth=58,
        help="Show only rows that hold a word: deny !s3 result:deny ~rdlg.",
    ),
    ActionSpec(
        id="sort", keys=("s",), label="sort", group="Screen", panes=availability.SORTABLE,
        why_not=availability.cannot_sort,
        help="Sort this list by its next column.",
    ),
    ActionSpec(
        id="sort_reverse", keys=("S",), label="reverse", group="Screen", panes=availability.SORTABLE,
        why_not=availability.cannot_sort,
        help="Reverse the order of this list.",
    ),
    ActionSpec(
        id="mark", keys=("m",), label="mark", group="Screen", why_not=availability.cannot_mark,
        help="Mark this row, or take the mark off: R revokes all marked roles, y copies all marked rows.",
    ),
    ActionSpec(
        id="mark_range", keys=("M",), label="mark to here", group="Screen", why_not=availability.cannot_mark,
        help="Mark every row from the one marked last to this one.",
    ),
    ActionSpec(
        id="fold", keys=("F",), label="each request", group="Screen",
        help="Show a burst of the same request as one line (×12), or each request on its own.",
    ),
    ActionSpec(
        id="command", keys=("colon",), label="command", group="Screen", worth=57,
        help="A line of the tour grammar, `aws …` first of all, with completion and history.",
    ),
    ActionSpec(
        id="palette", keys=("ctrl+p",), label="palette", group="Screen", worth=56,
        help="Every action, role, session and screen by name.",
    ),
    ActionSpec(
        id="help", keys=("question_mark", "f1"), label="help", group="Screen", worth=88,
        help="What this pane shows, and every key.",
    ),
    ActionSpec(
        id="full_screen", keys=("f",), label="full screen", group="Screen",
        help="This pane alone, without a border, so that the terminal can select text.",
    ),
    ActionSpec(
        id="back", keys=("escape",), label="back", group="Screen",
        help="One step back: close, clear the filter, leave full screen.",
    ),
    ActionSpec(
        id="copy", keys=("y",), label="copy", group="Screen", why_not=availability.nothing_shown, worth=25,
        help="Copy the ARN of what is chosen.",
    ),
    ActionSpec(
        id="copy_menu", keys=("Y",), label="copy …", group="Screen",
        help="Copy something else: the command, JSON, the explanation, credentials.",
    ),
    ActionSpec(
        id="dump", keys=("ctrl+o",), label="as text", group="Screen",
        help="This screen as plain, labelled text: for a screen reader, or to keep.",
    ),
    ActionSpec(
        id="theme", keys=("T",), label="theme", group="Screen",
        help="Dark or light.",
    ),
    # Panes
    ActionSpec(
        id="pane_roles", keys=("1",), label="roles", group="Panes",
        help="Go to the roles.",
    ),
    ActionSpec(
        id="pane_policies", keys=("2",), label="policies", group="Panes",
        help="Go to the role's policies.",
    ),
    ActionSpec(
        id="pane_sessions", keys=("3",), label="sessions", group="Panes",
        help="Go to the sessions.",
    ),
    ActionSpec(
        id="pane_requests", keys=("4",), label="requests", group="Panes",
        help="Go to the requests.",
    ),
    ActionSpec(
        id="pane_before", keys=("minus",), label="pane before", group="Panes",
        help="Back to the pane in which you were before this one.",
    ),
    ActionSpec(
        id="pane_explanation", keys=("5", "0"), label="explanation", group="Panes",
        help="Go to the explanation of the chosen request.",
    ),
    # Screen
    ActionSpec(
        id="quit", keys=("ctrl+q",), label="quit", group="Screen", worth=5,
        help="Leave the explorer.",
    ),
)  # fmt: skip

ACTIONS: Final[Mapping[str, ActionSpec]] = {spec.id: spec for spec in _TABLE}
