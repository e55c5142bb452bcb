"""A visitor of an app signs in, and the app names the role: `signin app POOL [USER] as ROLE`.

https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
"""

from __future__ import annotations

import pytest

from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.photo_app import CLIENT, USER_POOL, App


def played(app: App, line: str) -> StepResult:
    return Player(app.sim).perform(parse_step(line))


def role_of(app: App) -> tuple[str, str]:
    """Operation and role of the newest session."""
    session = list(app.sim.world.sessions.values())[-1]
    return session.operation, session.issuer_arn.rpartition("/")[2]


def test_without_role_mappings_the_app_takes_the_basic_flow() -> None:
    app = App(AllowClassicFlow=True)
    assert played(app, "signin app photos members/ana as Editor").error is None
    assert role_of(app) == ("AssumeRoleWithWebIdentity", "Editor")
    assert played(app, "signin app photos as Guest").error is None
    session = list(app.sim.world.sessions.values())[-1]
    assert not session.has_session_policy


def test_the_trust_policy_decides_for_which_role_the_token_is_good() -> None:
    result = played(App(AllowClassicFlow=True), "try signin app photos as Editor")
    assert result.error is not None
    assert result.error.code == "AccessDenied"


def test_with_role_mappings_it_passes_the_role_to_the_enhanced_flow() -> None:
    app = App(RoleMappings={f"{USER_POOL}:{CLIENT}": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}})
    assert played(app, "signin app photos members/ben as Admin").error is None
    assert role_of(app)[1] == "Admin"
    refused = played(app, "try signin app photos members/ben as Guest").error
    assert refused is not None
    assert refused.code == "NotAuthorizedException"


def test_an_unknown_role_is_named() -> None:
    result = played(App(), "try signin app photos as Edtior")
    assert result.is_invalid
    assert "Editor" in result.message


@pytest.mark.parametrize("line", ["signin app photos ana as", "signin app photos ana as Editor now"])
def test_nothing_else_follows(line: str) -> None:
    with pytest.raises(StepError):
        parse_step(line)
