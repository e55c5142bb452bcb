"""Invented workloads follow from the model, are bounded, and leave no trace in an export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.writing.export import export
from sts_tui.simulation import Simulation
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_store import JournalFile
from sts_tui.simulation.journal.resuming import resume
from sts_tui.simulation.model_now import model_now
from sts_tui.simulation.opening.model_files import sources_of
from sts_tui.simulation.workloads.invention import MARK, MOST_WORKLOADS
from tests.accounts.entities import role
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, policy, trusts
from tests.accounts.workload_identities import model as of_machines

EC2 = {"Service": "ec2.amazonaws.com"}
LAMBDA = {"Service": "lambda.amazonaws.com"}


def used_by(principal: Any, name: str, *statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A role that this principal may assume; by default it may read objects."""
    return role(name, trusts(principal), ("p", policy(*(statements or (allow(),)))), **more)


def model(*roles: dict[str, Any], **account: Any) -> dict[str, Any]:
    return {"Accounts": [{"AccountId": PROD, "RoleDetailList": list(roles), **account}]}


def opened(*roles: dict[str, Any], **account: Any) -> Simulation:
    return Simulation.open(model(*roles, **account))


def names(sim: Simulation) -> list[str]:
    return list(sim.world.workloads)


def test_a_service_uses_the_roles_that_trust_it_and_sessions_and_requests_appear() -> None:
    sim = opened(
        used_by(LAMBDA, "Worker", allow("dynamodb:Query", f"arn:aws:dynamodb:eu-west-1:{PROD}:table/t"))
    )
    assert sim.animate() == 1
    sim.advance(60)
    assert names(sim) == ["~Worker"]
    assert [session.issuer_arn for session in sim.world.sessions.values()] == [
        f"arn:aws:iam::{PROD}:role/Worker"
    ]
    assert sim.world.workload_states["~Worker"].succeeded > 0


def test_an_instance_needs_an_instance_profile() -> None:
    profile = [{"InstanceProfileName": "With"}]
    sim = opened(used_by(EC2, "Without"), used_by(EC2, "With", InstanceProfileList=profile))
    sim.animate()
    assert names(sim) == ["~With"]


def test_servers_and_pods_show_their_certificates_and_tokens() -> None:
    sim = Simulation.open(of_machines())
    sim.animate()
    assert {name: one.identity for name, one in sim.world.workloads.items()} == {
        "~Server-server": "corp-ca/web-1",
        "~Pod-pod": "pod:prod/shop/web",
    }
    sim.advance(60)
    assert all(sim.world.workload_states[name].succeeded for name in names(sim))


def test_a_machine_that_the_trust_policy_keeps_out_stays_still() -> None:
    raw = of_machines()
    server, pod, *_ = raw["Accounts"][0]["RoleDetailList"]
    for each in (server, pod):
        each["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] = {
            "StringEquals": {"aws:RequestTag/kubernetes-namespace": "other"}
        }
    sim = Simulation.open(raw)
    assert sim.animate() == 0


def test_the_services_of_machines_have_no_instances_of_their_own() -> None:
    services = {"Service": ["rolesanywhere.amazonaws.com", "pods.eks.amazonaws.com"]}
    assert opened(used_by(services, "App")).animate() == 0


def test_users_act_with_their_active_keys_only() -> None:
    own = {"UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy(allow())}]}
    users = [{"UserName": "ana", **own}, {"UserName": "bob", "AccessKeys": [], **own}]
    sim = opened(UserDetailList=users)
    sim.animate()
    assert names(sim) == ["~ana"]


def test_service_linked_roles_and_roles_without_permissions_stay_still() -> None:
    linked = used_by(LAMBDA, "AWSServiceRoleForX", Path="/aws-service-role/x.amazonaws.com/")
    sim = opened(linked, {"RoleName": "Empty", "AssumeRolePolicyDocument": trusts(LAMBDA)})
    assert sim.animate() == 0


def test_wildcards_become_actions_that_aws_has() -> None:
    sim = opened(used_by(LAMBDA, "Worker", allow("s3:Get*", "arn:aws:s3:::data/*")))
    sim.animate()
    (request,) = sim.world.workloads["~Worker"].requests
    assert request.action.startswith("s3:Get")
    assert "*" not in request.action + request.resource


def test_the_roles_used_last_come_first_and_their_number_is_bounded() -> None:
    roles = [
        used_by(
            LAMBDA, f"R{day:02d}", RoleLastUsed={"LastUsedDate": f"2025-{day % 12 + 1:02d}-01T00:00:00+00:00"}
        )
        for day in range(60)
    ]
    sim = opened(*roles)
    assert sim.animate() == MOST_WORKLOADS
    assert names(sim)[0] == "~R11"
    assert all(name.startswith(MARK) for name in names(sim))


def test_the_same_seed_makes_the_same_traffic() -> None:
    def traffic(seed: int) -> list[str]:
        sim = Simulation.open(model(*[used_by(LAMBDA, f"R{number}") for number in range(5)]), seed=seed)
        sim.animate()
        sim.advance(120)
        return [str(event) for event in sim.events.since(0)]

    assert traffic(1) == traffic(1)
    assert traffic(1) != traffic(2)


def test_one_step_switches_it_off_and_an_export_never_has_it() -> None:
    sim = opened(used_by(LAMBDA, "Worker"))
    before = export(model_now(sim))
    sim.animate()
    sim.advance(30)
    assert export(model_now(sim)) == before
    assert sim.animate(is_on=False) == 0
    assert not names(sim)
    count = len(sim.events.since(0))
    sim.advance(30)
    assert len(sim.events.since(0)) == count


def test_animating_late_does_not_catch_up() -> None:
    sim = opened(used_by(LAMBDA, "Worker"))
    sim.advance(3600)
    count = len(sim.events.since(0))
    sim.animate()
    sim.advance(30)
    assert len(sim.events.since(0)) < count + 40


def test_a_leak_gives_the_newest_session_to_a_thief() -> None:
    sim = opened(used_by(LAMBDA, "Worker"))
    with pytest.raises(LookupError, match="no session"):
        sim.leak(f"arn:aws:iam::{PROD}:role/Worker")
    sim.animate()
    sim.advance(30)
    assert sim.leak(f"arn:aws:iam::{PROD}:role/Worker") == "thief"
    assert sim.leak(f"arn:aws:iam::{PROD}:role/Worker") == "thief-2"
    sim.advance(30)
    (key,) = sim.world.sessions
    assert sim.world.workload_states["thief"].stolen == key
    assert sim.world.workload_states["thief"].succeeded > 0


@pytest.mark.parametrize("with_checkpoint", [False, True])
def test_a_resumed_simulation_signs_in_as_before(with_checkpoint: bool, tmp_path: Path) -> None:
    files = model(
        federated("Staff", SSO, "sts:AssumeRoleWithSAML", {}),
        SAMLProviders=[{"Arn": SSO}],
    )
    sim = Simulation.open(files)
    store = JournalFile(tmp_path / "a.journal")
    journal = Journal.begin(store, sim, sources_of(files))
    sim.animate()
    if with_checkpoint:
        journal.checkpoint()
    sim.advance(30)
    store.close()
    kept = JournalFile(tmp_path / "a.journal")
    again = resume(kept, kept.content()).sim
    assert again.world.identity_providers == sim.world.identity_providers
    for each in (sim, again):
        each.advance(4000)
    assert again.world.workload_states == sim.world.workload_states
    assert again.world.workload_states["~Staff-sign-in"].succeeded > 0


@pytest.mark.parametrize("with_checkpoint", [False, True])
def test_a_resumed_simulation_is_animated_as_before(with_checkpoint: bool, tmp_path: Path) -> None:
    files = model(used_by(LAMBDA, "Worker"))
    sim = Simulation.open(files)
    store = JournalFile(tmp_path / "a.journal")
    journal = Journal.begin(store, sim, sources_of(files))
    sim.animate()
    sim.advance(30)
    sim.leak(f"arn:aws:iam::{PROD}:role/Worker")
    if with_checkpoint:
        journal.checkpoint()
    sim.advance(30)
    store.close()
    kept = JournalFile(tmp_path / "a.journal")
    again = resume(kept, kept.content()).sim
    assert json.dumps(sorted(again.world.workloads)) == json.dumps(["thief", "~Worker"])
    assert again.world.workload_states == sim.world.workload_states
    sim.advance(60)
    again.advance(60)
    assert again.world.workload_states == sim.world.workload_states


GITHUB = f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com"
SSO = f"arn:aws:iam::{PROD}:saml-provider/corp"


def federated(name: str, provider: str, action: str, condition: dict[str, Any]) -> dict[str, Any]:
    made = used_by({"Federated": provider}, name, allow("s3:GetObject", "arn:aws:s3:::data/*"))
    (statement,) = made["AssumeRolePolicyDocument"]["Statement"]
    statement |= {"Action": action, "Condition": condition}
    return made


def with_providers(*subjects: str) -> Simulation:
    host = "token.actions.githubusercontent.com"
    condition = {
        "StringEquals": {f"{host}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{host}:sub": list(subjects)},
    }
    return opened(
        federated("Deploy", GITHUB, "sts:AssumeRoleWithWebIdentity", condition),
        federated(
            "Staff",
            SSO,
            "sts:AssumeRoleWithSAML",
            {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        ),
        OpenIDConnectProviders=[{"Arn": GITHUB, "Url": host, "ClientIDList": ["sts.amazonaws.com"]}],
        SAMLProviders=[{"Arn": SSO}],
    )


def test_users_of_the_providers_that_trusts_name_sign_in() -> None:
    sim = with_providers("repo:acme/app:*")
    assert sim.animate() == 2
    sim.advance(60)
    by_role = {session.issuer_arn.rpartition("/")[2]: session for session in sim.world.sessions.values()}
    assert set(by_role) == {"Deploy", "Staff"}
    assert by_role["Deploy"].operation == "AssumeRoleWithWebIdentity"
    assert by_role["Staff"].operation == "AssumeRoleWithSAML"
    assert all(state.succeeded for state in sim.world.workload_states.values())


def test_a_trust_that_lets_no_example_in_gets_no_sign_in() -> None:
    """Only a token for another audience than the provider knows would fit."""
    host = "token.actions.githubusercontent.com"
    sim = opened(
        federated(
            "Deploy",
            GITHUB,
            "sts:AssumeRoleWithWebIdentity",
            {"StringEquals": {f"{host}:aud": "another-audience", f"{host}:sub": "repo:acme/app"}},
        ),
        OpenIDConnectProviders=[{"Arn": GITHUB, "Url": host, "ClientIDList": ["sts.amazonaws.com"]}],
    )
    assert sim.animate() == 0
    assert not sim.world.identity_providers


def test_sign_ins_are_the_same_every_time_and_are_taken_off_again() -> None:
    sim = with_providers("repo:acme/app:*")
    sim.animate()
    assert sim.world.identity_providers
    sim.animate(False)
    assert not sim.world.identity_providers
    one, other = with_providers("repo:acme/app:*"), with_providers("repo:acme/app:*")
    for each in (one, other):
        each.animate()
        each.advance(40)
    assert [str(event) for event in one.events] == [str(event) for event in other.events]


def test_an_invented_session_has_a_short_name_of_its_own_not_that_of_its_role() -> None:
    long_name = "platform-checkout-service-production-execution-role-00"

    def invented_names() -> list[str]:
        profile = [{"InstanceProfileName": "Web"}]
        sim = opened(used_by(LAMBDA, long_name), used_by(EC2, "Web", InstanceProfileList=profile))
        sim.animate()
        sim.advance(60)
        return sorted(session.name for session in sim.world.sessions.values())

    found = invented_names()
    assert found == invented_names() != []
    assert all(len(name) <= 20 and not name.startswith("platform") for name in found)
