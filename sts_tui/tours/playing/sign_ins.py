"""How are `signin` and `signout` performed? By the calls that a client of the sign-in page makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sts_tui.simulation.sign_ins import (
    CannotSignInError,
    account_for,
    end_of_portal_session,
    open_portal_session,
    portal_sign_in,
    portal_user,
    role_of_portal,
)
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.reading import steps


class Send(Protocol):
    """Makes a call that no credentials sign; `joins`: one command with the call before it."""

    def __call__(
        self, action: str, params: Mapping[str, object], joins: bool = False
    ) -> dict[str, object]: ...


def operation_of(step: steps.SignIn | steps.SignOut) -> str:
    """The operation whose answer is shown."""
    if isinstance(step, steps.SignOut):
        return "Logout"
    return "GetRoleCredentials" if step.permission_set else "CreateToken"


def perform_sign(step: steps.SignIn | steps.SignOut, simulation: Simulation, send: Send) -> dict[str, object]:
    """AWS's answer to the last call, its members by AWS's names. Raises CannotSignInError, and the AwsError
    of a call.
    """
    if isinstance(step, steps.SignOut):
        return _signed_out(step, simulation, send)
    return _signed_in(step, simulation, send)


def _signed_out(step: steps.SignOut, simulation: Simulation, send: Send) -> dict[str, object]:
    """Every portal session of the user ends, as an administrator ends them in the console."""
    user = portal_user(step.who, simulation.world)
    session = open_portal_session(user, simulation.world)
    if session is None:
        raise CannotSignInError(f"{user.user_name} is not signed in at the access portal")
    response, has_ended = dict[str, object](), False
    while session is not None:
        response = send(*end_of_portal_session(session), joins=has_ended)
        session, has_ended = open_portal_session(user, simulation.world), True
    return response


def _signed_in(step: steps.SignIn, simulation: Simulation, send: Send) -> dict[str, object]:
    """A user who is still signed in keeps the portal session."""
    world = simulation.world
    user = portal_user(step.who, world)
    if not step.permission_set:
        return send(*portal_sign_in(user, world))
    account = account_for(user, step.permission_set, step.account, world)
    session, has_begun = open_portal_session(user, world), False
    if session is None:
        send(*portal_sign_in(user, world))
        session, has_begun = open_portal_session(user, simulation.world), True
    assert session is not None  # the call before has made it
    return send(*role_of_portal(session, account, step.permission_set), joins=has_begun)
