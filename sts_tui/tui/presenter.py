"""How do changes reach the panes? Everything that changed is shown once, and nothing else is drawn again.

The presenter owns the main screen and its panes. What it shows it reads from the running explorer, which it
knows by a protocol; `selection` says what is selected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from sts_tui.simulation.clock import SimClock
from sts_tui.simulation.events import RequestAnswered, SessionExpired, SessionsRevoked, Verdict
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.nouns.noun import NounRow
from sts_tui.simulation.views.nouns.table import NOUNS, ROLES
from sts_tui.simulation.views.rows import RoleRow
from sts_tui.sts.revoke import POLICY_NAME, has_revocation_policy
from sts_tui.tui.command_log import CommandLog
from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.keys.keymap import Keymap
from sts_tui.tui.main_screen import PANES, SAID, MainScreen
from sts_tui.tui.offscreen_denials import OffscreenDenials
from sts_tui.tui.options import Options
from sts_tui.tui.panes.policies import Policies
from sts_tui.tui.panes.requests import borrowers
from sts_tui.tui.panes.sessions import Sessions, state_at
from sts_tui.tui.row_cache import RowCache
from sts_tui.tui.selection import Selection
from sts_tui.tui.text import footer_text, header_text, hints
from sts_tui.tui.text.event_text import name_of
from sts_tui.tui.text.header_text import Header
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, Style, line, one_line
from sts_tui.tui.text.unsaved import SAVED_AGAIN, unsaved_sentence
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from sts_tui.simulation.journal.journal import Journal
    from sts_tui.tours.exercises.grade import Attempt
    from sts_tui.trail.opened import OpenedTrail
    from sts_tui.trail.replay import Replay

CALM_SECONDS = 10


class Past(Protocol):
    """A past instant that the screen shows."""

    @property
    def present(self) -> Simulation: ...
    @property
    def present_rows(self) -> RowCache: ...
    @property
    def instant(self) -> datetime: ...
    def parts(self) -> tuple[list[Part], Line]: ...
    def show(self, instant: datetime, number: int = 0) -> None: ...
    def step(self, direction: int) -> None: ...
    def end(self) -> None: ...


class Passing(Protocol):
    """A long wait that passes in slices."""

    def show(self) -> bool: ...
    def refuse(self) -> None: ...
    def stop(self) -> None: ...
    def drop(self) -> None: ...


class Stage(Protocol):
    """What an audience sees."""

    def refresh(self) -> None: ...


class Tour(Protocol):
    """A tour that is presented: where it is, and the keys that move it."""

    @property
    def is_over(self) -> bool: ...
    @property
    def autoplay_key(self) -> str:
        """What the pause key does to a tour that plays by itself: `pause`, `play`; empty for others."""

    @property
    def stage(self) -> Stage: ...
    def tick(self) -> None: ...
    def toggle_autoplay(self) -> None: ...
    def advance(self) -> None: ...
    def back(self) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


class Running(Protocol):
    """What the presenter reads of the running explorer, and the two ways in which it reports something."""

    @property
    def simulation(self) -> Simulation: ...
    @property
    def row_cache(self) -> RowCache: ...
    @property
    def command_log(self) -> CommandLog: ...
    @property
    def journal(self) -> Journal | None: ...
    @property
    def attempt(self) -> Attempt | None: ...
    @property
    def trail(self) -> OpenedTrail | None: ...
    @property
    def keymap(self) -> Keymap: ...
    @property
    def options(self) -> Options: ...
    @property
    def clock(self) -> SimClock: ...
    @property
    def reading(self) -> Callable[[], float]: ...
    @property
    def presentation(self) -> Tour | None: ...
    @property
    def looking_back(self) -> Past | None: ...
    @property
    def long_wait(self) -> Passing | None: ...
    @property
    def acting(self) -> Identity: ...
    def say(self, text: str, style: Style = "plain") -> None: ...
    def notify_denials(self, texts: Sequence[str]) -> None: ...


class Presenter:
    """What the panes show now."""

    def __init__(self, app: Running) -> None:
        self._app = app
        simulation = app.simulation
        self.main = MainScreen(simulation.events, borrowers(simulation.world.workloads.values()))
        self.selection = Selection(self.main, lambda: app.row_cache, lambda: app.simulation.now)
        for table in (self.main.roles.table, self.main.sessions.table, self.main.requests.table):
            table.on_moved = self.cursor_moved
        self._version: tuple[object, ...] = ()
        self._second = -1
        self._newly_revoked = ""
        """The ARN of a role whose dated Deny was not shown yet."""
        self._seen = 0
        self._offscreen = OffscreenDenials()
        self._unsaved = ""
        self._is_refreshing = False
        self._header: tuple[Header, frozenset[str]] | None = None
        """The header that is shown, and the common words that its names leave out."""

    def restart(self) -> None:
        """Shows another simulation from its beginning."""
        self._version, self._second, self._seen = (), -1, 0
        self.selection.revocation = None
        self.main.requests.follow(self._app.simulation.events)

    # Refreshing ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Shows whatever changed since the last time."""
        if not self.main.is_mounted:
            return
        self._is_refreshing = True
        try:
            self._refresh()
        finally:
            self._is_refreshing = False

    def _refresh(self) -> None:
        app = self._app
        self._note_events()
        self._note_saving()
        app.row_cache.look_again()
        version = (*app.row_cache.version, self._shown_rows())
        if version != self._version:
            self._version = version
            self._show_rows()
        self.main.requests.take_in()
        second = self._second_of()
        if second != self._second or app.clock.is_paused:  # changes made by hand are shown at once
            self._second = second
            self.main.sessions.tick(app.simulation.now, app.acting.access_key_id or "")
            self.main.roles.table.repaint_rows()
        self._show_selected()
        self._show_frame()
        if app.presentation is not None:
            app.presentation.stage.refresh()
        self.main.note_filled()

    def _note_events(self) -> bool:
        """Takes in new events; whether there were any."""
        log = self._app.simulation.events
        if self._seen == log.last_number:
            return False
        is_seen = self.main.sees_the_stream
        for event in log.since(self._seen):
            if isinstance(event, RequestAnswered):
                if not is_seen and event.verdict.is_denial:
                    self._offscreen.note(event)
            elif isinstance(event, SessionsRevoked):
                self.selection.revocation = event
                self._newly_revoked = event.subject
                self._app.command_log.clear()
                self._warn_if_acting(event.hit, "was revoked; every request is denied")
            elif isinstance(event, SessionExpired):
                self._app.row_cache.note_expired(event.access_key_id)
                self._warn_if_acting((event.access_key_id,), "expired; its calls fail with ExpiredToken")
        self._seen = log.last_number
        if self.main.is_current and (texts := self._offscreen.due(self._app.reading())):
            self._app.notify_denials(texts)
        return True

    def _warn_if_acting(self, access_key_ids: tuple[str, ...], what: str) -> None:
        """Warns if something happened to the acting session."""
        acting = self._app.acting
        if acting.access_key_id in access_key_ids:
            step_out = self._app.keymap.first("step_out")
            self._app.say(f"{acting.label} {what}. {step_out} leaves the session.", "warning")

    def tick(self) -> None:
        """Called when time has passed: refreshes the screen if anything on it changes."""
        is_found = self._app.row_cache.settle()
        is_new_second = self._second_of() != self._second
        if self._note_events() or is_found or is_new_second or self._is_saving_changed:
            self.refresh()

    @property
    def _is_saving_changed(self) -> bool:
        return unsaved_sentence(self._app.journal) != self._unsaved

    def _note_saving(self) -> None:
        """Says when work is no longer saved, and when it is again; the header keeps showing it."""
        before, self._unsaved = self._unsaved, unsaved_sentence(self._app.journal)
        if self._unsaved and not before:
            self._app.say(self._unsaved, "warning")
        elif before and not self._unsaved:
            self._app.say(SAVED_AGAIN)

    def _second_of(self) -> int:
        return int(self._app.simulation.now.timestamp()) // (CALM_SECONDS if self._app.options.is_calm else 1)

    def _show_rows(self) -> None:
        app, main = self._app, self.main
        common = app.row_cache.common_words
        for name in PANES:
            main.pane(name).know(common)
        main.roles.denied_by_issuer = app.simulation.events.denied_by_issuer
        main.roles.show_rows(self._shown_rows())
        sessions = Sessions(app.row_cache.sessions(), app.row_cache.tallies)
        main.sessions.show_sessions(sessions, app.simulation.now, app.acting.access_key_id or "")

    def _shown_rows(self) -> Sequence[RoleRow | NounRow]:
        """What pane 1 shows: the roles, or another noun's rows. A new object where anything in it changed."""
        return self._app.row_cache.nouns(self.main.roles.noun)

    def show_noun(self, noun: str) -> None:
        """Turns pane 1 to a noun's list, and goes there."""
        self.main.roles.turn(noun, self._app.row_cache.nouns(noun))
        self._version = ()
        self.main.go_to("roles")
        self.refresh()

    def _show_selected(self) -> None:
        app, main = self._app, self.main
        self.selection.update()
        request = self.selection.request()
        explanation = app.row_cache.explanation(request) if request is not None else None
        subject, row = self.selection.subject, self.selection.subject_row()
        decided = explanation.decided if explanation else ()
        main.policies.show_policies(
            Policies(
                row.name if row else "",
                app.row_cache.policies(subject.noun, subject.key),
                tuple(decided),
                "" if row is None or subject.noun == ROLES else NOUNS[subject.noun].no_policies,
            )
        )
        if self._newly_revoked and self._newly_revoked == self.selection.role_arn:
            self._newly_revoked = ""
            main.policies.choose(POLICY_NAME)
        if main.shows("explanation"):
            if explanation is None:
                main.explanation.show_explanation("", [])
            else:
                main.explanation.show_explanation(
                    explanation.title, (*explanation.lines, *explanation.context)
                )

    def _show_frame(self) -> None:
        app, main = self._app, self.main
        unsaved = app.journal.unsaved if app.journal is not None else None
        header = app.row_cache.header(app.acting, app.clock, app.options.is_readonly, unsaved)
        if app.attempt is not None:
            header = replace(header, exercise=app.attempt.exercise.title)
        if app.trail is not None:
            header = replace(header, trail=_of_trail(app.trail.replay))
        if app.options.served_at:
            header = replace(header, served_at=app.options.served_at)
        if app.looking_back is not None:
            header = replace(header, is_past=True)
        main.show_past(app.looking_back.parts() if app.looking_back is not None else ([], ()))
        common = app.row_cache.common_words
        if (header, common) != self._header:
            self._header = (header, common)
            main.show_header(header_text.first_line(header), header_text.second_line(header, common))
        main.switch_classes({"-acting-as-session": header.is_session})
        main.show_tabs(
            {
                "roles": f"{main.roles.TITLE} {len(main.roles.table.rows)}",
                "policies": "Policies",
                "sessions": f"Sessions {len(main.sessions.table.rows)}",
                "requests": "Requests",
                "explanation": "Explanation",
            }
        )
        main.show_details()
        context = self.action_context()
        main.show_footer(footer_text.footer(context, app.keymap))
        self._show_status(context)

    def _revocation_in_place(self) -> SessionsRevoked | None:
        """The last revocation; None where its policy is gone again, by an undo or another call."""
        revocation, configuration = self.selection.revocation, self._app.simulation.world.configuration
        if revocation is None or not has_revocation_policy(revocation.subject, configuration):
            return None
        return revocation

    def show_status(self) -> None:
        if self.main.is_mounted:
            self._show_status(self.action_context())

    def _show_status(self, context: ActionContext) -> None:
        app = self._app
        revocation = self._revocation_in_place()
        has_cut = revocation is not None and bool(revocation.hit)
        hint = hints.next_step(context, app.keymap, has_cut, self.denied_since())
        status = app.command_log.status
        said = [Part(status, action="messages", worth=SAID)] if status else ()
        parts = said or hints.standing(revocation, self.denied_since(), self.borrowed())
        self.main.show_status(parts, hint, hints.whole(app.keymap))

    # What is selected ------------------------------------------------------------------------------------

    def cursor_moved(self, table: Table[object], key: object) -> None:
        """Called when a cursor has come to another row, whatever moved it."""
        if self.selection.is_updating or self._is_refreshing:
            return  # the cursor of the roles goes along; what hangs on a cursor is the last thing refreshed
        if self.main.is_mounted:  # in the frame of the key: a row and what hangs on it are never seen apart
            self._show_selected()
            self._show_frame()

    def focus_moved(self) -> None:
        """Called when another pane has the focus."""
        self.main.note_pane()
        self.refresh()

    def go_to_role(self, arn: str) -> None:
        self.go_to_noun(ROLES, arn)

    def go_to_noun(self, noun: str, key: str) -> None:
        """Selects the row with this key in a noun's list."""
        self.show_noun(noun)
        self.main.roles.clear_filter()
        self.main.go_to("roles")
        self.main.roles.table.choose(key)

    def select_noun(self, noun: str, key: str) -> None:
        """Selects a row of a noun's list while pane 2, which shows its policies, keeps the focus."""
        self.main.roles.turn(noun, self._app.row_cache.nouns(noun))
        self._version = ()
        if self.main.roles.is_filtered:
            self.main.roles.clear_filter()  # which would take the focus
        self.selection.lead = "roles"
        self.main.roles.table.choose(key)
        self.refresh()

    def go_to_session(self, access_key_id: str) -> None:
        self.refresh()
        self.main.sessions.clear_filter()
        self.main.go_to("sessions")
        self.main.sessions.table.choose(access_key_id)

    def go_to_request(self, number: int) -> None:
        """Selects the row of a request, or of the identical requests that it was collapsed with."""
        self.refresh()
        self.main.requests.clear_filter()
        self.main.go_to("requests")
        self.main.requests.table.choose(number)

    def show_workload(self, name: str) -> None:
        """The requests of one workload."""
        self.main.go_to("requests")
        self.main.requests.keep_filter(f"workload:{name}")

    def denied_since(self) -> int:
        """Requests denied to the sessions of the last revocation since then."""
        return self._app.row_cache.denied_since(self.selection.revocation) if self.selection.revocation else 0

    def borrowed(self) -> Line:
        """Which workload uses another's credentials: what to act on, before any revocation."""
        world = self._app.simulation.world
        for name in self.main.requests.borrowers:
            state, workload = world.workload_states.get(name), world.workloads.get(name)
            session = world.sessions.get((state and state.stolen) or "")
            if session is not None and workload is not None and session.expires_at > world.now:
                whose = one_line(workload.identity.removeprefix("workload:"))
                role = f" of {name_of(session.issuer_arn)}" if ":role/" in session.issuer_arn else ""
                return line((one_line(name), "warning"), f" uses {whose}'s session{role}")
        return ()

    def _is_denied_by_revocation(self, request: RequestAnswered | None) -> bool:
        revocation = self.selection.revocation
        return (
            request is not None
            and revocation is not None
            and request.number > revocation.number
            and request.verdict is Verdict.EXPLICIT_DENY
            and request.access_key_id in revocation.hit
        )

    def action_context(self) -> ActionContext:
        """What the availability of actions depends on."""
        app = self._app
        selection = self.selection
        session, role, request = selection.session(), selection.role(), selection.request()
        focus = self.main.focused_name if self.main.is_mounted else "roles"
        pane = self.main.pane(focus)
        table = getattr(pane, "table", None)
        state = state_at(session, app.simulation.now) if session else None
        return ActionContext(
            focus=focus,
            acting=app.acting.label,
            acting_is_session=app.acting.kind is IdentityKind.SESSION,
            noun=selection.subject.noun,
            subject=getattr(selection.subject_row(), "name", ""),
            policies=len(app.row_cache.policies(selection.subject.noun, selection.subject.key)),
            role_arn=role.arn if role else "",
            role_is_service_linked=bool(role and role.is_service_linked),
            role_live_sessions=app.row_cache.live_sessions(role.arn) if role else 0,
            session_key=session.access_key_id if session else "",
            session_label=session.label if session else "",
            session_state=state,
            session_role_arn=(session.role_arn or "") if session else "",
            session_user_arn=app.row_cache.issuing_user(session) if session else "",
            request_number=request.number if request else 0,
            request_is_denied_by_it=self._is_denied_by_revocation(request),
            denied_since_revocation=self.denied_since(),
            undoable=len(app.simulation.history.done),
            redoable=len(app.simulation.history.undone),
            is_readonly=app.options.is_readonly,
            past=clock_time(app.looking_back.instant) if app.looking_back is not None else "",
            marked=len(selection.marked()),
            typing=self.main.typing,
            waits=app.long_wait is not None,
            is_paused=app.clock.is_paused,
            is_filtered=bool(getattr(pane, "is_filtered", False)),
            assumed_before=app.row_cache.last_assumed is not None,
            is_full_screen=self.main.has_class("-full-screen"),
            is_presenting=app.presentation is not None,
            autoplay_key=app.presentation.autoplay_key if app.presentation is not None else "",
            has_game_day=app.simulation.game_day is not None,
            has_exercise=app.attempt is not None,
            has_trail=app.trail is not None,
            is_recording=app.options.record is not None,
            rows_shown=len(table.rows) if table is not None else 1,
        )


def _of_trail(replay: Replay) -> str:
    """`trail: 2 of 43 disagree`"""
    return f"trail: {replay.disagreed} of {replay.compared} disagree"
