"""Who can become whom: every hop is one that AWS would allow, with what it needs."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import AwsError
from sts_tui.simulation.reach.graph import Chain, Hop
from sts_tui.simulation.reach.reach import chains, hops
from sts_tui.simulation.simulation import Simulation
from tests.accounts.entities import role, user
from tests.accounts.policies import allows, trusts
from tests.accounts.tour_model import ALPHA, BETA

ASSUME = ("Assume", allows("sts:*"))


def model(roles: list[dict[str, Any]], *users: dict[str, Any], **more: Any) -> Simulation:
    account = {"AccountId": ALPHA, "UserDetailList": list(users), "RoleDetailList": roles}
    return Simulation.open({"Accounts": [account, {"AccountId": BETA}], **more})


def summary(hop: Hop) -> tuple[str, str, tuple[str, ...]]:
    return hop.source_label, hop.target_label, hop.needs


def paths(found: list[Chain]) -> list[list[str]]:
    return [[chain.hops[0].source_label, *(hop.target_label for hop in chain.hops)] for chain in found]


def test_trust_and_permission_are_both_needed_within_an_account() -> None:
    simulation = model(
        [
            role("Root", trusts(f"arn:aws:iam::{ALPHA}:root")),
            role("Ann", trusts(f"arn:aws:iam::{ALPHA}:user/ann")),
        ],
        user("ann"),
        user("bea", ASSUME),
    )
    assert [summary(hop) for hop in hops(simulation)] == [("ann", "Ann", ()), ("bea", "Root", ())]


def test_conditions_that_a_caller_can_meet_are_what_a_hop_needs() -> None:
    condition = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "StringEquals": {"sts:ExternalId": "acme-7"},
        "StringLike": {"sts:SourceIdentity": "*"},
        "IpAddress": {"aws:SourceIp": "198.51.100.0/24"},
    }
    device = {"MFADevices": [{"SerialNumber": f"arn:aws:iam::{ALPHA}:mfa/ann"}]}
    trusting = trusts(f"arn:aws:iam::{ALPHA}:root", Condition=condition)
    trusting["Statement"][0]["Action"] = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    simulation = model([role("Guarded", trusting)], user("ann", ASSUME, **device), user("bea", ASSUME))
    needs = ("MFA", "external id acme-7", "source identity *", "aws:SourceIp=198.51.100.0")
    assert [summary(hop) for hop in hops(simulation)] == [("ann", "Guarded", needs)]


def test_a_hop_needs_no_more_than_it_has_to() -> None:
    trusting = trusts(f"arn:aws:iam::{ALPHA}:user/ann")
    trusting["Statement"] += trusts(
        f"arn:aws:iam::{ALPHA}:user/ann", Condition={"StringEquals": {"sts:ExternalId": "x-1"}}
    )["Statement"]
    assert [hop.needs for hop in hops(model([role("Open", trusting)], user("ann")))] == [()]


def test_chains_are_the_shortest_and_go_through_every_role() -> None:
    roles = [
        role("One", trusts(f"arn:aws:iam::{ALPHA}:user/ann"), ASSUME),
        role("Two", trusts(f"arn:aws:iam::{ALPHA}:role/One"), ASSUME),
        role("Three", trusts(f"arn:aws:iam::{ALPHA}:role/Two", f"arn:aws:iam::{ALPHA}:role/One"), ASSUME),
    ]
    found = hops(model(roles, user("ann")))
    ann = f"arn:aws:iam::{ALPHA}:user/ann"
    assert paths(list(chains(found, source=ann))) == [
        ["ann", "One"],
        ["ann", "One", "Two"],
        ["ann", "One", "Three"],
    ]
    three = f"arn:aws:iam::{ALPHA}:role/Three"
    assert ["Two", "Three"] in paths(list(chains(found, target=three)))


def test_a_guardrail_takes_hops_away() -> None:
    roles = [role("One", trusts(f"arn:aws:iam::{ALPHA}:user/ann"))]
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}
    root = {
        "Name": "Root",
        "Accounts": [ALPHA, BETA],
        "ServiceControlPolicies": [
            {"Name": "Full", "Document": allows("*")},
            {"Name": "No", "Document": deny},
        ],
    }
    organization = {"Id": "o-exampleorgid", "ManagementAccountId": BETA, "Root": root}
    assert hops(model(roles, user("ann"), Organization=organization)) == ()


def test_service_linked_roles_are_ends_only() -> None:
    linked = role(
        "AWSServiceRoleForX",
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        },
        ASSUME,
    )
    linked["Path"] = "/aws-service-role/x.amazonaws.com/"
    target = role("Open", trusts(f"arn:aws:iam::{ALPHA}:root"))
    found = hops(model([linked, target]))
    assert [summary(hop) for hop in found] == [("service:x.amazonaws.com", "AWSServiceRoleForX", ())]


def test_identity_providers_sign_people_in_to_the_roles_that_trust_them() -> None:
    url = "token.actions.githubusercontent.com"
    trusting = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ALPHA}:oidc-provider/{url}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {f"{url}:sub": "repo:acme/app:ref:refs/heads/main"}},
    }]}  # fmt: skip
    account = {
        "AccountId": ALPHA,
        "RoleDetailList": [role("CI", trusting)],
        "OpenIDConnectProviders": [{"Url": url, "ClientIDList": ["sts.amazonaws.com"]}],
    }
    people = [
        {"Name": name, "Claims": {"sub": f"repo:acme/app:ref:refs/heads/{name}", "aud": "sts.amazonaws.com"}}
        for name in ("main", "other")
    ]
    provider = {"Name": "github", "Type": "OIDC", "Issuer": f"https://{url}", "Users": people}
    simulation = Simulation.open({"Accounts": [account], "IdentityProviders": [provider]})
    assert [summary(hop) for hop in hops(simulation)] == [("github/main", "CI", ())]


def test_a_session_that_a_trust_policy_names_is_what_the_hop_needs() -> None:
    one = role("One", trusts(f"arn:aws:iam::{ALPHA}:user/ann"), ASSUME)
    two = role("Two", trusts(f"arn:aws:sts::{ALPHA}:assumed-role/One/nightly"))
    found = hops(model([one, two], user("ann")))
    assert ("One", "Two", ("as session nightly",)) in [summary(hop) for hop in found]


def test_a_wildcard_principal_means_every_principal_that_may_call() -> None:
    found = hops(model([role("Open", trusts("*"))], user("ann"), user("bea", ASSUME)))
    assert {hop.source_label for hop in found} == {"ann", "bea", "Open"}  # its own sessions too


def test_a_deny_of_the_caller_counts() -> None:
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}
    simulation = model([role("One", trusts(f"arn:aws:iam::{ALPHA}:user/ann"))], user("ann", ("No", deny)))
    assert hops(simulation) == ()


def test_asking_changes_nothing() -> None:
    simulation = model([role("One", trusts(f"arn:aws:iam::{ALPHA}:user/ann"))], user("ann"))
    before = simulation.world
    hops(simulation)
    assert simulation.world is before
    assert len(simulation.events) == 0


def test_codes_used_a_moment_ago_do_not_matter() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    serial = f"arn:aws:iam::{ALPHA}:mfa/ann"
    simulation = model(
        [role("Guarded", trusts(f"arn:aws:iam::{ALPHA}:user/ann", Condition=mfa))],
        user("ann", MFADevices=[{"SerialNumber": serial}]),
    )
    code = {"SerialNumber": serial, "TokenCode": "000000"}
    for _ in range(10):
        with pytest.raises(AwsError):
            simulation.call("sts:GetSessionToken", code, caller=simulation.resolve("ann"))
    assert [summary(hop) for hop in hops(simulation)] == [("ann", "Guarded", ("MFA",))]


def test_a_deny_in_a_trust_policy_that_names_a_principal_is_for_that_principal_alone() -> None:
    trusting = trusts(f"arn:aws:iam::{ALPHA}:root")
    denied = {
        "Effect": "Deny",
        "Principal": {"AWS": f"arn:aws:iam::{ALPHA}:user/bea"},
        "Action": "sts:AssumeRole",
    }
    trusting["Statement"].append(denied)
    simulation = model(
        [role("Open", trusting)], user("ann", ASSUME), user("bea", ASSUME), user("cai", ASSUME)
    )
    assert [hop.source_label for hop in hops(simulation)] == ["ann", "cai"]
