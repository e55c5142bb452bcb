"""A user of IAM Identity Center acts as the session of the permission set's role, also before a sign-in."""

from __future__ import annotations

import pytest

from sts_tui.account.permission_set_roles import role_of_set
from sts_tui.simulation import Simulation
from sts_tui.simulation.center_people import name_of, people, person_caller, person_named
from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.simulation.reach.access.action_verdicts import verdict_on
from tests.accounts.landing_zone import ANN, BEN, PROD, LandingZone


@pytest.fixture
def sim() -> Simulation:
    return LandingZone().sim


@pytest.mark.parametrize("who", [ANN, f"{ANN}@Developer", f"{PROD}/{ANN}@Developer", ANN.upper()])
def test_a_name_a_permission_set_and_an_account_mean_the_user(sim: Simulation, who: str) -> None:
    person = person_named(who, sim.world)
    assert person is not None
    assert (person.user.user_name, person.permission_set.name, person.account) == (ANN, "Developer", PROD)
    assert person.role == role_of_set(person.permission_set, PROD, sim.world.in_force)


def test_the_caller_is_a_session_called_after_the_user_with_the_attributes_as_tags(sim: Simulation) -> None:
    person = person_named(ANN, sim.world)
    assert person is not None
    caller = person_caller(person, sim.world)
    assert "assumed-role/AWSReservedSSO_Developer_" in caller.caller.arn
    assert caller.caller.arn.endswith(f"/{ANN}")
    assert caller.session is not None
    assert ("team", "payments") in caller.session.tags
    assert verdict_on(caller, "s3:GetObject", "*", sim.world).is_allowed
    assert not verdict_on(caller, "s3:PutObject", "*", sim.world).is_allowed


def test_each_is_listed_with_a_name_that_means_exactly_it(sim: Simulation) -> None:
    for each in people(sim.world):
        assert person_named(name_of(each, sim.world), sim.world) == each
    assert {each.user.user_name for each in people(sim.world)} == {ANN, BEN}, "a disabled user has none"


def test_a_user_with_several_permission_sets_is_ambiguous() -> None:
    zone = LandingZone()
    audit = next(
        each for each in zone.sim.world.configuration.permission_sets.values() if each.name == "Audit"
    )
    instance = next(iter(zone.sim.world.configuration.identity_center_instances))
    ann = next(
        each for each in zone.sim.world.configuration.directory_users.values() if each.user_name == ANN
    )
    zone.admin(
        "sso:CreateAccountAssignment",
        InstanceArn=instance,
        TargetId=PROD,
        TargetType="AWS_ACCOUNT",
        PermissionSetArn=audit.permission_set_arn,
        PrincipalType="USER",
        PrincipalId=ann.user_id,
    )
    with pytest.raises(UnknownIdentityError, match="several permission sets"):
        person_named(ANN, zone.sim.world)
    assert person_named(f"{ANN}@Audit", zone.sim.world) is not None
