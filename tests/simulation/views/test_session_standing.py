"""States are what the engine answers now: *cut* and *partly*, for every way of taking access away."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.rows import role_rows, session_rows
from sts_tui.simulation.views.session_standing import Standing, Standings, standing_of, standings
from sts_tui.sts.errors import AwsError
from sts_tui.sts.session import Session
from tests.accounts.policies import MAIN as PROD
from tests.accounts.policies import allows, denies, policy, trust

MANAGEMENT = "777788889999"
BUCKET = "arn:aws:s3:::orders"
QUEUE = f"arn:aws:sqs:us-east-1:{PROD}:mail"
APP = f"arn:aws:iam::{PROD}:role/App"
DATA = f"arn:aws:iam::{PROD}:policy/Data"


def denies_if(operator: str, key: str, value: str) -> dict[str, Any]:
    return denies(Condition={operator: {key: value}})


def account(roles: int = 1) -> dict[str, Any]:
    """An organization with one workload account: roles App, App1 …, trusted by ana."""
    names = ["App", *(f"App{number}" for number in range(1, roles))]
    reading = allows(["s3:*", "sqs:*"])
    trusting = policy(trust(f"arn:aws:iam::{PROD}:root", "sts:AssumeRole", "sts:SetSourceIdentity"))
    role = {
        "Path": "/",
        "AssumeRolePolicyDocument": trusting,
        "AttachedManagedPolicies": [{"PolicyArn": DATA, "PolicyName": "Data"}],
    }
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": reading}
    return {
        "Name": "states",
        "StartTime": "2026-01-15T09:00:00Z",
        "Organization": {
            "Id": "o-exampleorgid",
            "ManagementAccountId": MANAGEMENT,
            "Root": {"Name": "Root", "Accounts": [MANAGEMENT, PROD]},
        },
        "Accounts": [
            {
                "AccountId": PROD,
                "RoleDetailList": [
                    {**role, "RoleName": name, "Arn": f"arn:aws:iam::{PROD}:role/{name}"} for name in names
                ],
                "UserDetailList": [
                    {
                        "UserName": "ana",
                        "Arn": f"arn:aws:iam::{PROD}:user/ana",
                        "AccessKeys": [{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"}],
                        "UserPolicyList": [
                            {
                                "PolicyName": "all",
                                "PolicyDocument": allows("*"),
                            }
                        ],
                    }
                ],
                "Policies": [
                    {
                        "PolicyName": "Data",
                        "Arn": DATA,
                        "DefaultVersionId": "v1",
                        "PolicyVersionList": [version],
                    }
                ],
            },
            {"AccountId": MANAGEMENT},
        ],
    }


def opened(roles: int = 1) -> Simulation:
    return Simulation.open(account(roles))


def issue(sim: Simulation, name: str = "job", role: str = "App", **more: Any) -> Session:
    answer = sim.call(
        "sts:AssumeRole",
        {"RoleArn": f"arn:aws:iam::{PROD}:role/{role}", "RoleSessionName": name, **more},
        caller="AKIAIOSFODNN7EXAMPLE",
    )
    return sim.world.sessions[answer["Credentials"]["AccessKeyId"]]


def ask(sim: Simulation, session: Session, action: str, resource: str, **context: str) -> None:
    sim.request(action, resource, caller=session.access_key_id, context=context)


def at_work(sim: Simulation, **more: Any) -> Session:
    """A session that was allowed one request of S3 and one of SQS."""
    session = issue(sim, **more)
    ask(sim, session, "s3:GetObject", f"{BUCKET}/a", **{"aws:SourceIp": "198.51.100.66"})
    ask(sim, session, "sqs:SendMessage", QUEUE, **{"aws:SourceIp": "198.51.100.66"})
    return session


def write(sim: Simulation, document: dict[str, Any], role: str = "App") -> None:
    sim.call("iam:PutRolePolicy", {"RoleName": role, "PolicyName": "stop", "PolicyDocument": document})


def guardrail(sim: Simulation, kind: str, document: dict[str, Any]) -> None:
    operator = sim.resolve("operator", account=MANAGEMENT)
    made = sim.call(
        "organizations:CreatePolicy",
        {"Content": document, "Description": "-", "Name": "emergency", "Type": kind},
        caller=operator,
    )
    arn = made["Policy"]["PolicySummary"]["Id"]
    sim.call("organizations:AttachPolicy", {"PolicyId": arn, "TargetId": PROD}, caller=operator)


def boundary(sim: Simulation) -> None:
    document = allows("iam:*")
    made = sim.call("iam:CreatePolicy", {"PolicyName": "narrow", "PolicyDocument": document})
    sim.call(
        "iam:PutRolePermissionsBoundary", {"RoleName": "App", "PermissionsBoundary": made["Policy"]["Arn"]}
    )


def edited(sim: Simulation, document: dict[str, Any]) -> None:
    sim.call("iam:CreatePolicyVersion", {"PolicyArn": DATA, "PolicyDocument": document, "SetAsDefault": True})


CUTS: dict[str, tuple[Callable[[Simulation], None], str]] = {
    "a Deny on aws:userid": (
        lambda sim: write(sim, denies_if("StringLike", "aws:userid", "*:job")), "App/stop#1",
    ),
    "a Deny on the source identity": (
        lambda sim: write(sim, denies_if("StringEquals", "aws:SourceIdentity", "ana")), "App/stop#1",
    ),
    "a Deny outside a network": (
        lambda sim: write(sim, denies_if("NotIpAddress", "aws:SourceIp", "10.0.0.0/8")), "App/stop#1",
    ),
    "an SCP": (lambda sim: guardrail(sim, "SERVICE_CONTROL_POLICY", denies()), "SCP emergency#1"),
    "a permissions boundary": (boundary, "permissions boundary"),
    "a detached policy": (
        lambda sim: sim.call("iam:DetachRolePolicy", {"RoleName": "App", "PolicyArn": DATA}) and None,
        "no identity-based policy allows",
    ),
    "an edited policy": (
        lambda sim: edited(sim, allows("iam:*")),
        "no identity-based policy allows",
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", CUTS)
def test_every_way_of_taking_access_away_is_a_cut_with_its_statement(way: str) -> None:
    cut, statement = CUTS[way]
    sim = opened()
    session = at_work(sim, SourceIdentity="ana")
    assert standing_of(session, sim) == Standing(SessionState.ACTIVE)
    cut(sim)
    found = standing_of(session, sim)
    assert found.state is SessionState.CUT
    assert statement in found.reason
    row = next(one for one in session_rows(sim) if one.access_key_id == session.access_key_id)
    assert (row.state, row.reason) == (SessionState.CUT, found.reason)
    assert row.state_since == sim.now
    with pytest.raises(AwsError):
        ask(sim, session, "s3:GetObject", f"{BUCKET}/a", **{"aws:SourceIp": "198.51.100.66"})


def test_an_rcp_denies_the_requests_of_its_service_and_no_others() -> None:
    sim = opened()
    session = at_work(sim)
    document = denies("s3:*")
    document["Statement"][0]["Principal"] = "*"
    guardrail(sim, "RESOURCE_CONTROL_POLICY", document)
    assert standing_of(session, sim) == Standing(SessionState.PARTLY, "1 of 2 requests: RCP emergency#1")


def test_an_inactive_access_key_cuts_the_sessions_of_its_user_where_the_setting_says_so() -> None:
    sim = opened()
    sim.set("sessions-die-with-access-key", True)
    answer = sim.call("sts:GetSessionToken", {}, caller="AKIAIOSFODNN7EXAMPLE")
    session = sim.world.sessions[answer["Credentials"]["AccessKeyId"]]
    ask(sim, session, "s3:GetObject", f"{BUCKET}/a")
    status = {"UserName": "ana", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Inactive"}
    sim.call("iam:UpdateAccessKey", status)
    found = standing_of(session, sim)
    assert found.state is SessionState.CUT
    assert "key" in found.reason
    sim.set("sessions-die-with-access-key", False)
    assert standing_of(session, sim).state is SessionState.ACTIVE


def test_a_deleted_role_is_orphaned_and_a_dated_deny_is_revoked_before_it_is_cut() -> None:
    sim = opened()
    session = at_work(sim)
    write(sim, denies_if("DateLessThan", "aws:TokenIssueTime", "2026-01-15T10:00:00Z"))
    assert standing_of(session, sim).state is SessionState.REVOKED
    write(sim, denies())
    assert standing_of(session, sim).state is SessionState.CUT
    sim.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "stop"})
    sim.call("iam:DetachRolePolicy", {"RoleName": "App", "PolicyArn": DATA})
    sim.call("iam:DeleteRole", {"RoleName": "App"})
    assert standing_of(session, sim).state is SessionState.ORPHANED


def test_partly_says_how_many_and_by_what_and_still_works() -> None:
    sim = opened()
    session = at_work(sim)
    write(sim, denies("sqs:*"))
    found = standing_of(session, sim)
    assert found == Standing(SessionState.PARTLY, "1 of 2 requests: App/stop#1")
    assert found.state.still_works
    assert not found.state.counts_as_active
    assert role_rows(sim)[0].live_sessions == 1
    write(sim, denies())
    assert (role_rows(sim)[0].live_sessions, role_rows(sim)[0].revoked_sessions) == (0, 1)


def test_what_nobody_knows_to_be_denied_is_not_cut() -> None:
    """Another policy takes the place of the one that allowed it, and no file has its document."""
    sim = opened()
    session = at_work(sim)
    sim.call(
        "iam:AttachRolePolicy",
        {"RoleName": "App", "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3ObjectLambda"},
    )
    sim.call("iam:DetachRolePolicy", {"RoleName": "App", "PolicyArn": DATA})
    assert standing_of(session, sim).state is SessionState.ACTIVE
    write(sim, denies())
    assert standing_of(session, sim).state is SessionState.CUT


def test_what_was_never_allowed_does_not_count() -> None:
    sim = opened()
    session = issue(sim)
    with pytest.raises(AwsError):
        ask(sim, session, "kms:Decrypt", "*")
    ask(sim, session, "s3:GetObject", f"{BUCKET}/a")
    assert standing_of(session, sim).state is SessionState.ACTIVE


def test_before_its_first_request_the_allow_statements_at_issue_count() -> None:
    sim = opened()
    session = issue(sim)
    assert standing_of(session, sim).state is SessionState.ACTIVE
    edited(sim, allows("iam:*"))
    assert standing_of(session, sim).state is SessionState.CUT
    fresh = issue(sim, "later")
    assert standing_of(fresh, sim).state is SessionState.ACTIVE, "iam:* is all that it ever had"


def test_a_session_to_which_nothing_was_ever_allowed_is_active() -> None:
    sim = opened()
    write(sim, denies())
    assert standing_of(issue(sim), sim).state is SessionState.ACTIVE


def test_undo_restores_what_a_cut_removed() -> None:
    sim = opened()
    session = at_work(sim)
    write(sim, denies())
    assert standing_of(session, sim).state is SessionState.CUT
    sim.undo()
    assert standing_of(session, sim).state is SessionState.ACTIVE


def test_a_policy_that_tests_the_time_cuts_when_its_time_has_come() -> None:
    sim = opened()
    session = at_work(sim)
    write(sim, denies_if("DateGreaterThan", "aws:CurrentTime", "2026-01-15T09:10:00Z"))
    assert standing_of(session, sim).state is SessionState.ACTIVE
    before = standings(sim).changes
    sim.advance(700)
    assert standings(sim).refresh(sim) > before, "the screen learns of it without an edit"
    assert standing_of(session, sim).state is SessionState.CUT


@pytest.mark.parametrize("sessions", [100, 1000])
def test_an_edit_of_one_role_evaluates_its_own_sessions_only(sessions: int) -> None:
    """The same number of evaluations, whatever the number of sessions of other roles."""
    sim = opened(roles=11)
    mine = [issue(sim, f"job{number}") for number in range(10)]
    for number in range(sessions - 10):
        issue(sim, f"other{number}", role=f"App{number % 10 + 1}")
    session_rows(sim)
    access = standings(sim).access
    before = access.evaluations
    session_rows(sim)
    assert access.evaluations == before, "nothing changed, nothing is evaluated"
    write(sim, denies())
    states = [standing_of(session, sim).state for session in mine]
    session_rows(sim)
    assert states == [SessionState.CUT] * 10
    assert access.evaluations - before == 10 * len(sim.events.allowed.get(mine[0].access_key_id, (0,)))


def test_the_state_equals_a_fresh_evaluation_after_any_edits() -> None:
    """The property behind the cache: what is remembered is never out of date."""
    dice = random.Random(7)
    sim = opened(roles=3)
    live = [at_work(sim, name=f"s{number}", role=("App", "App1", "App2")[number % 3]) for number in range(6)]
    live += [issue(sim, "idle", role="App1")]
    edits: list[Callable[[], object]] = [
        lambda: write(sim, denies("sqs:*"), dice.choice(("App", "App1"))),
        lambda: write(sim, denies_if("StringLike", "aws:userid", f"*:s{dice.randrange(6)}"), "App2"),
        lambda: edited(sim, allows("sqs:*")),
        lambda: sim.call("iam:DeletePolicyVersion", {"PolicyArn": DATA, "VersionId": _old_version(sim)}),
        lambda: guardrail(sim, "SERVICE_CONTROL_POLICY", denies("s3:*")),
        lambda: sim.undo(),
        lambda: sim.redo(),
        lambda: sim.advance(dice.choice((1, 400))),
        lambda: ask(sim, dice.choice(live), "sqs:SendMessage", f"{QUEUE}{dice.randrange(3)}"),
        lambda: sim.set("trailing-wildcard-crosses-colons", dice.random() < 0.5),
    ]
    for _ in range(60):
        try:
            dice.choice(edits)()
        except (AwsError, RuntimeError, LookupError, ValueError):
            continue
        finally:
            for session in live:
                assert standing_of(session, sim) == Standings().of(session, sim)


def _old_version(sim: Simulation) -> str:
    versions = sim.world.configuration.policies[DATA].policy_version_list
    return next((one.version_id for one in versions if not one.is_default_version), "v99")
