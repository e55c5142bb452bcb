"""Workloads behave as SDKs do."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.events import RequestAnswered, SessionStarted, Verdict, WorkloadChanged
from sts_tui.simulation.world import Health
from tests.accounts.policies import MAIN, allows, role_arn
from tests.accounts.small import READ, SMALL, open_small, worker


def issued(sim: Simulation) -> list[float]:
    """Seconds after the start at which sessions were issued."""
    return [
        (event.at - sim.world.started_at).total_seconds()
        for event in sim.events
        if isinstance(event, SessionStarted)
    ]


def requests(sim: Simulation, workload: str = "worker") -> list[RequestAnswered]:
    return [
        event
        for event in sim.events
        if isinstance(event, RequestAnswered)
        and event.workload == workload
        and event.action.startswith("s3:")
    ]


def trust_nobody(sim: Simulation, role: str = "App") -> None:
    document = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    ]}  # fmt: skip
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": role, "PolicyDocument": document})


def test_the_first_request_is_at_the_start_and_the_rest_follow_without_drift() -> None:
    sim = open_small(worker(EverySeconds=0.3))
    sim.advance(3)
    at = [(event.at - sim.world.started_at).total_seconds() for event in requests(sim)]
    assert at == [pytest.approx(0.3 * turn, abs=1e-6) for turn in range(11)]


def test_requests_take_turns() -> None:
    write = {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::data/out.csv"}
    sim = open_small(worker(Requests=[READ, READ, write]))
    sim.advance(50)
    assert [event.action for event in requests(sim)] == ["s3:GetObject", "s3:GetObject", "s3:PutObject"] * 2


def test_an_sdk_renews_when_less_than_fifteen_minutes_are_left() -> None:
    sim = open_small(worker(EverySeconds=60))
    sim.advance(3600)
    assert issued(sim) == [0, 46 * 60]


def test_after_an_advisory_failure_the_old_session_is_used_and_a_mandatory_one_stops() -> None:
    sim = open_small(worker(EverySeconds=60))
    sim.advance(60)
    trust_nobody(sim)
    sim.advance(50 * 60)
    made = requests(sim)
    assert {event.verdict for event in made} == {Verdict.ALLOWED}
    assert (made[-1].at - sim.world.started_at) == timedelta(minutes=50)  # ten minutes left: the last one
    assert sim.world.workload_states["worker"].health is Health.FAILING
    assert "sts:AssumeRole: AccessDenied" in sim.world.workload_states["worker"].reason


def test_a_failed_assume_role_is_tried_again_at_the_next_tick() -> None:
    sim = open_small(worker())
    trust_nobody(sim)
    sim.advance(30)
    sim.undo()
    sim.advance(10)
    state = sim.world.workload_states["worker"]
    assert (state.failed, state.succeeded, state.recovered) == (4, 1, 1)
    assert [event.health for event in sim.events if isinstance(event, WorkloadChanged)] == [
        "failing",
        "healthy",
    ]


def test_a_denied_request_does_not_make_an_sdk_renew() -> None:
    sim = open_small(worker())
    sim.advance(5)
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    sim.call("iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "no", "PolicyDocument": document})
    sim.advance(600)
    assert issued(sim) == [0]
    assert requests(sim)[-1].verdict is Verdict.EXPLICIT_DENY


def test_refresh_never_keeps_its_session_to_the_end_and_beyond() -> None:
    sim = open_small(worker(Refresh="never", EverySeconds=600))
    sim.advance(3600)
    assert issued(sim) == [0]
    assert requests(sim)[-1].code == "ExpiredToken"
    assert requests(sim)[-2].code == "200"


def test_a_chain_is_renewed_from_the_hop_that_is_due() -> None:
    hops = [
        {"RoleArn": role_arn("App"), "RoleSessionName": "first", "DurationSeconds": 7200},
        {"RoleArn": role_arn("Deep"), "RoleSessionName": "second"},
    ]
    sim = open_small(worker(AssumeRoles=hops, EverySeconds=60))
    sim.advance(140 * 60)
    labels = [event.label for event in sim.events if isinstance(event, SessionStarted)]
    assert labels == ["first@App", *["second@Deep"] * 3, "first@App", "second@Deep"]
    assert issued(sim) == [0, 0, 46 * 60, 92 * 60, 138 * 60, 138 * 60]
    child = sim.world.sessions[sim.world.workload_states["worker"].keys[-1]]
    assert child.parent in sim.world.sessions
    assert child.is_chained


def test_a_thief_uses_what_it_copied_from_elsewhere_and_never_renews() -> None:
    victim = worker("a-shop", EverySeconds=60)
    thief: dict[str, Any] = {
        "Name": "thief", "Identity": "workload:a-shop", "EverySeconds": 60, "Refresh": "never",
        "Requests": [{**READ, "Context": {"aws:SourceIp": "198.51.100.66"}}],
    }  # fmt: skip
    sim = open_small(victim, thief)
    sim.advance(2 * 3600)
    stolen = requests(sim, "thief")
    assert {event.access_key_id for event in stolen} == {stolen[0].access_key_id}
    assert stolen[0].caller == "a-shop@App"
    assert [stolen[59].code, stolen[60].code] == ["200", "ExpiredToken"]
    assert requests(sim, "a-shop")[-1].code == "200"


def test_a_thief_waits_until_there_is_something_to_steal() -> None:
    thief = {"Name": "a-thief", "Identity": "workload:worker", "EverySeconds": 10, "Requests": [READ]}
    sim = open_small(worker(), thief)
    sim.advance(0)
    assert requests(sim, "a-thief") == []
    assert sim.world.workload_states["a-thief"].health is Health.STARTING
    sim.advance(10)
    assert len(requests(sim, "a-thief")) == 1


def test_who_steals_from_a_thief_gets_what_the_thief_has() -> None:
    names = ("thief-b", "thief-a", "worker")
    thieves = [
        {"Name": name, "Identity": f"workload:{victim}", "EverySeconds": 10, "Requests": [READ]}
        for name, victim in zip(names, names[1:], strict=False)
    ]
    sim = open_small(worker(), *thieves)
    sim.advance(30)
    keys = {event.access_key_id for name in names for event in requests(sim, name)}
    assert len(keys) == 1
    assert sim.world.workload_states["thief-b"].failed == 0


def test_a_user_without_a_chain_uses_its_own_key() -> None:
    user = {
        "Name": "bob",
        "Identity": f"arn:aws:iam::{MAIN}:user/bob",
        "EverySeconds": 10,
        "Requests": [READ],
    }
    sim = open_small(user)
    sim.advance(0)
    assert requests(sim, "bob")[0].caller == "bob"
    sim.call("iam:PutUserPolicy", {"UserName": "bob", "PolicyName": "p", "PolicyDocument": allows("s3:*")})
    sim.advance(10)
    assert requests(sim, "bob")[-1].verdict is Verdict.ALLOWED


def test_health_is_that_of_every_request_of_the_list_and_does_not_flap() -> None:
    write = {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::data/out.csv"}
    sim = open_small(worker(Requests=[READ, write]))
    sim.advance(600)
    assert [event.health for event in sim.events if isinstance(event, WorkloadChanged)] == [
        "healthy",
        "failing",
    ]
    assert sim.world.workload_states["worker"].failing == (1,)


def test_a_workload_gets_the_same_answer_as_any_caller() -> None:
    """The prepared way of workloads and the way of calls come to the same event."""
    write = {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::data/out.csv"}
    sim = open_small(worker(Requests=[READ, write], EverySeconds=5))
    sim.advance(5)
    key = requests(sim)[0].access_key_id
    for one in requests(sim):
        with suppress(AwsError):
            sim.call(one.action, {"Resource": one.resource}, caller=key)
        said = list(sim.events)[-1]
        assert isinstance(said, RequestAnswered)
        assert (said.verdict, said.code, said.decided_by, said.message, said.caller) == (
            one.verdict, one.code, one.decided_by, one.message, one.caller,
        )  # fmt: skip


def test_the_sample_is_at_work_within_a_second() -> None:
    sim = Simulation.open("sample_accounts/acme.json", seed=7)
    sim.advance(1)
    said = [event for event in sim.events if isinstance(event, RequestAnswered)]
    assert {event.workload for event in said if event.verdict is Verdict.ALLOWED} >= {
        "web-shop",
        "nightly-extract",
    }
    sim.advance(20)


def test_of_two_saml_providers_a_workload_names_the_one_that_its_role_trusts() -> None:
    account = "222233334444"
    for trusted in ("corporate", "legacy"):
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
             "Principal": {"Federated": f"arn:aws:iam::{account}:saml-provider/{trusted}"}},
        ]}  # fmt: skip
        role = {"RoleName": "Dev", "AssumeRolePolicyDocument": trust}
        dev = f"arn:aws:iam::{account}:role/Dev"
        sim = Simulation.open({
            "Accounts": [{"AccountId": account, "RoleDetailList": [role],
                          "SAMLProviders": [{"Name": "corporate"},
                                            {"Name": "legacy", "IdentityProvider": "corporate"}]}],
            "IdentityProviders": [
                {"Name": "corporate", "Type": "SAML", "Issuer": "https://sso.example/idp",
                 "Users": [{"Name": "ann", "Roles": [dev], "RoleSessionName": "ann"}]}],
            "Workloads": [{"Name": "report", "Identity": "corporate/ann", "EverySeconds": 60,
                           "AssumeRoles": [{"RoleArn": dev}],
                           "Requests": [{"Action": "s3:ListAllMyBuckets"}]}],
        })  # fmt: skip
        sim.advance(1)
        assert len(issued(sim)) == 1


def test_a_request_goes_to_the_region_of_its_resource() -> None:
    wanted = {
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
    }
    sim = open_small(worker(Requests=[wanted]))
    sim.advance(1)
    (event,) = [e for e in sim.events if isinstance(e, RequestAnswered) and e.action == wanted["Action"]]
    part = sim.context(event)
    assert part is not None
    assert (event.region, part.values["aws:RequestedRegion"]) == ("eu-west-1", "eu-west-1")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:af-south-1:{MAIN}:jobs"},
         "InvalidClientTokenId"),
        ({"Action": "sts:GetSessionToken"}, "AccessDenied"),
        ({"Action": "sts:AssumeEverything"}, "InvalidAction"),
    ],
)  # fmt: skip
def test_what_aws_refuses_before_any_policy_it_refuses_to_workloads_too(
    wanted: dict[str, str], code: str
) -> None:
    """As for the same request of a caller.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
    """
    regions = [{"RegionName": "af-south-1", "RegionOptStatus": "DISABLED"}]
    model = deepcopy(SMALL)
    model["Accounts"][0]["Regions"] = regions
    model["Workloads"] = [worker(Requests=[wanted])]
    sim = Simulation.open(model)
    sim.advance(1)
    seen = [one for one in sim.events if isinstance(one, RequestAnswered) and one.action == wanted["Action"]]
    assert {(one.verdict, one.code) for one in seen} == {(Verdict.REFUSED, code)}
    key = next(iter(sim.world.sessions))
    with pytest.raises(AwsError) as refused:
        sim.request(wanted["Action"], wanted.get("Resource", "*"), caller=key)
    assert refused.value.code == code
