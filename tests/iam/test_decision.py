"""Decisions in words: AWS's reason, the statements, and the sentence that a caller receives."""

from __future__ import annotations

from typing import Any

import pytest

import sts_tui.iam
from sts_tui.iam import Caller, CallerKind, PolicyDocument, PolicyType, Provenance, denied_message
from tests.accounts.decisions import (
    ACCOUNT,
    EVERYTHING,
    FULL,
    OBJECT,
    ROLE,
    USER,
    ask,
    decide,
    role_session,
)
from tests.accounts.policies import OTHER, allow, deny, policy


def test_label_is_owner_policy_and_sid_or_position() -> None:
    assert Provenance(PolicyType.IDENTITY, "AppData", 0, "Read").label == "AppData#Read"
    assert Provenance(PolicyType.IDENTITY, "AWSRevokeOlderSessions", 0, None, "App").label == (
        "App/AWSRevokeOlderSessions#1"
    )


@pytest.mark.parametrize(
    ("policies", "reason"),
    [
        ({"identity": policy(deny())}, "with an explicit deny in an identity-based policy"),
        ({"boundary": policy(deny())}, "with an explicit deny in a permissions boundary"),
        ({"session": policy(deny())}, "with an explicit deny in a session policy"),
        ({"resource": policy(deny(Principal="*"))}, "with an explicit deny in a resource-based policy"),
        ({"scps": [[policy(deny())]]}, "with an explicit deny in a service control policy"),
        (
            {"rcps": [[policy(deny("s3:*", Principal="*"))]]},
            "with an explicit deny in a resource control policy",
        ),
        ({"endpoint": policy(deny())}, "with an explicit deny in a VPC endpoint policy"),
        ({}, "because no identity-based policy allows the s3:GetObject action"),
        (
            {"identity": FULL, "boundary": []},
            "because no permissions boundary allows the s3:GetObject action",
        ),
        ({"identity": FULL, "session": []}, "because no session policy allows the s3:GetObject action"),
        ({"scps": [[]]}, "because no service control policy allows the s3:GetObject action"),
        ({"endpoint": []}, "because no VPC endpoint policy allows the s3:GetObject action"),
        ({"identity": FULL}, ""),
        ({"identity": policy(allow("*", Condition={"Unheard": {"k": "x"}}))}, ""),
    ],
)
def test_reason_is_in_aws_words(policies: dict[str, Any], reason: str) -> None:
    found = decide(ask(caller=role_session()), **policies)
    assert found.aws_reason == reason
    assert found.reason.startswith(reason)


def test_reason_names_policy_type_and_statement() -> None:
    document = PolicyDocument(policy(EVERYTHING), "Admin", "ana")
    assert decide(identity=document).reason == "allowed by an identity-based policy: ana/Admin#1"


QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"
ASSUME = {"action": "sts:AssumeRole", "resource": ROLE}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"action": "sqs:SendMessage", "resource": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"},
            f"User: {USER} is not authorized to perform: sqs:SendMessage "
            f"on resource: arn:aws:sqs:eu-west-1:{ACCOUNT}:q "
            "because no identity-based policy allows the sqs:SendMessage action",
        ),
        (
            {"action": "ec2:DescribeInstances", "resource": "*"},
            f"User: {USER} is not authorized to perform: ec2:DescribeInstances "
            "because no identity-based policy allows the ec2:DescribeInstances action",
        ),
        (
            {"action": "ecr:GetAuthorizationToken", "resource": "*"},
            f"User: {USER} is not authorized to perform: ecr:GetAuthorizationToken on resource: * "
            "because no identity-based policy allows the ecr:GetAuthorizationToken action",
        ),
        (
            {"action": "iam:GetAccountSummary", "resource": "*"},
            f"User: {USER} is not authorized to perform: iam:GetAccountSummary on resource: * "
            "because no identity-based policy allows the iam:GetAccountSummary action",
        ),
        (ASSUME, f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"),
        (
            {"action": "sts:AssumeRoleWithSAML", "resource": ROLE, "principal": "accounts.google.com"},
            "Not authorized to perform sts:AssumeRoleWithSAML",
        ),
        (
            {"action": "sts:TagSession", "resource": ROLE, "principal": "accounts.google.com"},
            "Not authorized to perform sts:TagSession",
        ),
        (
            {"action": "s3:ListAllMyBuckets", "resource": "*"},
            f"User: {USER} is not authorized to perform: s3:ListAllMyBuckets "
            "because no identity-based policy allows the s3:ListAllMyBuckets action",
        ),
        (
            {},
            f'User: {USER} is not authorized to perform: s3:GetObject on resource: "{OBJECT}" '
            "because no identity-based policy allows the s3:GetObject action",
        ),
        ({"owner": OTHER}, "Access Denied"),
        ({"principal": None}, "Access Denied"),
        (
            {"owner": OTHER, "context": {"aws:PrincipalOrgID": "o-1", "aws:ResourceOrgID": "o-1"}},
            f'User: {USER} is not authorized to perform: s3:GetObject on resource: "{OBJECT}" '
            "because no resource-based policy allows the s3:GetObject action",
        ),
        (
            {"principal": None, "action": "sqs:SendMessage", "resource": "*"},
            "User: anonymous is not authorized to perform: sqs:SendMessage "
            "because no resource-based policy allows the sqs:SendMessage action",
        ),
    ],
)
def test_denied_caller_gets_the_message_that_aws_would_send(asked: dict[str, Any], message: str) -> None:
    request = ask(**asked)
    assert denied_message(request, decide(request)) == message


GUARD_ARN = f"arn:aws:iam::{ACCOUNT}:policy/Guard"
GUARD = PolicyDocument(policy(deny()), "Guard", arn=GUARD_ARN)
RCP_GUARD = PolicyDocument(policy(deny("sqs:*", Principal="*")), "Guard", arn=GUARD_ARN)


@pytest.mark.parametrize(
    ("policies", "told"),
    [
        ({"identity": GUARD}, f"with an explicit deny in an identity-based policy: {GUARD_ARN}"),
        ({"boundary": GUARD}, f"with an explicit deny in a permissions boundary: {GUARD_ARN}"),
        ({"session": GUARD}, f"with an explicit deny in a session policy: {GUARD_ARN}"),
        ({"scps": [[GUARD]]}, f"with an explicit deny in a service control policy: {GUARD_ARN}"),
        ({"rcps": [[RCP_GUARD]]}, f"with an explicit deny in a resource control policy: {GUARD_ARN}"),
        ({"endpoint": GUARD}, "with an explicit deny in a VPC endpoint policy"),
        ({"identity": policy(deny())}, "with an explicit deny in an identity-based policy"),
        # of several the first, in the order of the evaluation
        (
            {"identity": [GUARD, policy(deny())]},
            f"with an explicit deny in an identity-based policy: {GUARD_ARN}",
        ),
        ({"identity": [policy(deny()), GUARD]}, "with an explicit deny in an identity-based policy"),
        (
            {"identity": policy(deny()), "scps": [[GUARD]]},
            f"with an explicit deny in a service control policy: {GUARD_ARN}",
        ),
    ],
)
def test_denying_policy_is_named_by_its_arn_where_it_has_one(policies: dict[str, Any], told: str) -> None:
    request = ask(caller=role_session(), action="sqs:SendMessage", resource=QUEUE)
    assert denied_message(request, decide(request, **policies)).endswith(f"on resource: {QUEUE} {told}")


def test_denying_policy_is_named_to_nobody_outside_account_and_organization() -> None:
    there = {"action": "sqs:SendMessage", "resource": QUEUE.replace(ACCOUNT, OTHER), "owner": OTHER}
    outsider = ask(**there)
    assert denied_message(outsider, decide(outsider, identity=GUARD)).endswith("an identity-based policy")
    organization = {"aws:PrincipalOrgID": "o-1", "aws:ResourceOrgID": "o-1"}
    member = ask(**there, context=organization)
    assert denied_message(member, decide(member, identity=GUARD)).endswith(GUARD_ARN)


def test_missing_allow_names_no_policy() -> None:
    request = ask(action="sqs:SendMessage", resource=QUEUE)
    capped = PolicyDocument(policy(allow("s3:*")), "Ceiling", arn=GUARD_ARN)
    message = denied_message(request, decide(request, identity=policy(EVERYTHING), boundary=capped))
    assert message.endswith("because no permissions boundary allows the sqs:SendMessage action")


def test_limit_without_a_sentence_of_its_own_gives_the_ordinary_denial() -> None:
    bob = Caller(
        kind=CallerKind.FEDERATED_USER, arn=f"arn:aws:sts::{ACCOUNT}:federated-user/bob", account=ACCOUNT
    )
    request = ask(caller=bob, action="sts:GetAccessKeyInfo", resource="*")
    found = decide(request)
    told = f"User: {bob.arn} is not authorized to perform: sts:GetAccessKeyInfo"
    assert denied_message(request, found) == told
    assert found.aws_reason == ""
    assert "GetFederationToken" in found.reason


def test_what_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_this"):
        _ = sts_tui.iam.nothing_of_this


def test_an_allowed_request_has_no_denied_message() -> None:
    allowed = decide(identity=FULL)
    with pytest.raises(ValueError, match="s3:GetObject is allowed"):
        denied_message(ask(), allowed)
