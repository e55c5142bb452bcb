"""A session that differs from a plain one of its role goes where it goes, not where the role does."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.reach.graph import HopGraph
from sts_tui.simulation.reach.reach import chain_between, reach_of
from sts_tui.tours.playing.player import Player
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.entities import role, user
from tests.accounts.photo_app import CLIENT, USER_POOL
from tests.accounts.photo_app import MODEL as APP
from tests.accounts.photo_app import role as app_role
from tests.accounts.policies import MAIN, allow, policy, role_arn, trust, trusts, user_arn
from tests.accounts.workload_identities import SERVER_ROLE, TARGET_ROLE, model

GUESTS = "guests of photos"
ALL = ("p", policy(allow("*")))


def labels(graph: HopGraph, source: str) -> dict[str, tuple[str, ...]]:
    """The roles that a source certainly becomes, with the roles on the way."""
    return {
        chain.hops[-1].target_label: tuple(hop.target_label for hop in chain.hops)
        for chain in graph.chains_from(source)
        if chain.is_certain
    }


def photo_app(**pool: Any) -> Simulation:
    """The photo app, with a role that everyone in the account may assume whose policies allow it."""
    raw = deepcopy(APP)
    raw["IdentityProviders"][0]["IdentityPool"] |= pool
    raw["Accounts"][0]["RoleDetailList"].append(app_role("Deploy", trusts(f"arn:aws:iam::{MAIN}:root")))
    return Simulation(from_json(raw).model)


def test_a_guest_of_the_enhanced_flow_cannot_assume_what_its_role_can() -> None:
    """Cognito's session policies allow guests no sts:AssumeRole.
    https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
    """
    graph = reach_of(photo_app(AllowClassicFlow=False), with_outside=True)
    assert labels(graph, GUESTS) == {"Guest": ("Guest",)}
    assert labels(graph, "every guest of the identity pool photos") == {"Guest": ("Guest",)}
    assert labels(graph, role_arn("Guest"))["Deploy"] == ("Deploy",)
    assert graph.reached_from_each()[GUESTS].roles == 1
    assert role_arn("Deploy") not in graph.reached_without([GUESTS], "")


def test_in_the_basic_flow_it_can() -> None:
    graph = reach_of(photo_app(AllowClassicFlow=True))
    assert labels(graph, GUESTS)["Deploy"] == ("Guest", "Deploy")
    assert graph.reached_from_each()[GUESTS].roles == 2


DEPLOYING = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
"""A session of Roles Anywhere has tags and a source identity."""


def servers(*allowed: str) -> Simulation:
    """A server with a certificate, whose profile allows these actions."""
    raw = model()
    roles = raw["Accounts"][0]["RoleDetailList"]
    roles[0]["RolePolicyList"] = [{"PolicyName": "all", "PolicyDocument": policy(allow("*"))}]
    roles.append(role("Deploy", policy(trust(SERVER_ROLE, *DEPLOYING))))
    roles.append(role("Lambda", policy(trust({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole"))))
    roles[-1]["Arn"] = SERVER_ROLE.replace("Server", "Lambda")
    roles[-2]["Arn"] = SERVER_ROLE.replace("Server", "Deploy")
    if allowed:
        raw["Accounts"][0]["Profiles"][0]["sessionPolicy"] = json.dumps(policy(allow([*allowed])))
    return Simulation(from_json(raw).model)


def test_the_session_policy_of_a_profile_decides_where_a_server_gets() -> None:
    """https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html"""
    everything = labels(reach_of(servers(), with_escalation=True), "corp-ca/web-1")
    assert {"Server", "Deploy", "Lambda"} <= {*everything}
    reading = labels(reach_of(servers("s3:*"), with_escalation=True), "corp-ca/web-1")
    assert {*reading} == {"Server"}
    assuming = labels(reach_of(servers("sts:*"), with_escalation=True), "corp-ca/web-1")
    assert assuming["Deploy"] == ("Server", "Deploy")
    assert "Lambda" not in assuming
    passing = ("iam:PassRole", "lambda:*")
    made = labels(reach_of(servers(*passing), with_escalation=True), "corp-ca/web-1")
    assert made["Lambda"] == ("Server", "Lambda")
    assert "Deploy" not in made


def test_tags_of_a_pod_are_inherited_so_later_roles_need_tag_session() -> None:
    """https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html"""
    raw = model()
    with_tags = labels(reach_of(Simulation(from_json(raw).model)), "pod:prod/shop/web")
    assert "Target" in with_tags
    for account in raw["Accounts"]:
        for each in account["RoleDetailList"]:
            if TARGET_ROLE.endswith(f"/{each['RoleName']}"):
                each["AssumeRolePolicyDocument"]["Statement"][0]["Action"] = "sts:AssumeRole"
    without = reach_of(Simulation(from_json(raw).model))
    assert "Target" not in labels(without, "pod:prod/shop/web")


def line(*second: str) -> Simulation:
    """ann assumes First with a source identity; First assumes Second, whose trust policy allows these."""
    asked = {"StringEquals": {"sts:SourceIdentity": "ann"}}
    first = policy(trust(user_arn("ann"), "sts:AssumeRole", "sts:SetSourceIdentity", Condition=asked))
    last = policy(trust(role_arn("First"), *second))
    roles = [role("First", first, ALL), role("Second", last)]
    account = {"AccountId": MAIN, "UserDetailList": [user("ann")], "RoleDetailList": roles}
    return Simulation.open({"Accounts": [account]})


@pytest.mark.parametrize("second", [("sts:AssumeRole",), ("sts:AssumeRole", "sts:SetSourceIdentity")])
def test_a_source_identity_is_passed_on_only_where_every_later_role_lets_it(second: tuple[str, ...]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html"""
    sim = line(*second)
    chain = chain_between(sim, user_arn("ann"), role_arn("Second"))
    params = {"RoleArn": role_arn("First"), "RoleSessionName": "ann", "SourceIdentity": "ann"}
    key = sim.call("sts:AssumeRole", params, caller=sim.resolve("ann"))["Credentials"]["AccessKeyId"]
    try:
        sim.preview("sts:AssumeRole", {"RoleArn": role_arn("Second"), "RoleSessionName": "next"}, caller=key)
        is_passed_on = True
    except AwsError:
        is_passed_on = False
    assert chain is not None
    assert chain.is_certain is is_passed_on is (len(second) == 2)
    if not is_passed_on:
        assert "source identity ann" in chain.hops[-1].unknown


USER_POOL_MAPPING = {
    f"{USER_POOL}:{CLIENT}": {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}
}
ROLES = ("Guest", "Member", "Editor", "Admin", "FacebookOnly", "Deploy")


def by_calls(pool: dict[str, Any], who: str) -> set[str]:
    """The roles that a visitor gets by any way of signing in, and by AssumeRole with what that gives."""
    found: set[str] = set()
    for chosen in ("", *ROLES):
        player = Player(photo_app(**pool))
        words = f"try signin app photos {who} {f'as {chosen}' if chosen else ''}"
        if player.perform(parse_step(words)).error is not None:
            continue
        inside = player.simulation
        session = list(inside.world.sessions.values())[-1]
        found.add(session.issuer_arn.rpartition("/")[2])
        for name in ROLES:
            params = {"RoleArn": role_arn(name), "RoleSessionName": "next"}
            try:
                inside.preview("sts:AssumeRole", params, caller=session.access_key_id)
            except AwsError:
                continue
            found.add(name)
    return found


@pytest.mark.parametrize("pool", [{}, {"AllowClassicFlow": False}, {"RoleMappings": USER_POOL_MAPPING}])
@pytest.mark.parametrize(("node", "who"), [(GUESTS, ""), ("members/ben", "members/ben")])
def test_what_reach_says_of_visitors_is_what_their_calls_get(pool: Any, node: str, who: str) -> None:
    assert {*labels(reach_of(photo_app(**pool)), node)} == by_calls(pool, who)
