"""Who can come in through identity pools.

https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
"""

from __future__ import annotations

from typing import Any

from sts_tui.simulation.reach.outside import entries
from sts_tui.simulation.reach.reach import hops
from tests.accounts.photo_app import COGNITO, POOL, App, role
from tests.accounts.policies import MAIN, role_arn, trust

GUESTS = "every guest of the identity pool photos"
PEOPLE = "people who sign in to the identity pool photos"


def ways(app: App) -> dict[str, set[str]]:
    """Who gets in, by role."""
    found: dict[str, set[str]] = {}
    for entry in entries(app.sim.world):
        if entry.kind == "cognito" and entry.is_open:
            found.setdefault(entry.target.rpartition("/")[2], set()).add(entry.who)
    return found


def test_every_guest_gets_the_role_of_guests_and_people_theirs() -> None:
    assert ways(App(AllowClassicFlow=False)) == {"Guest": {GUESTS}, "Member": {PEOPLE}}


def test_in_the_basic_flow_an_app_can_ask_for_any_role_that_trusts_the_pool() -> None:
    found = ways(App(AllowClassicFlow=True))
    assert found["Guest"] == {GUESTS}
    assert set(found) == {"Guest", "Member", "Editor", "Admin", "FacebookOnly"}


def test_a_pool_closed_to_guests_lets_none_in() -> None:
    assert "Guest" not in ways(App(AllowUnauthenticatedIdentities=False, AllowClassicFlow=False))


def _with(statement: dict[str, Any]) -> App:
    app = App(AllowClassicFlow=False)
    document = {"Version": "2012-10-17", "Statement": [statement]}
    made = role("Other", document)
    model = {"Accounts": [{"AccountId": MAIN, "RoleDetailList": [made]}]}
    from sts_tui.simulation import Simulation

    app.sim = Simulation.open(model)
    return app


def test_a_trust_policy_that_does_not_test_the_pool_lets_every_pool_in() -> None:
    test = {"ForAnyValue:StringLike": {f"{COGNITO}:amr": "unauthenticated"}}
    app = _with(trust({"Federated": COGNITO}, "sts:AssumeRoleWithWebIdentity", Condition=test))
    assert ways(app) == {"Other": {"users of any identity pool, of any AWS account"}}


def test_a_pattern_that_every_pool_of_a_region_matches_lets_them_in() -> None:
    test = {"StringLike": {f"{COGNITO}:aud": "us-east-1:*"}}
    app = _with(trust({"Federated": COGNITO}, "sts:AssumeRoleWithWebIdentity", Condition=test))
    assert ways(app) == {"Other": {"users of any identity pool us-east-1:*, of any AWS account"}}


def test_a_pool_outside_the_files_is_named_by_its_id() -> None:
    test = {"StringEquals": {f"{COGNITO}:aud": POOL}}
    app = _with(trust({"Federated": COGNITO}, "sts:AssumeRoleWithWebIdentity", Condition=test))
    assert ways(app) == {"Other": {f"users of the identity pool {POOL}"}}


def test_hops_are_the_roles_that_visitors_get() -> None:
    app = App()
    found = {
        (hop.source, hop.target) for hop in hops(app.sim) if hop.operation == "GetCredentialsForIdentity"
    }
    assert ("guests of photos", role_arn("Guest")) in found
    assert ("members/ana", role_arn("Member")) in found
    assert ("facebook/fay", role_arn("Member")) in found
