"""Which role, session and request do actions apply to? Those under the cursors; only this module decides it.

The leading list is the one that has the focus, or had it last. Only the rows under the cursors determine what
is selected, so a filter, a sort, an undo or a row that vanishes cannot leave an action on a row that is not
shown:

* pane 1 leads: the role under the cursor is selected. Where the pane lists another noun, the user, key,
  policy … under the cursor is the subject, and no role is selected;
* sessions lead: the session under the cursor and its role are selected;
* requests lead, and the request log is held: the request under the cursor and the role of its caller are
  selected. While the log is followed, its first row changes every second; then it selects nothing, and the
  role stays as it is.

The cursor of the roles follows the role that another list selects.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec import Struct

from sts_tui.simulation.events import RequestAnswered, SessionsRevoked, Verdict
from sts_tui.simulation.views.nouns.noun import NounRow
from sts_tui.simulation.views.nouns.table import ROLES
from sts_tui.simulation.views.rows import RoleRow, SessionRow
from sts_tui.tui.main_screen import MainScreen
from sts_tui.tui.panes.pane import ListPane
from sts_tui.tui.panes.sessions import state_at
from sts_tui.tui.row_cache import RowCache

LOOKED_BACK: Final = 200
"""Lines of the stream among which a request, or the last denial, is looked for."""
LISTS: Final = ("roles", "sessions", "requests")
HOLDERS: Final = ("users", "keys")
"""Nouns besides roles that hold credentials."""


class Subject(Struct, frozen=True):
    """The thing whose policies pane 2 shows, and to which pane 1's own actions apply: a noun and the key of
    its row.
    """

    noun: str = ROLES
    key: str = ""


def is_over(row: SessionRow, now: datetime) -> bool:
    """Whether no request of the session can succeed now."""
    return not state_at(row, now).still_works


class Selection:
    """What the cursors select. `rows` and `now` answer for the simulation that is shown."""

    def __init__(self, main: MainScreen, rows: Callable[[], RowCache], now: Callable[[], datetime]) -> None:
        self._main = main
        self._rows = rows
        self._now = now
        self.lead = "roles"
        """The list that has the focus, or had it last."""
        self.role_arn = ""
        self.subject = Subject()
        self.is_updating = False
        """The cursor of the roles is being moved to the selected role."""
        self.revocation: SessionsRevoked | None = None
        """The last revocation; its denials are looked for first."""

    def update(self) -> None:
        """Reads the cursors again, after a cursor, a list or the focus has changed."""
        if (focused := self._main.focused_name) in LISTS:
            self.lead = focused
        self.role_arn = self._role_of_lead()
        pane = self._main.roles
        if self.lead == "roles" or not self.role_arn:
            self.subject = Subject(pane.noun, str(pane.table.cursor_key or ""))
        else:
            self.subject = Subject(ROLES, self.role_arn)
        if self.lead != "roles" and pane.noun == ROLES and pane.table.cursor_key != self.role_arn:
            self.is_updating = True
            pane.table.choose(self.role_arn)
            self.is_updating = False

    def _role_of_lead(self) -> str:
        main = self._main
        if self.lead == "sessions":
            session = main.sessions.table.cursor_row
            return (session.role_arn if session else None) or self._known_role()
        if self.lead == "requests":
            return self._role_of_caller() or self._known_role()
        role = main.roles.table.cursor_row
        return role.arn if isinstance(role, RoleRow) else ""

    def _known_role(self) -> str:
        """The role selected before, or the first one if it is gone; none while pane 1 shows another list."""
        if self._rows().role(self.role_arn) is not None:
            return self.role_arn
        pane = self._main.roles
        return str(pane.table.cursor_key or "") if pane.noun == ROLES else ""

    def _role_of_caller(self) -> str | None:
        table = self._main.requests.table
        event = None if table.is_following else table.cursor_row
        if not isinstance(event, RequestAnswered) or not event.access_key_id:
            return None
        session = self._rows().session(event.access_key_id)
        return session.role_arn if session is not None else None

    # Roles -----------------------------------------------------------------------------------------------

    def role(self) -> RoleRow | None:
        return self._rows().role(self.role_arn)

    def revocable(self) -> tuple[str, ...]:
        """ARNs of the roles or users whose sessions would be revoked: those marked in the leading list, else
        the selected one.
        """
        marked = self.marked()
        if self.subject.noun == "users":
            marked_users = tuple(row.key for row in marked if isinstance(row, NounRow))
            return marked_users or (self.subject.key,)
        arns = [row.arn if isinstance(row, RoleRow) else getattr(row, "role_arn", None) for row in marked]
        if not any(arns):
            role = self.role()
            arns = [role.arn if role else None]
        return tuple(dict.fromkeys(arn for arn in arns if arn))

    def holder(self) -> str:
        """Whose credentials the incident desk opens for: the session under the cursor, the caller of the
        request under it, else the role.
        """
        if self.lead == "sessions" and (row := self.session()) is not None:
            return row.access_key_id
        if self.lead == "requests" and not self._main.requests.table.is_following:
            event = self.request()
            if event is not None and event.access_key_id:
                return event.access_key_id
        return self.subject.key if self.subject.noun in HOLDERS else self.role_arn

    def subject_row(self) -> RoleRow | NounRow | None:
        """The row of the subject; None where nothing is selected."""
        return self._rows().noun_row(self.subject.noun, self.subject.key)

    def marked(self) -> list[object]:
        """The marked rows of the focused list."""
        pane = self._main.pane(self._main.focused_name)
        return list(pane.marked_rows()) if isinstance(pane, ListPane) else []

    # Sessions --------------------------------------------------------------------------------------------

    def session(self) -> SessionRow | None:
        """The session under the cursor; where the sessions are not shown, an active one of the
        selected role.
        """
        main = self._main
        row = main.sessions.table.cursor_row
        if not main.is_mounted or main.shows("sessions") or (row and row.role_arn == self.role_arn):
            return row
        mine = (row for row in self._rows().sessions() if row.role_arn == self.role_arn)
        return next((row for row in mine if not is_over(row, self._now())), None)

    # Requests --------------------------------------------------------------------------------------------

    def request(self) -> RequestAnswered | None:
        """The request under the cursor, or where a marker is, the request below it; while the stream is
        followed from another pane, the last one that was denied.
        """
        table = self._main.requests.table
        if self._main.focused_name == "requests" or not table.is_following:
            return self._request_from(table.cursor) or self._last_denied()
        return self._last_denied() or self._request_from(table.cursor)

    def _request_from(self, first: int) -> RequestAnswered | None:
        """The newest request that is no newer than a line of the stream."""
        rows = self._main.requests.table.rows
        for index in range(max(0, first), min(len(rows), first + LOOKED_BACK)):
            event = rows[index]
            if isinstance(event, RequestAnswered):
                return event
        return None

    def _last_denied(self) -> RequestAnswered | None:
        """The last denial of the sessions that the last revocation hit, else the last denial of all."""
        rows = self._main.requests.table.rows
        hit = self.revocation.hit if self.revocation else ()
        last: RequestAnswered | None = None
        for index in range(min(len(rows), LOOKED_BACK)):
            event = rows[index]
            if isinstance(event, RequestAnswered) and event.verdict is not Verdict.ALLOWED:
                if not hit or event.access_key_id in hit:
                    return event
                last = last or event
        return last
