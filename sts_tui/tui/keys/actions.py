"""Which actions are there? For each: id, keys, label, help, and the reason when it is unavailable.

The footer, the palette, `?`, the keymap and docs/explorer.md read this table; `sts_tui.tui.handlers` has one
function per id. An unavailable action is dimmed, and pressing its key shows the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.tui.keys import availability
from sts_tui.tui.keys.action_context import ActionContext

WhyNot = Callable[[ActionContext], str | None]


OF_THE_PRESENT: Final = frozenset(
    (
        *("pause", "faster", "jump", "act_as", "step_out", "animate", "save", "open", "open_trail"),
        *("incident", "undo", "redo"),
    )
)
"""Actions that a past instant refuses, and a long wait, besides those that edit."""
OF_THE_CLOCK: Final = frozenset(("slower", "next_event", "tour_next"))
"""Those that a long wait refuses besides."""
OF_A_TRAIL: Final = frozenset(("revoke",))
"""Actions that ask, at a past instant of a trail, what they would have prevented."""


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
    """The reason why the action is unavailable; None when it is available."""
    danger: bool = False
    """Takes access away: asks for confirmation, and is hidden with `--readonly`."""
    edits: bool = False
    """Makes an AWS call that changes the model: hidden with `--readonly`."""
    panes: tuple[str, ...] = ()
    """Panes in whose footer it comes first; empty: shown in every pane, after those."""
    worth: int = 0
    """Priority in the footer, higher first; 0: only in the palette and in `?`."""

    def reason_against(self, context: ActionContext) -> str | None:
        """Why the action is unavailable; None when it is available."""
        is_change = self.edits or self.danger or self.id in OF_THE_PRESENT
        if context.waits and (is_change or self.id in OF_THE_CLOCK):
            return "A long wait passes; esc stops it"
        is_what_if = context.has_trail and self.id in OF_A_TRAIL
        if context.past and not is_what_if and is_change:
            return f"The screen shows {context.past}, read-only; esc returns to now"
        if context.is_readonly and (self.danger or self.edits) and not (is_what_if and context.past):
            return "The explorer is read-only (--readonly)"
        return self.why_not(context)


_TABLE: Final = (
    # Sessions
    ActionSpec(
        id="assume", keys=("a",), label="assume", group="Sessions", why_not=availability.cannot_assume,
        edits=True,
        worth=90,
        help="Assume the selected role. The form shows whether AWS would allow it before you press enter.",
    ),
    ActionSpec(
        id="assume_again", keys=("A",), label="assume again", group="Sessions",
        why_not=availability.not_before, edits=True,
        help="Open the assume-role form again with the values you entered last.",
    ),
    ActionSpec(
        id="chain", keys=("c",), label="chain", group="Sessions", why_not=availability.cannot_chain,
        edits=True,
        panes=("sessions",), worth=70,
        help="Assume another role with the selected session (role chaining).",
    ),
    ActionSpec(
        id="act_as", keys=("enter",), label="act as", group="Sessions", why_not=availability.needs_session,
        panes=("sessions",), worth=85,
        help="Act as the selected session: your calls use its credentials.",
    ),
    ActionSpec(
        id="identity", keys=("i",), label="identity", group="Sessions", worth=40,
        help="Show the acting identity and choose another one.",
    ),
    ActionSpec(
        id="sign_in", keys=("p",), label="sign in", group="Sessions", edits=True,
        help="Sign in as a person of Identity Center, at the console, by aws login, in an app; or sign out.",
    ),
    ActionSpec(
        id="step_out", keys=("I",), label="step out", group="Sessions", why_not=availability.cannot_step_out,
        help="Stop acting as this session and return to the identity that assumed it.",
    ),
    ActionSpec(
        id="revoke", keys=("R",), label="revoke", group="Sessions",
        why_not=availability.cannot_revoke, danger=True,
        worth=95,
        help="Revoke active sessions of the role: deny every session issued before now. Asks first.",
    ),
    ActionSpec(
        id="cut_off_user", keys=("U",), label="revoke user", group="Sessions",
        why_not=availability.cannot_cut_off_user, danger=True, panes=("sessions",),
        help="Deny the sessions a user got from GetSessionToken or GetFederationToken. Asks first.",
    ),
    ActionSpec(
        id="will_it_last", keys=("J",), label="will it last?", group="Sessions",
        why_not=availability.needs_session,
        panes=("sessions",), worth=20,
        help="Do the credentials last for a job? Enter how long it runs.",
    ),
    # Requests
    ActionSpec(
        id="explain", keys=("x",), label="explain", group="Requests", why_not=availability.needs_request,
        worth=92,
        help="Why the selected request was allowed or denied: the statement, the element and the value.",
    ),
    ActionSpec(
        id="explain_denial", keys=("X",), label="explain denial", group="Requests",
        why_not=availability.nothing_denied,
        help="Go to the newest request that the last revocation denied, and explain it.",
    ),
    ActionSpec(
        id="what_if", keys=("w",), label="what if", group="Requests", why_not=availability.needs_request,
        worth=46,
        help="Evaluate the selected request without some policy types, or with a fix. Nothing is changed.",
    ),
    ActionSpec(
        id="request", keys=("r",), label="request", group="Requests", edits=True, worth=50,
        help="Make a request as the acting identity; AWS's verdict is shown before it is sent.",
    ),
    # Policies
    ActionSpec(
        id="edit_policy", keys=("e",), label="edit", group="Policies",
        why_not=availability.cannot_edit, edits=True,
        panes=("policies",), worth=60,
        help="Edit the policy that is shown. Saving makes the AWS call that writes it.",
    ),
    ActionSpec(
        id="diff", keys=("d",), label="diff", group="Policies", panes=("policies",), worth=10,
        help="Everything that calls have changed in the model since the start, as a diff.",
    ),
    ActionSpec(
        id="next_policy", keys=("right_square_bracket",), label="next policy", group="Policies",
        panes=("policies",), worth=55, why_not=availability.no_policies,
        help="Show the next policy: trust, permissions, permissions boundary, SCPs, RCPs.",
    ),
    ActionSpec(
        id="previous_policy", keys=("left_square_bracket",), label="previous policy", group="Policies",
        panes=("policies",), why_not=availability.no_policies,
        help="Show the previous policy.",
    ),
    # Nouns
    ActionSpec(
        id="nouns", keys=("N",), label="list", group="Lists", worth=47,
        help="Choose what pane 1 lists: roles, users, groups, access keys, policies, accounts and others.",
    ),
    ActionSpec(
        id="row_actions", keys=("o",), label="actions", group="Lists", panes=("roles",), worth=34,
        why_not=availability.no_row,
        help="What can be done with the selected role, user, key, policy, workload or account.",
    ),
    # Overviews
    ActionSpec(
        id="reach", keys=("W", "C"), label="reach", group="Overviews", worth=30,
        help="Reach: who can assume which role, directly or by role chaining.",
    ),
    ActionSpec(
        id="access", keys=("v",), label="can do", group="Overviews", worth=29,
        why_not=availability.needs_principal,
        help="What the selected session, role or user can do, and how an edit or the SCPs change it.",
    ),
    ActionSpec(
        id="incident", keys=("D",), label="incident", group="Overviews", worth=44,
        why_not=availability.needs_role_or_session,
        help="The incident desk: whose credentials these are, and what each cut would do, tried in a copy.",
    ),
    ActionSpec(
        id="matrix", keys=("K",), label="matrix", group="Overviews",
        help="Which cut ends which kind of credentials: every cell tried in a copy of a model.",
    ),
    ActionSpec(
        id="score", keys=("P",), label="score", group="Overviews", why_not=availability.no_game_day,
        help="The score of a game day, or the goal and the checks of an exercise with hints.",
    ),
    ActionSpec(
        id="operations", keys=("O",), label="operations", group="Overviews", worth=8,
        help="STS operations: who may call them, session durations, and what the sessions may not call.",
    ),
    ActionSpec(
        id="timeline", keys=("t",), label="timeline", group="Overviews", worth=12,
        help="Sessions, revocations and denials over time. Enter shows the screen at that time.",
    ),
    ActionSpec(
        id="trail", keys=("V",), label="trail", group="Overviews", why_not=availability.no_trail,
        help="The CloudTrail trail that is open: who used which key, and where the model disagrees and why.",
    ),
    ActionSpec(
        id="otherwise", keys=("H",), label="had it been", group="Overviews", why_not=availability.no_trail,
        help="What if: which calls of the trail a change at this instant would have prevented.",
    ),
    ActionSpec(
        id="open_trail", keys=("Z",), label="open a trail …", group="Model", why_not=availability.cannot_open,
        help="Open CloudTrail events as the past of this model, or of one that is derived from them.",
    ),
    ActionSpec(
        id="command_log", keys=("L",), label="commands", group="Overviews", worth=35,
        help="The aws command for every call made so far.",
    ),
    ActionSpec(
        id="messages", keys=("exclamation_mark",), label="messages", group="Overviews",
        help="Every message that was shown on the status line.",
    ),
    # Clock
    ActionSpec(
        id="pause", keys=("space",), label="pause/run", group="Clock", worth=65,
        help="Pause or run the simulated clock.",
    ),
    ActionSpec(
        id="faster", keys=("plus", "equals_sign"), label="faster", group="Clock", worth=33,
        help="Speed up the simulated clock: x1, x10, x60, x600.",
    ),
    ActionSpec(
        id="slower", keys=("comma",), label="slower", group="Clock", worth=32,
        help="Slow down the simulated clock.",
    ),
    ActionSpec(
        id="next_event", keys=("full_stop",), label="next event", group="Clock", worth=45,
        help="Advance the clock to the next scheduled event.",
    ),
    ActionSpec(
        id="animate", keys=("E",), label="animate", group="Clock",
        help="Invent sessions and requests from what the model allows, or stop the invented ones.",
    ),
    # Model
    ActionSpec(
        id="undo", keys=("u",), label="undo", group="Model", why_not=availability.nothing_to_undo, edits=True,
        worth=48,
        help="Undo the last call that changed the model. Shows what it reverts and asks first.",
    ),
    ActionSpec(
        id="redo", keys=("ctrl+r",), label="redo", group="Model", why_not=availability.nothing_to_redo,
        edits=True,
        help="Redo the call that was undone.",
    ),
    ActionSpec(
        id="open", keys=("B",), label="open …", group="Model", why_not=availability.cannot_open,
        help="Open something else: the sample, a scenario, a game day, an exercise, or your own account.",
    ),
    ActionSpec(
        id="save", keys=("ctrl+s",), label="save", group="Model",
        help="Save the current model to an account file.",
    ),
    # Tour
    ActionSpec(
        id="tour_next", keys=("n",), label="next step", group="Tour", why_not=availability.no_tour, worth=4,
        help="Play the next step of the tour.",
    ),
    ActionSpec(
        id="tour_back", keys=("b",), label="step back", group="Tour", why_not=availability.no_tour, worth=4,
        help="Go back one step (replays the tour from its start).",
    ),
    # Screen
    ActionSpec(
        id="filter", keys=("slash",), label="filter", group="Screen", worth=58,
        help="Filter the list: deny, !s3 (without), result:deny (in a column), ~rdlg (fuzzy).",
    ),
    ActionSpec(
        id="sort", keys=("s",), label="sort", group="Screen", panes=availability.SORTABLE,
        why_not=availability.cannot_sort,
        help="Sort the list by the next column.",
    ),
    ActionSpec(
        id="sort_reverse", keys=("S",), label="reverse", group="Screen", panes=availability.SORTABLE,
        why_not=availability.cannot_sort,
        help="Reverse the sort order.",
    ),
    ActionSpec(
        id="mark", keys=("m",), label="mark", group="Screen", why_not=availability.cannot_mark,
        help="Mark or unmark this row. R revokes all marked roles, y copies all marked rows.",
    ),
    ActionSpec(
        id="mark_range", keys=("M",), label="mark range", group="Screen", why_not=availability.cannot_mark,
        help="Mark every row from the last marked one to this one.",
    ),
    ActionSpec(
        id="fold", keys=("F",), label="collapse", group="Screen",
        help="Collapse identical requests into one row (×12), or show each one.",
    ),
    ActionSpec(
        id="command", keys=("colon",), label="command", group="Screen", worth=57,
        help="Enter a command: aws …, or any other step of a tour. With completion and history.",
    ),
    ActionSpec(
        id="palette", keys=("ctrl+p",), label="palette", group="Screen", worth=56,
        help="Find an action, or a role, session, user, policy, resource or workload by name, ARN or id.",
    ),
    ActionSpec(
        id="help", keys=("question_mark", "f1"), label="help", group="Screen", worth=88,
        help="What this pane shows, and all keys.",
    ),
    ActionSpec(
        id="full_screen", keys=("f",), label="full screen", group="Screen",
        help="Show only this pane, without a border, so that the terminal can select its text.",
    ),
    ActionSpec(
        id="back", keys=("escape",), label="back", group="Screen",
        help="Close, clear the filter or leave full screen.",
    ),
    ActionSpec(
        id="copy", keys=("y",), label="copy", group="Screen", why_not=availability.nothing_shown, worth=25,
        help="Copy the ARN of the selected row.",
    ),
    ActionSpec(
        id="copy_menu", keys=("Y",), label="copy …", group="Screen",
        help="Copy something else: the aws command, JSON, the explanation, credentials.",
    ),
    ActionSpec(
        id="dump", keys=("ctrl+o",), label="as text", group="Screen",
        help="Show this screen as plain text, for a screen reader or to copy.",
    ),
    ActionSpec(
        id="theme", keys=("T",), label="theme", group="Screen",
        help="Switch between the dark and the light theme.",
    ),
    # Panes
    ActionSpec(
        id="pane_roles", keys=("1",), label="roles", group="Panes",
        help="Go to pane 1; again: its next list (roles, users, groups, access keys, policies …).",
    ),
    ActionSpec(
        id="pane_policies", keys=("2",), label="policies", group="Panes",
        help="Go to Policies.",
    ),
    ActionSpec(
        id="pane_sessions", keys=("3",), label="sessions", group="Panes",
        help="Go to Sessions.",
    ),
    ActionSpec(
        id="pane_requests", keys=("4",), label="requests", group="Panes",
        help="Go to Requests.",
    ),
    ActionSpec(
        id="pane_before", keys=("minus",), label="last pane", group="Panes",
        help="Return to the previous pane.",
    ),
    ActionSpec(
        id="pane_explanation", keys=("5", "0"), label="explanation", group="Panes",
        help="Go to the Explanation of the selected request.",
    ),
    # Screen
    ActionSpec(
        id="quit", keys=("ctrl+q",), label="quit", group="Screen", worth=5,
        help="Quit the explorer.",
    ),
)  # fmt: skip

ACTIONS: Final[Mapping[str, ActionSpec]] = {spec.id: spec for spec in _TABLE}
