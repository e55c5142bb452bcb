"""Which session does `as` act as, if WHO is a user who has to sign in first?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sts_tui.simulation.identities import ANONYMOUS, Identity, UnknownIdentityError, is_subject
from sts_tui.simulation.simulation import Simulation

if TYPE_CHECKING:
    from sts_tui.simulation.center_people import Person


def has_to_sign_in(who: str, simulation: Simulation, account: str | None = None) -> bool:
    """Whether a WHO names a user of an identity provider, or a user of IAM Identity Center without a session.
    Raises UnknownIdentityError if a user of Identity Center has several permission sets.
    """
    if is_subject(who):
        return True
    try:
        simulation.resolve(who, account=account)
    except UnknownIdentityError:
        return _person(who, simulation) is not None
    return False


def signed_in(who: str, simulation: Simulation) -> Identity:
    """Sign in a user for whom `has_to_sign_in` is true; the calls are logged and can be undone. Raises
    UnknownIdentityError as `subject_sign_in` does, and AwsError if AWS refuses the sign-in.
    """
    person = None if is_subject(who) else _person(who, simulation)
    if person is not None:
        return _sign_in_at_portal(person, simulation)
    from sts_tui.simulation.workloads.federated_subject import subject_sign_in

    found = subject_sign_in(who, simulation.world, simulation.model.raw_dumps)
    simulation.add_identity_provider(found.provider)
    answer = simulation.call(found.action, found.params, caller=ANONYMOUS)
    return simulation.resolve(answer["Credentials"]["AccessKeyId"])


def _person(who: str, simulation: Simulation) -> Person | None:
    from sts_tui.simulation.center_people import person_named  # imported on first use

    return person_named(who, simulation.world)


def _sign_in_at_portal(person: Person, simulation: Simulation) -> Identity:
    """Sign in at the access portal; a user who is already signed in keeps the portal session."""
    from sts_tui.simulation.sign_ins import open_portal_session, portal_sign_in, role_of_portal

    session = open_portal_session(person.user, simulation.world)
    if session is None:
        simulation.call(*_call(portal_sign_in(person.user, simulation.world)), caller=ANONYMOUS)
        session = open_portal_session(person.user, simulation.world)
    assert session is not None  # created by the call before
    asked = role_of_portal(session, person.account, person.permission_set.name)
    answer = simulation.call(*_call(asked), caller=ANONYMOUS)
    return simulation.resolve(answer["roleCredentials"]["accessKeyId"])


def _call(asked: tuple[str, Mapping[str, object]]) -> tuple[str, dict[str, object]]:
    return asked[0], dict(asked[1])
