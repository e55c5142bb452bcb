"""One call may ask for several things, and is one event."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sts_tui.iam import Outcome
from sts_tui.simulation import Simulation
from sts_tui.simulation.calls.callers import SignedCaller, caller_json, caller_of_json
from sts_tui.simulation.events import ClientCall, RequestAnswered, Verdict
from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from sts_tui.sts.errors import AwsError

ALICE = "arn:aws:iam::222222222222:user/alice"
BOTH = [("s3:GetObject", "arn:aws:s3:::a/k"), ("s3:PutObject", "arn:aws:s3:::b/k")]


def opened(*allowed: str) -> Simulation:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(allowed), "Resource": "*"}],
    }
    user = {
        "UserName": "alice", "Arn": ALICE,
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy}],
    }  # fmt: skip
    return Simulation.open({"UserDetailList": [user]})


def the_event(sim: Simulation) -> RequestAnswered:
    (event,) = (one for one in sim.events if isinstance(one, RequestAnswered))
    return event


def test_all_that_a_call_asks_for_is_decided_and_logged_once() -> None:
    sim = opened("s3:*")
    decisions = sim.request(BOTH, caller=sim.access_key(ALICE))
    assert [one.outcome for one in decisions] == [Outcome.ALLOWED, Outcome.ALLOWED]
    assert the_event(sim).action == "s3:GetObject"


def test_the_first_denial_ends_the_call_and_is_what_the_event_says() -> None:
    sim = opened("s3:GetObject")
    with pytest.raises(AwsError, match="s3:PutObject"):
        sim.request(BOTH, caller=sim.access_key(ALICE))
    event = the_event(sim)
    assert (event.action, event.resource, event.verdict) == (
        "s3:PutObject",
        "arn:aws:s3:::b/k",
        Verdict.IMPLICIT_DENY,
    )
    explained = sim.explain(event)
    assert explained is not None


def test_with_each_nothing_is_raised_and_every_decision_is_returned() -> None:
    sim = opened("s3:PutObject")
    decisions = sim.request(BOTH, caller=sim.access_key(ALICE), each=True)
    assert [one.outcome for one in decisions] == [Outcome.IMPLICIT_DENY, Outcome.ALLOWED]
    assert the_event(sim).code == "AccessDenied"


def test_context_of_one_pair_holds_for_that_pair() -> None:
    sim = opened("dynamodb:*")
    pairs = [("dynamodb:GetItem", "*", {"dynamodb:LeadingKeys": ["a"]}), ("dynamodb:GetItem", "*", {})]
    sim.request(pairs, caller=sim.access_key(ALICE))
    part = sim.context(the_event(sim))
    assert part is not None
    assert part.values["dynamodb:LeadingKeys"] == ["a"]


def test_a_key_that_the_request_leaves_unknown_decides_nothing_also_after_a_resume(tmp_path: Path) -> None:
    """An absent key would meet `ForAllValues`; the journal keeps that it was not absent but unknown."""
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["alice"]}}
    statement = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": own}
    policy = {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    model = {"UserDetailList": [{"UserName": "alice", "Arn": ALICE, "UserPolicyList": [policy]}]}
    file = tmp_path / "model.json"
    file.write_text(json.dumps(model))
    sim = Simulation.open(str(file))
    _, store = begin_at(tmp_path / "a.journal", sim, str(file))
    for unknown in ([], ["dynamodb:LeadingKeys"]):
        sim.request([("dynamodb:GetItem", "*", {}, unknown)], caller=sim.access_key(ALICE), each=True)
    store.close()
    resumed, again = resume_from(tmp_path / "a.journal")
    again.close()
    for one in (sim, resumed.sim):
        verdicts = [event.verdict for event in one.events if isinstance(event, RequestAnswered)]
        assert verdicts == [Verdict.ALLOWED, Verdict.UNDECIDED]


def test_a_call_asks_for_one_thing_at_least() -> None:
    with pytest.raises(ValueError, match="one action"):
        opened("s3:*").request([])


def test_what_is_known_of_the_client_is_in_the_event() -> None:
    sim = opened("s3:*")
    client = ClientCall(client="boto3/1.44.8", operation="s3:HeadObject", is_least_answer=True)
    sim.request("s3:GetObject", "arn:aws:s3:::a/k", caller=sim.access_key(ALICE), client=client)
    assert the_event(sim).client == client


@pytest.mark.parametrize(
    ("signed", "code"),
    [
        ({}, None),
        ({"is_signature_right": False}, "SignatureDoesNotMatch"),
        ({"token": "wrong"}, "InvalidClientTokenId"),
        ({"token": "malformed", "is_signature_right": False}, "InvalidClientTokenId"),
    ],
)
def test_a_signature_is_judged_as_the_secret_and_token_would_be(
    signed: dict[str, object], code: str | None
) -> None:
    sim = opened("sts:*")
    caller = SignedCaller(access_key_id=sim.access_key(ALICE), **signed)  # type: ignore[arg-type]
    assert caller_of_json(caller_json(caller)) == caller
    if code is None:
        assert sim.call("sts:GetCallerIdentity", caller=caller)["Arn"] == ALICE
    else:
        with pytest.raises(AwsError, match=code):
            sim.call("sts:GetCallerIdentity", caller=caller)


@pytest.mark.parametrize(
    ("token", "is_right", "code"),
    [
        ("right", True, None),
        ("right", False, "SignatureDoesNotMatch"),
        ("wrong", False, "InvalidClientTokenId"),
        ("absent", True, "InvalidClientTokenId"),
    ],
)
def test_temporary_credentials_need_their_token(token: str, is_right: bool, code: str | None) -> None:
    sim = opened("sts:*")
    key = sim.call("sts:GetSessionToken", caller=sim.access_key(ALICE))["Credentials"]["AccessKeyId"]
    caller = SignedCaller(access_key_id=key, token=token, is_signature_right=is_right)
    if code is None:
        sim.call("sts:GetCallerIdentity", caller=caller)
    else:
        with pytest.raises(AwsError, match=code):
            sim.call("sts:GetCallerIdentity", caller=caller)
