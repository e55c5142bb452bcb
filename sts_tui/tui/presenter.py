"""From the world to the panes: what changed is shown, once, and nothing else is touched.

Also knows what is chosen: the role whose policies are shown, the session, the request to explain.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.events import RequestAnswered, SessionExpired, SessionsRevoked, Verdict
from sts_tui.simulation.identities import IdentityKind
from sts_tui.simulation.views.rows import RoleRow, SessionRow
from sts_tui.sts.revoke import POLICY_NAME
from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.main_screen import SAID
from sts_tui.tui.offscreen_denials import OffscreenDenials
from sts_tui.tui.panes.pane import ListPane
from sts_tui.tui.panes.policies import Policies
from sts_tui.tui.panes.sessions import Sessions, state_at
from sts_tui.tui.text import footer_text, header_text, hints
from sts_tui.tui.text.event_text import name_of
from sts_tui.tui.text.styled_text import Line, line, one_line
from sts_tui.tui.widgets.bar import Part
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp

CALM_SECONDS = 10
LOOKED_BACK = 200
"""Lines of the stream among which a request, or the last denial, is looked for."""


class Presenter:
    """What the panes show now."""

    def __init__(self, app: StsApp) -> None:
        self._app = app
        self.role_arn = ""
        self._version: tuple[object, ...] = ()
        self._second = -1
        self._explained: object = None
        self.revocation: SessionsRevoked | None = None
        """The last one, for the bottom line."""
        self._newly_revoked = ""
        """The ARN of a role whose dated Deny has not been in view yet."""
        self._seen = 0
        self._offscreen = OffscreenDenials()

    def restart(self) -> None:
        """The simulation is another one."""
        self._version, self._second, self._seen = (), -1, 0
        self.revocation = None

    # Refreshing ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Shows whatever changed since the last time."""
        app = self._app
        if not app.main.is_mounted:
            return
        self._note_events()
        version = app.row_cache.version
        if version != self._version:
            self._version = version
            self._show_rows()
        app.main.requests.take_in()
        second = self._second_of()
        if second != self._second or app.clock.is_paused:  # what was done by hand counts at once
            self._second = second
            app.main.sessions.tick(app.simulation.now, app.acting.access_key_id or "")
            app.main.roles.table.repaint_rows()
        self._show_chosen()
        self._show_frame()
        app.main.note_filled()

    def _note_events(self) -> bool:
        """Whether anything happened."""
        log = self._app.simulation.events
        if self._seen == log.last_number:
            return False
        is_seen = self._app.main.sees_the_stream
        for event in log.since(self._seen):
            if isinstance(event, RequestAnswered):
                if not is_seen and event.verdict.is_denial:
                    self._offscreen.note(event)
            elif isinstance(event, SessionsRevoked):
                self.revocation = event
                self._newly_revoked = event.subject
                self._app.command_log.clear()
                self._warn_if_acting(event.hit, "was revoked: every request of it is denied")
            elif isinstance(event, SessionExpired):
                self._app.row_cache.expiries += 1
                self._warn_if_acting((event.access_key_id,), "expired: its calls are refused")
        self._seen = log.last_number
        if self._app.screen is self._app.main and (texts := self._offscreen.due(self._app.reading())):
            self._app.notify_denials(texts)
        return True

    def _warn_if_acting(self, access_key_ids: tuple[str, ...], what: str) -> None:
        """Something happened to the session that one acts as."""
        acting = self._app.acting
        if acting.access_key_id in access_key_ids:
            step_out = self._app.keymap.first("step_out")
            self._app.say(f"{acting.label} {what}. {step_out} steps out of it.", "warning")

    def tick(self) -> None:
        """Time passed: shows it, unless nothing can be seen of it."""
        if self._note_events() or self._second_of() != self._second:
            self.refresh()

    def _second_of(self) -> int:
        return int(self._app.simulation.now.timestamp()) // (CALM_SECONDS if self._app.options.is_calm else 1)

    def _show_rows(self) -> None:
        app, main = self._app, self._app.main
        main.roles.denied_by_issuer = app.simulation.events.denied_by_issuer
        main.roles.show_rows(app.row_cache.roles())
        sessions = Sessions(app.row_cache.sessions(), app.row_cache.tallies)
        main.sessions.show_sessions(sessions, app.simulation.now, app.acting.access_key_id or "")
        if not app.row_cache.role(self.role_arn):
            self.role_arn = str(main.roles.table.cursor_key or "")

    def _show_chosen(self) -> None:
        app, main = self._app, self._app.main
        request = self.chosen_request()
        explanation = app.row_cache.explanation(request) if request is not None else None
        role = app.row_cache.role(self.role_arn)
        decided = explanation.decided if explanation else ()
        main.policies.show_policies(
            Policies(role.name if role else "", app.row_cache.policies(self.role_arn), tuple(decided))
        )
        if self._newly_revoked and self._newly_revoked == self.role_arn:
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
        app, main = self._app, self._app.main
        header = app.row_cache.header(app.acting, app.clock, app.options.is_readonly)
        main.show_header(header_text.first_line(header), header_text.second_line(header))
        main.switch_classes({"-acting-as-session": header.is_session})
        main.show_tabs(
            {
                "roles": f"Roles {len(main.roles.table.rows)}",
                "policies": "Policies",
                "sessions": f"Sessions {len(main.sessions.table.rows)}",
                "requests": "Requests",
                "explanation": "Explanation",
            }
        )
        context = self.action_context()
        main.show_footer(footer_text.footer(context, app.keymap))
        self.show_status()

    def show_status(self) -> None:
        app = self._app
        if app.main.is_mounted:
            hint = hints.next_step(
                self.action_context(), app.keymap, self.revocation is not None, self.denied_since()
            )
            said = [Part(app.command_log.status, worth=SAID)] if app.command_log.status else ()
            parts = said or hints.standing(self.revocation, self.denied_since(), self.borrowed())
            app.main.show_status(parts, hint, hints.whole(app.keymap))

    # What is chosen --------------------------------------------------------------------------------------

    def chosen_changed(self, table: Table[Any], key: object) -> None:
        """The cursor of a list came to another row."""
        main = self._app.main
        if table is main.roles.table and (table.has_focus or not self.role_arn):
            self.role_arn = str(key or "")
        elif table is main.sessions.table and table.has_focus:
            row = main.sessions.table.cursor_row
            self.role_arn = (row.role_arn if row else None) or self.role_arn
        elif table is main.requests.table and table.has_focus and not table.is_following:
            self._follow_caller()
        if main.is_mounted:  # in the frame of the key: a row and what hangs on it are never seen apart
            self._show_chosen()
            self._show_frame()

    def _follow_caller(self) -> None:
        event = self._app.main.requests.table.cursor_row
        if isinstance(event, RequestAnswered) and event.access_key_id:
            session = self._app.row_cache.session(event.access_key_id)
            if session is not None and session.role_arn:
                self.role_arn = session.role_arn

    def chosen_request(self) -> RequestAnswered | None:
        """The request under the cursor, or where that is none the one below it, of which it tells; while the
        stream is followed from elsewhere, the last that was denied.
        """
        table = self._app.main.requests.table
        if table.has_focus or not table.is_following:
            return self._request_from(table.cursor) or self._last_denied()
        return self._last_denied() or self._request_from(table.cursor)

    def _request_from(self, first: int) -> RequestAnswered | None:
        """The newest request that is no newer than a line of the stream."""
        rows = self._app.main.requests.table.rows
        for index in range(max(0, first), min(len(rows), first + LOOKED_BACK)):
            event = rows[index]
            if isinstance(event, RequestAnswered):
                return event
        return None

    def _last_denied(self) -> RequestAnswered | None:
        """The last of those that the last revocation hit, else the last of all."""
        rows = self._app.main.requests.table.rows
        hit = self.revocation.hit if self.revocation else ()
        last: RequestAnswered | None = None
        for index in range(min(len(rows), LOOKED_BACK)):
            event = rows[index]
            if isinstance(event, RequestAnswered) and event.verdict is not Verdict.ALLOWED:
                if not hit or event.access_key_id in hit:
                    return event
                last = last or event
        return last

    def chosen_session(self) -> SessionRow | None:
        """The session under the cursor. Where the sessions are out of sight, one of the chosen role that
        works: never one that cannot be seen to be chosen.
        """
        main = self._app.main
        row = main.sessions.table.cursor_row
        if not main.is_mounted or main.shows("sessions") or (row and row.role_arn == self.role_arn):
            return row
        rows = self._app.row_cache.sessions()
        mine = (row for row in rows if row.role_arn == self.role_arn)
        return next((row for row in mine if not self.is_over(row, self._app.simulation.now)), None)

    def revocable(self) -> tuple[str, ...]:
        """The ARNs of the roles whose sessions `R` revokes: of what is marked, else of what is chosen."""
        pane = self._app.main.pane(self._app.main.focused_name)
        marked = pane.marked_rows() if isinstance(pane, ListPane) else []
        arns = [row.arn if isinstance(row, RoleRow) else getattr(row, "role_arn", None) for row in marked]
        if not any(arns):
            role = self.revocable_role()
            arns = [role.arn if role else None]
        return tuple(dict.fromkeys(arn for arn in arns if arn))

    def revocable_role(self) -> RoleRow | None:
        """The role whose sessions `R` revokes: in the sessions that of the session, else the chosen one."""
        session = self.chosen_session()
        if self._app.main.focused_name == "sessions" and session and session.role_arn:
            return self._app.row_cache.role(session.role_arn)
        return self.chosen_role()

    def chosen_role(self) -> RoleRow | None:
        return self._app.row_cache.role(self.role_arn)

    def denied_since(self) -> int:
        """Requests denied to the sessions of the last revocation since then."""
        return self._app.row_cache.denied_since(self.revocation) if self.revocation else 0

    def borrowed(self) -> Line:
        """Who uses credentials that are another's: the thing to act upon, while nothing was done yet."""
        world = self._app.simulation.world
        for name in self._app.main.requests.borrowers:
            state, workload = world.workload_states.get(name), world.workloads.get(name)
            session = world.sessions.get((state and state.stolen) or "")
            if session is not None and workload is not None and session.expires_at > world.now:
                whose = one_line(workload.identity.removeprefix("workload:"))
                role = f" of {name_of(session.issuer_arn)}" if ":role/" in session.issuer_arn else ""
                return line((one_line(name), "warning"), f" uses {whose}'s session{role}")
        return ()

    def action_context(self) -> ActionContext:
        """A summary for the actions' reasons."""
        app = self._app
        session, role, request = self.chosen_session(), self.chosen_role(), self.chosen_request()
        focus = app.main.focused_name if app.main.is_mounted else "roles"
        pane = app.main.pane(focus)
        table = getattr(pane, "table", None)
        state = state_at(session, app.simulation.now) if session else None
        return ActionContext(
            focus=focus,
            acting=app.acting.label,
            acting_is_session=app.acting.kind is IdentityKind.SESSION,
            role_arn=role.arn if role else "",
            role_is_service_linked=bool(role and role.is_service_linked),
            role_live_sessions=app.row_cache.live_sessions(role.arn) if role else 0,
            session_key=session.access_key_id if session else "",
            session_label=session.label if session else "",
            session_state=state,
            session_role_arn=(session.role_arn or "") if session else "",
            session_user_arn=app.row_cache.issuing_user(session) if session else "",
            request_number=request.number if request else 0,
            undoable=len(app.simulation.history.done),
            redoable=len(app.simulation.history.undone),
            is_readonly=app.options.is_readonly,
            marked=len(pane.marked_rows()) if isinstance(pane, ListPane) else 0,
            typing=app.main.typing,
            is_paused=app.clock.is_paused,
            is_filtered=bool(getattr(pane, "is_filtered", False)),
            assumed_before=app.row_cache.last_assumed is not None,
            is_full_screen=app.main.has_class("-full-screen"),
            is_presenting=app.presentation is not None,
            has_next_step=app.presentation is not None and not app.presentation.is_over,
            rows_shown=len(table.rows) if table is not None else 1,
        )

    def is_over(self, row: SessionRow, now: datetime) -> bool:
        return state_at(row, now) in (SessionState.EXPIRED, SessionState.REVOKED, SessionState.ORPHANED)
