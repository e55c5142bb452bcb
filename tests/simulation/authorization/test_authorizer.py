"""What is remembered of a question is used only where the answer is the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import Outcome
from sts_tui.iam.patterns.partly_known import is_unknown
from sts_tui.simulation.authorization.authorizer import (
    GatheredPolicies,
    PreparedRequests,
    Question,
    endpoint_id,
    prepare,
    resource_owner,
)
from sts_tui.simulation.authorization.policies import boundary_document
from sts_tui.sts.identity import CallerIdentity, service_identity, session_identity, user_identity
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, OTHER, allow, deny, policy, role_arn, user_arn

DATA = "arn:aws:s3:::data/x"
NETWORK = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}


@pytest.fixture(scope="module")
def desk() -> Desk:
    """bob may read, but neither from one network nor with one tag, nor in Ireland, nor under a lock."""
    desk = Desk()
    document = policy(
        allow(["s3:GetObject", "sqs:SendMessage"]),
        deny("s3:*", Condition=NETWORK),
        deny("s3:*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        deny("s3:*", Condition={"StringEquals": {"aws:RequestTag/team": "red"}}),
        deny("s3:*", Condition={"Bool": {"s3:locked": "true"}}),
    )
    desk.call("iam:PutUserPolicy", UserName="bob", PolicyName="own", PolicyDocument=document)
    return desk


@cache
def bob(desk: Desk) -> CallerIdentity:
    return user_identity(desk.sim.world.in_force.users[user_arn("bob")])


def asked(desk: Desk, **changes: Any) -> Question:
    question = Question(
        edition=0, settings=desk.sim.world.settings, caller=bob(desk), action="s3:GetObject",
        resource=DATA, configuration=desk.sim.world.in_force,
    )  # fmt: skip
    return replace(question, **changes)


def outcome(desk: Desk, question: Question, remembered: GatheredPolicies) -> Outcome:
    return prepare(question, remembered).decide(desk.now).outcome


@pytest.mark.parametrize(
    "changes",
    [
        {"context": {"aws:SourceIp": "198.51.100.9"}},
        {"operation_context": {"aws:RequestTag/team": "red"}},
        {"operation_context": {"s3:locked": "true"}},
        {"operation_context": {"s3:Locked": "true"}},
        {"region": "eu-west-1"},
        {"action": "s3:PutObject"},
        {"resource_policy": WrittenPolicy(policy(deny("s3:*", DATA, Principal="*")))},
    ],
)
def test_a_question_that_differs_is_decided_on_its_own(desk: Desk, changes: Mapping[str, Any]) -> None:
    remembered = GatheredPolicies()
    plain, other = asked(desk), asked(desk, **changes)
    denied = [Outcome.EXPLICIT_DENY] if "action" not in changes else [Outcome.IMPLICIT_DENY]
    for question, expected in ((plain, [Outcome.ALLOWED]), (other, denied)) * 2:
        assert outcome(desk, question, remembered) in expected


def test_a_key_that_may_be_there_or_not_leaves_the_next_question_alone(desk: Desk) -> None:
    remembered = GatheredPolicies()
    assert outcome(desk, asked(desk, unknown=("s3:locked",)), remembered) is Outcome.UNDECIDED
    assert outcome(desk, asked(desk), remembered) is Outcome.ALLOWED
    assert outcome(desk, asked(desk, unknown=("s3:locked",)), remembered) is Outcome.UNDECIDED


def test_keys_of_the_operation_that_no_policy_names_share_one_decision(desk: Desk) -> None:
    remembered = GatheredPolicies()
    first, second = (
        prepare(asked(desk, operation_context={"s3:prefix": name}), remembered).decide(desk.now)
        for name in ("a", "b")
    )
    assert first is second


@pytest.mark.parametrize("what", ["configuration", "settings"])
def test_another_configuration_or_other_settings_are_looked_up_again(what: str) -> None:
    desk, remembered = Desk(), GatheredPolicies()
    before = prepare(asked(desk), remembered).gathered
    assert prepare(asked(desk), remembered).gathered is before
    whole = asked(desk)
    other = {what: replace(getattr(whole, what))}
    assert prepare(asked(desk, **other), remembered).gathered is not before


def test_workloads_are_prepared_once_for_each_configuration_and_settings() -> None:
    desk, context = Desk(), {"aws:SourceIp": "198.51.100.1"}
    refused: list[str] = []
    requests = PreparedRequests(4, lambda question: refused.append(question.action))
    caller = bob(desk)
    configuration, settings = desk.sim.world.in_force, desk.sim.world.settings

    def got(configuration: Any = configuration, settings: Any = settings) -> Any:
        return requests.get(configuration, settings, caller, "s3:GetObject", DATA, "us-east-1", context)

    first = got()
    assert got() is first
    assert refused == ["s3:GetObject"], "asked once whether AWS refuses it"
    assert got(settings=replace(settings)) is not first
    assert got(configuration=replace(configuration)).question.configuration is not configuration


@pytest.mark.parametrize(
    ("resource", "said", "owner"),
    [
        ("arn:aws:s3:::data/x", None, MAIN),  # its entry
        ("arn:aws:s3:::elsewhere/x", None, MAIN),  # the caller
        ("arn:aws:s3:::elsewhere/x", OTHER, OTHER),  # the request
        (f"arn:aws:sqs:us-east-1:{OTHER}:queue", None, OTHER),  # its ARN
        (f"arn:aws:sqs:us-east-1:{OTHER}:queue", MAIN, OTHER),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", OTHER, OTHER),  # AWS is not an account
    ],
)
def test_whose_a_resource_is(desk: Desk, resource: str, said: str | None, owner: str) -> None:
    assert resource_owner(asked(desk, resource=resource, resource_account=said)) == owner


@pytest.mark.parametrize("account", ["12345678901", "1234567890123", "12345678901x"])
def test_an_account_that_cannot_exist_is_not_the_caller_s(desk: Desk, account: str) -> None:
    question = asked(desk, resource="arn:aws:s3:::elsewhere/x", resource_account=account)
    assert prepare(question).request(desk.now).resource_account == "000000000000"


@pytest.mark.parametrize(
    ("context", "found"),
    [
        ({"AWS:SOURCEVPCE": "vpce-1"}, "vpce-1"),
        ({"aws:sourcevpc": "vpc-1", "aws:SourceVpce": "vpce-2"}, "vpce-2"),
        ({"aws:SourceVpce": ["vpce-1"]}, None),
        ({"aws:SourceVpc": "vpc-1"}, None),
        ({}, None),
    ],
)
def test_the_endpoint_of_a_request_is_found_in_any_case(context: Any, found: str | None) -> None:
    assert endpoint_id(context) == found


@pytest.mark.parametrize("key", ["aws:CurrentTime", "AWS:EPOCHTIME"])
def test_a_caller_that_says_the_time_is_believed(desk: Desk, key: str) -> None:
    said = "2030-01-01T00:00:00Z" if "Current" in key else "1893456000"
    prepared = prepare(asked(desk, context={key: said}))
    assert prepared.sets_the_clock
    values = {name.lower(): value for name, value in prepared.context(desk.now).values.items()}
    assert values[key.lower()] == said
    assert not prepare(asked(desk, context={"aws:SourceIp": "198.51.100.1"})).sets_the_clock


def test_keys_of_the_operation_and_of_the_credentials_come_together(desk: Desk) -> None:
    session = replace(desk.session(desk.assume("App")), context={"ec2:RoleDelivery": "2.0"})
    question = asked(desk, operation_context={"sts:ExternalId": "x", "ec2:RoleDelivery": "1.0"})
    values = prepare(replace(question, caller=session_identity(session))).context(desk.now).values
    assert (values["sts:ExternalId"], values["ec2:RoleDelivery"]) == ("x", "2.0"), "no request says otherwise"
    assert prepare(question).context(desk.now).values["ec2:RoleDelivery"] == "1.0"


@pytest.mark.parametrize(
    ("context", "unknown"),
    [
        ({"aws:UserAgent": "999988887777", "aws:SourceAccount": "999988887777"}, True),
        ({"AWS:sourceaccount": "999988887777", "aws:SourceIp": MAIN}, True),
        ({"aws:SourceAccount": MAIN, "aws:UserAgent": "999988887777"}, False),
        ({"aws:UserAgent": "999988887777"}, False),
    ],
)
def test_the_account_that_a_service_calls_for_may_be_outside(
    desk: Desk, context: dict[str, str], unknown: bool
) -> None:
    service = replace(asked(desk), caller=service_identity("sns.amazonaws.com"), context=context)
    assert is_unknown("aws:sourceorgid", prepare(service).request(desk.now).values) is unknown


@pytest.mark.parametrize(
    ("action", "resource", "outcome"),
    [
        ("kms:Decrypt", f"arn:aws:kms:us-east-1:{MAIN}:key/1", Outcome.UNDECIDED),  # a key has a policy
        ("KMS:Decrypt", f"arn:aws:kms:us-east-1:{MAIN}:key/1", Outcome.UNDECIDED),
        ("kms:Decrypt", f"arn:aws:kms:us-east-1:{MAIN}:alias/1", Outcome.IMPLICIT_DENY),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{MAIN}:key/1", Outcome.ALLOWED),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{MAIN}:queue", Outcome.ALLOWED),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:999988887777:queue", Outcome.UNDECIDED),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{OTHER}:queue", Outcome.IMPLICIT_DENY),
    ],
)
def test_a_key_and_what_is_outside_the_files_have_a_policy_that_nobody_knows(
    desk: Desk, action: str, resource: str, outcome: Outcome
) -> None:
    assert prepare(asked(desk, action=action, resource=resource)).decide(desk.now).outcome is outcome


def test_a_question_that_is_asked_again_has_its_decision(desk: Desk) -> None:
    remembered = GatheredPolicies()
    decisions = [prepare(asked(desk), remembered).decide(desk.now) for _ in range(2)]
    assert decisions[0] is decisions[1]
    tagged = asked(desk, operation_context={"s3:prefix": "a", "aws:RequestTag/other": "b"})
    assert prepare(tagged, remembered).decide(desk.now) is not decisions[0], "tags have names of their own"


def test_boundaries_of_users_and_roles_bind_them() -> None:
    desk = Desk()
    boundary = desk.call(
        "iam:CreatePolicy", PolicyName="Cap", PolicyDocument=policy(allow("sqs:*"))
    )["Policy"]["Arn"]  # fmt: skip
    for operation, name in (
        ("PutUserPermissionsBoundary", "UserName"),
        ("PutRolePermissionsBoundary", "RoleName"),
    ):
        who = "broker" if name == "UserName" else "App"
        desk.call(f"iam:{operation}", **{name: who, "PermissionsBoundary": boundary})
    world = desk.sim.world.in_force
    for arn in (user_arn("broker"), role_arn("App")):
        found = boundary_document(arn, world)
        assert found is not None
        assert found.arn == boundary
    assert boundary_document(user_arn("bob"), world) is None
    assert boundary_document(None, world) is None
    assert not desk.may("s3:GetObject", DATA, by="broker")


def test_prepared_requests_are_of_the_configuration_that_is_in_force() -> None:
    """A workload's next request after an edit must not be answered by the policies before it."""
    desk = Desk()
    caller = user_identity(
        desk.sim.world.configuration.users[user_arn("alice")], desk.sim.access_key(user_arn("alice"))
    )
    prepared, context = PreparedRequests(8, lambda _: None), {}
    settings = desk.sim.world.settings
    asked = (settings, caller, "s3:GetObject", "arn:aws:s3:::data/key", "us-east-1", context)
    before = desk.sim.world.configuration
    first = prepared.get(before, *asked)
    assert prepared.get(before, *asked) is first
    desk.sim.call(
        "iam:PutUserPolicy",
        {"UserName": "alice", "PolicyName": "none", "PolicyDocument": policy(deny())},
    )
    after = desk.sim.world.configuration
    assert prepared.get(after, *asked).question.configuration is after
