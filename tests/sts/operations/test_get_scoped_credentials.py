"""GetScopedCredentials. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.authorization.session_state import SessionState, state_of
from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from sts_tui.simulation.views.rows import session_rows
from tests.accounts.organization import ALICE_MFA, MODEL, Desk, seconds_of
from tests.accounts.policies import MAIN, OTHER, allow, policy, role_arn, user_arn

OBJECT = "arn:aws:s3:::data/x"
READ = policy(allow("s3:GetObject"))
READ_AND_SCOPE = policy(allow(["s3:GetObject", "sts:GetScopedCredentials"]))
EVERYTHING = policy(allow("*"))
AUDIT = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}


def scope(desk: Desk, by: str, **given: Any) -> dict[str, Any]:
    return desk.call("GetScopedCredentials", by=by, **given)


def app(desk: Desk, **given: Any) -> str:
    return desk.key(desk.assume("App", **given))


def of_kind(desk: Desk, kind: str) -> str:
    """The access key id of temporary credentials of each kind."""
    match kind:
        case "role":
            return app(desk)
        case "user":
            return desk.key(desk.call("GetSessionToken"))
        case "federated":
            return desk.key(desk.call("GetFederationToken", Name="fred", Policy=EVERYTHING))
        case "root":
            return desk.key(desk.call("GetSessionToken", by=f"root@{MAIN}"))
    return desk.key(desk.call("AssumeRoot", TargetPrincipal=OTHER, TaskPolicyArn=AUDIT))


# who calls


@pytest.mark.parametrize("kind", ["role", "user", "federated"])
def test_temporary_credentials_of_every_kind_can_call_it(desk: Desk, kind: str) -> None:
    parent = of_kind(desk, kind)
    answer = scope(desk, parent, Policy=READ)
    assert desk.may("s3:GetObject", OBJECT, by=desk.key(answer))
    assert not desk.may("s3:PutObject", OBJECT, by=desk.key(answer))
    assert desk.may("s3:PutObject", OBJECT, by=parent), "the calling session is unchanged"


@pytest.mark.parametrize("by", ["alice", f"root@{MAIN}", "operator"])
def test_long_term_keys_are_refused(desk: Desk, by: str) -> None:
    refused = desk.refusal("GetScopedCredentials", by=by, DurationSeconds=900)
    assert (refused.code, refused.status) == ("InvalidSubjectCredentials", 400)


@pytest.mark.parametrize("kind", ["root", "assume root"])
def test_sessions_of_root_are_refused_unless_the_setting_allows_them(kind: str) -> None:
    desk = Desk()
    refused = desk.refusal("GetScopedCredentials", by=of_kind(desk, kind), DurationSeconds=60)
    assert refused.code == "InvalidSubjectCredentials"
    desk = Desk(settings={"RootMayScope": True})
    parent = of_kind(desk, kind)
    if kind == "root":
        assert scope(desk, parent, DurationSeconds=60)["SessionInfo"]["ScopedSessionId"] == MAIN
    else:
        assert desk.denied("GetScopedCredentials", by=parent, DurationSeconds=60), "the task policy denies it"


def test_service_and_anonymous_callers_are_refused(desk: Desk) -> None:
    assert desk.denied("GetScopedCredentials", by="service:ec2.amazonaws.com", DurationSeconds=60)
    refused = desk.refusal("GetScopedCredentials", by="anonymous", DurationSeconds=60)
    assert refused.code == "MissingAuthenticationToken"


def test_global_endpoint_does_not_have_it(desk: Desk) -> None:
    parent = app(desk)
    refused = desk.refusal("GetScopedCredentials", by=parent, region="aws-global", DurationSeconds=60)
    assert (refused.code, refused.status) == ("InvalidAction", 400)


def test_it_needs_a_permission_by_default(desk: Desk) -> None:
    parent = app(desk, Policy=READ)
    message = desk.denied("GetScopedCredentials", by=parent, DurationSeconds=60)
    assert "sts:GetScopedCredentials" in message
    free = Desk(settings={"GetScopedCredentialsNeedsPermission": False})
    assert "Credentials" in scope(free, app(free, Policy=READ), DurationSeconds=60)


# parameters


def test_policy_or_duration_is_required(desk: Desk) -> None:
    assert "Policy or DurationSeconds" in desk.invalid("GetScopedCredentials", by=app(desk))


@pytest.mark.parametrize(
    ("name", "good", "bad", "constraint"),
    [
        ("DurationSeconds", 1, 0, "Member must have value greater than or equal to 1"),
        ("DurationSeconds", 3600, 129_601, "Member must have value less than or equal to 129600"),
        ("ScopedSessionDescription", "ab", "a", "Member must have length greater than or equal to 2"),
        (
            "ScopedSessionDescription",
            "a" * 256,
            "a" * 257,
            "Member must have length less than or equal to 256",
        ),
        ("MinimumSessionTokenSize", 4096, 4097, "Member must have value less than or equal to 4096"),
    ],
)
def test_bounds_of_the_parameters(desk: Desk, name: str, good: Any, bad: Any, constraint: str) -> None:
    given = {"DurationSeconds": 60}
    assert "Credentials" in scope(desk, app(desk), **{**given, name: good})
    message = desk.invalid("GetScopedCredentials", by=app(desk), **{**given, name: bad})
    assert message.endswith(constraint)


def test_policy_has_at_most_2048_characters(desk: Desk) -> None:
    message = desk.invalid("GetScopedCredentials", by=app(desk), Policy="x" * 2049)
    assert message.endswith("Member must have length less than or equal to 2048")


def test_policy_must_be_a_policy(desk: Desk) -> None:
    for text in ("{", "[]", '{"Statement": {"Effect": "Allow"}}'):
        refused = desk.refusal("GetScopedCredentials", by=app(desk), Policy=text)
        assert (refused.code, refused.status) == ("MalformedPolicyDocument", 400)


def test_managed_policies_are_not_a_parameter(desk: Desk) -> None:
    arns = [{"arn": f"arn:aws:iam::{MAIN}:policy/ReadOnly"}]
    key = desk.key(scope(desk, app(desk), DurationSeconds=60, PolicyArns=arns))
    assert desk.may("s3:PutObject", OBJECT, by=key), "an unknown parameter is ignored"


def test_policy_has_a_packed_size_of_its_own(desk: Desk) -> None:
    large = policy(allow([*(f"s3:Action{number:02}" for number in range(75)), "sts:*"]))
    parent = app(desk, Policy=EVERYTHING)
    refused = desk.refusal("GetScopedCredentials", by=parent, Policy=large)
    assert refused.code == "PackedPolicyTooLarge"
    assert refused.message.startswith("Packed policy consumes ")
    fitting = policy(allow([*(f"s3:Action{number:02}" for number in range(50)), "sts:*"]))
    assert "Credentials" in scope(desk, app(desk, Policy=fitting), Policy=fitting), "each has the whole size"


# duration


def test_end_of_the_calling_session_is_inherited(desk: Desk) -> None:
    parent = desk.assume("App")
    desk.sim.advance(600)
    answer = scope(desk, desk.key(parent), Policy=READ)
    assert answer["Credentials"]["Expiration"] == parent["Credentials"]["Expiration"]


@pytest.mark.parametrize(("seconds", "fits"), [(1, True), (3000, True), (3001, False)])
def test_duration_cannot_exceed_what_is_left(desk: Desk, seconds: int, fits: bool) -> None:
    parent = app(desk)
    desk.sim.advance(600)
    if fits:
        assert seconds_of(desk, scope(desk, parent, DurationSeconds=seconds)) == seconds
    else:
        refused = desk.refusal("GetScopedCredentials", by=parent, DurationSeconds=seconds)
        assert (refused.code, refused.status) == ("InsufficientSessionLifetime", 400)


def test_expired_session_cannot_be_scoped(desk: Desk) -> None:
    parent = app(desk)
    desk.sim.advance(3600)
    assert desk.refusal("GetScopedCredentials", by=parent, DurationSeconds=60).code == "ExpiredToken"


# the answer


def test_answer_has_awss_members(desk: Desk) -> None:
    tags = [{"Key": "team", "Value": "web"}]
    parent = desk.assume("App", SourceIdentity="alice", Tags=tags, TransitiveTagKeys=["team"])
    answer = scope(desk, desk.key(parent), Policy=READ)
    user = parent["AssumedRoleUser"]
    assert answer["SessionInfo"] == {"ScopedSessionId": user["AssumedRoleId"], "Arn": user["Arn"]}
    assert answer["SourceIdentity"] == "alice"
    assert answer["ScopedPoliciesCount"] == 1
    assert answer["SessionTokenSize"] == len(answer["Credentials"]["SessionToken"])
    assert set(answer) == {
        "Credentials", "SessionInfo", "SourceIdentity", "ScopedPoliciesCount", "SessionTokenSize",
        "SessionTokenUtilization",
    }  # fmt: skip
    session = desk.session(answer)
    assert dict(session.tags) == {"team": "web"}
    assert session.transitive_tag_keys == ("team",)


@pytest.mark.parametrize("kind", ["role", "user", "federated"])
def test_caller_identity_is_that_of_the_calling_session(desk: Desk, kind: str) -> None:
    parent = of_kind(desk, kind)
    child = desk.key(scope(desk, parent, Policy=READ))
    assert desk.call("GetCallerIdentity", by=child) == desk.call("GetCallerIdentity", by=parent)


# layers


def test_every_policy_is_a_layer_and_a_duration_alone_adds_none(desk: Desk) -> None:
    key, counts = app(desk), []
    for given in (
        {"DurationSeconds": 900},
        {"Policy": EVERYTHING},
        {"DurationSeconds": 800},
        {"Policy": READ},
    ):
        answer = scope(desk, key, **given)
        key = desk.key(answer)
        counts.append(answer["ScopedPoliciesCount"])
    assert counts == [0, 1, 1, 2]
    assert desk.may("s3:GetObject", OBJECT, by=key)
    assert not desk.may("s3:PutObject", OBJECT, by=key)


def test_fourth_policy_is_denied_but_a_shorter_duration_is_not(desk: Desk) -> None:
    key = app(desk)
    for _ in range(3):
        key = desk.key(scope(desk, key, Policy=EVERYTHING))
    assert desk.denied("GetScopedCredentials", by=key, Policy=EVERYTHING)
    assert scope(desk, key, DurationSeconds=60)["ScopedPoliciesCount"] == 3


def test_session_policies_of_assume_role_do_not_count(desk: Desk) -> None:
    parent = app(desk, Policy=policy(allow(["s3:*", "sts:*"])))
    answer = scope(desk, parent, Policy=EVERYTHING)
    assert answer["ScopedPoliciesCount"] == 1
    assert not desk.may("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{MAIN}:q", by=desk.key(answer))


def test_scope_down_policy_must_allow_scoping_again(desk: Desk) -> None:
    closed = desk.key(scope(desk, app(desk), Policy=READ))
    assert desk.denied("GetScopedCredentials", by=closed, DurationSeconds=60)
    open_ = desk.key(scope(desk, app(desk), Policy=READ_AND_SCOPE))
    assert "Credentials" in scope(desk, open_, DurationSeconds=60)


def test_denial_and_explanation_name_the_layers(desk: Desk) -> None:
    first = desk.key(scope(desk, app(desk), Policy=EVERYTHING))
    second = desk.key(scope(desk, first, Policy=READ))
    refused = desk.refusal("GetScopedCredentials", by=second, DurationSeconds=60)
    assert "because no scope-down policy allows" in refused.message
    assert not desk.may("s3:PutObject", OBJECT, by=second)
    explanation = desk.sim.explain(desk.sim.events[-1])
    assert explanation is not None
    named = [layer.name for layer in explanation.layers if "scope-down" in layer.name]
    assert named == ["scope-down policy, level 1", "scope-down policy, level 2"]


def test_resource_policy_that_names_the_session_is_limited_unless_the_setting_says_otherwise() -> None:
    model = deepcopy(MODEL)
    session_arn = f"arn:aws:sts::{MAIN}:assumed-role/Pathed/demo"
    statement = {**allow("s3:*"), "Principal": {"AWS": session_arn}}
    model["Accounts"][0]["Resources"] = [{"Arn": "arn:aws:s3:::data", "Policy": policy(statement)}]
    for strict in (True, False):
        settings = {"ScopeDownPoliciesAreStrict": strict, "GetScopedCredentialsNeedsPermission": False}
        desk = Desk(model=model, settings=settings)
        parent = desk.key(desk.assume(f"arn:aws:iam::{MAIN}:role/team/Pathed"))
        child = desk.key(scope(desk, parent, Policy=READ))
        assert desk.may("s3:PutObject", OBJECT, by=child) is not strict


# keys of later requests


def test_issue_time_is_that_of_the_calling_session_unless_the_setting_says_otherwise() -> None:
    for own in (False, True):
        desk = Desk(settings={"ScopedSessionsHaveOwnIssueTime": own})
        parent = desk.assume("App")
        desk.sim.advance(60)
        child = desk.session(scope(desk, desk.key(parent), Policy=READ))
        assert child.issued_at == desk.now
        assert child.dated_at == (desk.now if own else desk.session(parent).issued_at)


def test_mfa_tags_and_user_id_are_those_of_the_calling_session(desk: Desk) -> None:
    parent = desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code())
    child = desk.key(scope(desk, desk.key(parent), Policy=EVERYTHING))
    assert "Credentials" in desk.assume("Mfa", by=child)
    assert desk.call("iam:GetUser", by=child, UserName="alice"), "IAM accepts GetSessionToken with MFA"
    without = desk.key(scope(desk, desk.key(desk.call("GetSessionToken")), Policy=EVERYTHING))
    refused = desk.refusal("iam:GetUser", by=without, UserName="alice")
    assert refused.code == "InvalidClientTokenId"


def test_federated_copy_still_cannot_call_iam(desk: Desk) -> None:
    child = desk.key(scope(desk, of_kind(desk, "federated"), Policy=EVERYTHING))
    assert desk.refusal("iam:GetUser", by=child, UserName="alice").code == "InvalidClientTokenId"


def test_next_role_has_none_of_the_layers_but_the_tags_and_one_hour(desk: Desk) -> None:
    tags = [{"Key": "Heart", "Value": "1"}]
    parent = app(desk, Tags=tags, TransitiveTagKeys=["Heart"], SourceIdentity="alice")
    only = policy(allow(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]))
    child = desk.key(scope(desk, parent, Policy=only))
    hop = desk.session(desk.assume("Deep", by=child))
    assert hop.scope_down_policies == ()
    assert (dict(hop.tags), hop.source_identity, hop.is_chained) == ({"Heart": "1"}, "alice", True)
    closed = desk.key(scope(desk, parent, Policy=READ))
    assert desk.denied("AssumeRole", by=closed, RoleArn=role_arn("Deep"), RoleSessionName="ab")


# states and revocation


def test_revoking_the_role_ends_parent_and_copy_alike(desk: Desk) -> None:
    parent = desk.assume("App")
    desk.sim.advance(60)
    child = scope(desk, desk.key(parent), Policy=READ)
    cutoff = (desk.now - timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    dated = policy({**deny, "Condition": {"DateLessThan": {"aws:TokenIssueTime": cutoff}}})
    desk.sim.call("iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "cut", "PolicyDocument": dated})
    states = [state_of(desk.session(one), desk.sim.world) for one in (parent, child)]
    assert states == [SessionState.REVOKED, SessionState.REVOKED]
    assert not desk.may("s3:GetObject", OBJECT, by=desk.key(child))


def test_copy_is_orphaned_with_its_role(desk: Desk) -> None:
    child = scope(desk, app(desk), Policy=READ)
    desk.sim.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "work"})
    desk.sim.call("iam:DeleteRole", {"RoleName": "App"})
    assert state_of(desk.session(child), desk.sim.world) is SessionState.ORPHANED


def test_copy_of_a_users_session_dies_with_the_key_where_the_setting_says_so() -> None:
    desk = Desk(settings={"SessionsDieWithAccessKey": True})
    child = desk.key(scope(desk, desk.key(desk.call("GetSessionToken")), Policy=READ))
    key = desk.sim.access_key(user_arn("alice"))
    desk.sim.call("iam:UpdateAccessKey", {"UserName": "alice", "AccessKeyId": key, "Status": "Inactive"})
    assert desk.refusal("GetCallerIdentity", by=child).code == "InvalidClientTokenId"


def test_scoped_session_is_the_same_after_a_resume(tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    model.write_text(json.dumps(MODEL), encoding="utf-8")
    sim = Simulation.open(model, seed=7)
    _, store = begin_at(tmp_path / "one.journal", sim, [model])
    alice = sim.resolve("alice")
    role = {"RoleArn": role_arn("App"), "RoleSessionName": "demo"}
    parent = sim.call("sts:AssumeRole", role, caller=alice)["Credentials"]["AccessKeyId"]
    scoped = sim.call("sts:GetScopedCredentials", {"Policy": READ}, caller=parent)
    key = scoped["Credentials"]["AccessKeyId"]
    store.close()
    found, store = resume_from(tmp_path / "one.journal")
    store.close()
    before, after = sim.world.sessions[key], found.sim.world.sessions[key]
    assert [policy.document for policy in after.scope_down_policies] == [READ]
    assert (after.dated_at, after.first_operation) == (before.dated_at, "AssumeRole")
    with pytest.raises(AwsError):
        found.sim.request("s3:PutObject", OBJECT, caller=key)


# names and the list of sessions


def test_name_still_means_the_calling_session_and_a_label_the_copy(desk: Desk) -> None:
    parent = app(desk)
    scope(desk, parent, Policy=READ)
    labeled = desk.sim.call(
        "sts:GetScopedCredentials", {"Policy": READ}, caller=parent, session_label="agent"
    )
    assert desk.sim.resolve("demo@App").access_key_id == parent
    assert desk.sim.resolve(f"arn:aws:sts::{MAIN}:assumed-role/App/demo").access_key_id == parent
    assert desk.sim.resolve("agent@App").access_key_id == desk.key(labeled)


def test_copy_is_a_child_of_the_calling_session_and_no_hop_of_a_chain(desk: Desk) -> None:
    child = desk.key(scope(desk, app(desk), Policy=EVERYTHING, DurationSeconds=600))
    desk.assume("Deep", by=child, session="next")
    rows = [(row.label, row.depth, row.via) for row in session_rows(desk.sim)]
    assert rows == [
        ("demo@App", 0, "AssumeRole"),
        ("demo@App", 1, "scoped 1/3"),
        ("next@Deep", 2, "chain 2/2"),
    ]
    assert session_rows(desk.sim)[1].session_policy == "scope-down 1"
