"""What do actions need to know to be available? The selection and the acting identity."""

from __future__ import annotations

from msgspec import Struct

from sts_tui.simulation.authorization.session_state import SessionState


class ActionContext(Struct, frozen=True, kw_only=True):
    """A frozen summary, rebuilt at every change. An empty string: nothing is selected."""

    focus: str = "roles"
    """The pane that has the focus."""
    acting: str = "operator"
    acting_is_session: bool = False
    noun: str = "roles"
    """Whose list the subject is in: `roles`, `users`, `keys` … (`simulation.views.nouns`)."""
    subject: str = ""
    """The name of what pane 2 shows the policies of."""
    policies: int = 0
    """How many policies pane 2 has."""
    role_arn: str = ""
    role_is_service_linked: bool = False
    role_live_sessions: int = 0
    session_key: str = ""
    session_label: str = ""
    session_state: SessionState | None = None
    session_role_arn: str = ""
    session_user_arn: str = ""
    """The user whose permissions the session has, if it is not a role session."""
    request_number: int = 0
    denied_since_revocation: int = 0
    """Requests that the last revocation denied."""
    request_is_denied_by_it: bool = False
    """Whether the selected request is one of these."""
    undoable: int = 0
    redoable: int = 0
    is_readonly: bool = False
    past: str = ""
    """The past instant that is shown: `09:12:30`; empty: the present."""
    waits: bool = False
    """A long wait passes."""
    is_paused: bool = False
    is_filtered: bool = False
    assumed_before: bool = False
    is_presenting: bool = False
    autoplay_key: str = ""
    """What the pause key does to a tour that plays by itself: `pause`, `play`; empty for others."""
    has_game_day: bool = False
    has_exercise: bool = False
    has_trail: bool = False
    """A CloudTrail trail is the past of the model."""
    is_recording: bool = False
    marked: int = 0
    """Rows marked in the focused list."""
    typing: str = ""
    """`command` or `filter` while text is entered there: letters are not keys then."""
    is_full_screen: bool = False
    rows_shown: int = 0
