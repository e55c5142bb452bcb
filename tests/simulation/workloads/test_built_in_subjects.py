"""Users of the providers that roles trust by name: invented for a dump, and signed in by their name."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.identities import ANONYMOUS
from sts_tui.simulation.workloads.federated_invention import federation_of
from sts_tui.simulation.workloads.federated_subject import example_subjects, subject_sign_in
from tests.accounts.photo_app import COGNITO, POOL, pool_trust, role
from tests.accounts.policies import MAIN, allows, policy, trust


def _trusts(host: str, **asked: str) -> dict[str, Any]:
    tests = {f"{host}:{key}": value for key, value in asked.items()}
    condition = {"StringEquals": tests}
    return policy(trust({"Federated": host}, "sts:AssumeRoleWithWebIdentity", Condition=condition))


ROLES = [
    role("Friends", _trusts("graph.facebook.com", app_id="4711"), allows()),
    role("Shoppers", _trusts("www.amazon.com", app_id="amzn1.app", user_id="amzn1.account.X"), allows()),
    role("Players", _trusts("accounts.google.com", aud="game.example"), allows()),
    role("Guest", pool_trust("unauthenticated"), allows()),
    role("Member", pool_trust("authenticated"), allows()),
]


@pytest.fixture(scope="module")
def sim() -> Simulation:
    return Simulation.open({"Accounts": [{"AccountId": MAIN, "RoleDetailList": ROLES}]})


def test_a_user_is_invented_for_each_trust(sim: Simulation) -> None:
    found = federation_of(sim.world, seed=0)
    assert [one.role.role_name for one in found.sign_ins] == [one["RoleName"] for one in ROLES]
    assert {one.type for one in found.providers.values()} == {"Facebook", "Amazon", "Google", "OIDC"}


@pytest.mark.parametrize(
    ("who", "context"),
    [
        ("oidc:graph.facebook.com/77@Friends", {"graph.facebook.com:id": "77"}),
        ("oidc:accounts.google.com/88@Players", {"accounts.google.com:sub": "88"}),
        (
            f"oidc:{COGNITO}/us-east-1:99@Guest",
            {f"{COGNITO}:sub": "us-east-1:99", f"{COGNITO}:amr": ["unauthenticated"], f"{COGNITO}:aud": POOL},
        ),
    ],
)
def test_they_sign_in_by_name(sim: Simulation, who: str, context: dict[str, Any]) -> None:
    signed = subject_sign_in(who, sim.world)
    trial = Simulation.open({"Accounts": [{"AccountId": MAIN, "RoleDetailList": ROLES}]})
    trial.commands.add_identity_provider(signed.provider)
    key = trial.call(signed.action, signed.params, caller=ANONYMOUS)["Credentials"]["AccessKeyId"]
    carried = trial.world.sessions[key].context
    assert {name: carried[name] for name in context} == context


def test_examples_name_them(sim: Simulation) -> None:
    examples = {one.role_name: who for who, one in example_subjects(sim.world)}
    assert examples["Shoppers"] == "oidc:www.amazon.com/amzn1.account.X@Shoppers"
    assert examples["Guest"].startswith(f"oidc:{COGNITO}/")


@pytest.mark.parametrize(
    ("said", "roles"), [({"AllowClassicFlow": True}, ["Guest"]), ({"AllowClassicFlow": False}, []), ({}, [])]
)
def test_a_pool_without_the_basic_flow_gives_nobody_a_token(said: dict[str, Any], roles: list[str]) -> None:
    pool = {"IdentityPoolId": POOL, "IdentityPoolName": "photos", "AllowUnauthenticatedIdentities": True}
    guest = role("Guest", pool_trust("unauthenticated"), allows())
    provider = {"Name": "photos", "Type": "Cognito", "IdentityPool": {**pool, **said}}
    accounts = [{"AccountId": MAIN, "RoleDetailList": [guest]}]
    sim = Simulation.open({"Accounts": accounts, "IdentityProviders": [provider]})
    sim.set("ClassicFlowByDefault", False)
    assert [one.role.role_name for one in federation_of(sim.world, seed=0).sign_ins] == roles
