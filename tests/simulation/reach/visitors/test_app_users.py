"""Who can come in through identity pools.

https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
"""

from __future__ import annotations

from typing import Any

from sts_tui.simulation.reach.outside import entries
from sts_tui.simulation.reach.reach import hops
from tests.accounts.photo_app import CLIENT, COGNITO, POOL, USER_POOL, App, role
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


def _hops(app: App) -> set[tuple[str, str, str]]:
    return {
        (hop.source, hop.target_label, hop.operation)
        for hop in hops(app.sim)
        if "/" in hop.source or " of " in hop.source
    }


def test_in_the_basic_flow_who_signs_in_gets_every_role_that_lets_the_token_in() -> None:
    found = _hops(App(AllowClassicFlow=True))
    by_token = {(who, target) for who, target, operation in found if operation == "AssumeRoleWithWebIdentity"}
    assert ("members/ana", "Editor") in by_token
    assert ("members/ana", "Admin") in by_token
    assert ("facebook/fay", "FacebookOnly") in by_token
    assert ("members/ana", "FacebookOnly") not in by_token
    assert {target for who, target in by_token if who == "guests of photos"} == {"Guest"}


def test_what_reach_says_of_the_basic_flow_is_what_the_calls_get() -> None:
    app = App(AllowClassicFlow=True)
    identity = app.identity("members/ana")
    token = app.call("GetOpenIdToken", IdentityId=identity, Logins=app.logins("members/ana"))["Token"]
    asked = {"RoleArn": role_arn("Editor"), "RoleSessionName": "ana", "WebIdentityToken": token}
    assert app.sim.call("sts:AssumeRoleWithWebIdentity", asked, caller="anonymous")["Credentials"]


def test_without_the_basic_flow_only_the_roles_of_the_pool_are_given() -> None:
    found = _hops(App(AllowClassicFlow=False))
    assert ("members/ana", "Member", "GetCredentialsForIdentity") in found
    assert not any(target == "Editor" for _, target, _ in found)


def test_a_token_that_names_several_roles_lets_the_app_choose_among_them() -> None:
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    found = _hops(App(RoleMappings={f"{USER_POOL}:{CLIENT}": mapping}))
    assert ("members/ben", "Editor", "GetCredentialsForIdentity") in found
    assert ("members/ben", "Admin", "GetCredentialsForIdentity") in found
    assert not any(who == "members/ana" for who, _, _ in found)


def test_whom_the_conditions_on_tokens_cannot_mean_is_no_entry() -> None:
    """`amr` of a guest is `unauthenticated`: no guest can meet a condition on `authenticated`."""
    shut = [one for one in entries(App(AllowClassicFlow=True).sim.world) if not one.is_open]
    assert shut == []


def test_a_role_for_one_identity_can_be_had_by_it() -> None:
    condition = {"StringEquals": {f"{COGNITO}:AUD": POOL, f"{COGNITO}:sub": "us-east-1:1-2-3"}}
    app = _with(trust({"Federated": COGNITO}, "sts:AssumeRoleWithWebIdentity", Condition=condition))
    assert ways(app) == {"Other": {f"users of the identity pool {POOL}"}}
