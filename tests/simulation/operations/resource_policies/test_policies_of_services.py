"""Resource policies of Secrets Manager, SQS, SNS, Lambda and ECR: what each answers and refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from tests.accounts.entities import user
from tests.accounts.policies import MAIN, OTHER, allows

HERE = f"us-east-1:{MAIN}"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:db/main-AbC123"
QUEUE, TOPIC = f"arn:aws:sqs:{HERE}:orders", f"arn:aws:sns:{HERE}:news"
FUNCTION, REPOSITORY = f"arn:aws:lambda:{HERE}:function:resize", f"arn:aws:ecr:{HERE}:repository/web"
URL = f"https://sqs.us-east-1.amazonaws.com/{MAIN}/orders"
GUEST = f"arn:aws:iam::{OTHER}:user/guest"


@pytest.fixture
def sim() -> Simulation:
    every = allows(["secretsmanager:*", "sqs:*", "sns:*", "lambda:*", "ecr:*"])
    resources = [{"Arn": arn} for arn in (SECRET, QUEUE, TOPIC, FUNCTION, REPOSITORY)]
    here = {
        "AccountId": MAIN,
        "UserDetailList": [user("ana", ("all", every)), user("ben")],
        "Resources": resources,
    }
    return Simulation.open(
        {"Accounts": [here, {"AccountId": OTHER, "UserDetailList": [user("guest", ("all", every))]}]}
    )


def statement(action: str, resource: str | None = "*", principal: Any = GUEST, **more: Any) -> dict[str, Any]:
    one = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, **more}
    if resource is not None:
        one["Resource"] = resource
    return {"Version": "2012-10-17", "Statement": [one]}


def refused(
    sim: Simulation, operation: str, params: dict[str, Any], caller: str = "ana"
) -> tuple[str, int, str]:
    with pytest.raises(AwsError) as error:
        sim.call(operation, params, caller=caller)
    return error.value.code, error.value.status, error.value.message


def may(sim: Simulation, action: str, resource: str, caller: str = "guest") -> bool:
    try:
        sim.request(action, resource, caller=caller)
    except AwsError:
        return False
    return True


EACH = [
    pytest.param(
        "secretsmanager:GetSecretValue",
        SECRET,
        (
            "secretsmanager:PutResourcePolicy",
            {"SecretId": "db/main", "ResourcePolicy": json.dumps(statement("secretsmanager:GetSecretValue"))},
        ),
        ("secretsmanager:DeleteResourcePolicy", {"SecretId": SECRET}),
        id="secret",
    ),
    pytest.param(
        "sqs:SendMessage",
        QUEUE,
        (
            "sqs:SetQueueAttributes",
            {"QueueUrl": URL, "Attributes": {"Policy": json.dumps(statement("sqs:SendMessage", QUEUE))}},
        ),
        ("sqs:SetQueueAttributes", {"QueueUrl": URL, "Attributes": {"Policy": ""}}),
        id="queue",
    ),
    pytest.param(
        "sqs:SendMessage",
        QUEUE,
        (
            "sqs:AddPermission",
            {"QueueUrl": URL, "Label": "in", "AWSAccountIds": [OTHER], "Actions": ["SendMessage"]},
        ),
        ("sqs:RemovePermission", {"QueueUrl": URL, "Label": "in"}),
        id="queue by label",
    ),
    pytest.param(
        "sns:Publish",
        TOPIC,
        (
            "sns:AddPermission",
            {"TopicArn": TOPIC, "Label": "in", "AWSAccountId": [OTHER], "ActionName": ["Publish"]},
        ),
        ("sns:RemovePermission", {"TopicArn": TOPIC, "Label": "in"}),
        id="topic by label",
    ),
    pytest.param(
        "lambda:InvokeFunction",
        FUNCTION,
        (
            "lambda:AddPermission",
            {
                "FunctionName": "resize",
                "StatementId": "in",
                "Action": "lambda:InvokeFunction",
                "Principal": OTHER,
            },
        ),
        ("lambda:RemovePermission", {"FunctionName": FUNCTION, "StatementId": "in"}),
        id="function",
    ),
    pytest.param(
        "ecr:BatchGetImage",
        REPOSITORY,
        (
            "ecr:SetRepositoryPolicy",
            {"repositoryName": "web", "policyText": json.dumps(statement("ecr:BatchGetImage", None))},
        ),
        ("ecr:DeleteRepositoryPolicy", {"repositoryName": "web"}),
        id="repository",
    ),
]


@pytest.mark.parametrize(("action", "resource", "write", "remove"), EACH)
def test_another_account_gets_in_by_the_policy_and_no_longer_without(
    sim: Simulation, action: str, resource: str, write: Any, remove: Any
) -> None:
    assert not may(sim, action, resource)
    sim.call(*write, caller="ana")
    assert may(sim, action, resource)
    sim.call(*remove, caller="ana")
    assert not may(sim, action, resource)
    sim.undo()
    assert may(sim, action, resource)


@pytest.mark.parametrize(("action", "resource", "write", "remove"), EACH)
def test_each_operation_asks_for_permission(
    sim: Simulation, action: str, resource: str, write: Any, remove: Any
) -> None:
    for operation, params in (write, remove):
        code, status, message = refused(sim, operation, params, caller="ben")
        assert code in ("AccessDenied", "AccessDeniedException", "AuthorizationError")
        assert status in (400, 403)
        assert operation in message or code == "AuthorizationError"


def test_policies_are_answered_as_text(sim: Simulation) -> None:
    text = json.dumps(statement("secretsmanager:GetSecretValue"))
    named = {"ARN": SECRET, "Name": "db/main"}
    assert sim.call("secretsmanager:GetResourcePolicy", {"SecretId": SECRET}) == named
    assert sim.call("secretsmanager:PutResourcePolicy", {"SecretId": SECRET, "ResourcePolicy": text}) == named
    answer = sim.call("secretsmanager:GetResourcePolicy", {"SecretId": "db/main"})
    assert json.loads(answer["ResourcePolicy"]) == json.loads(text)

    sim.call(
        "sns:SetTopicAttributes",
        {
            "TopicArn": TOPIC,
            "AttributeName": "Policy",
            "AttributeValue": json.dumps(statement("sns:Publish")),
        },
    )
    assert json.loads(sim.call("sns:GetTopicAttributes", {"TopicArn": TOPIC})["Attributes"]["Policy"])

    assert sim.call("sqs:GetQueueAttributes", {"QueueUrl": URL, "AttributeNames": ["Policy"]}) == {}
    both = sim.call("sqs:GetQueueAttributes", {"QueueUrl": URL, "AttributeNames": ["All"]})
    assert both == {"Attributes": {"QueueArn": QUEUE}}

    text = json.dumps(statement("ecr:BatchGetImage", None))
    whole = sim.call("ecr:SetRepositoryPolicy", {"repositoryName": "web", "policyText": text, "force": True})
    assert whole["registryId"] == MAIN
    assert sim.call("ecr:GetRepositoryPolicy", {"repositoryName": "web"}) == whole


def test_a_permission_of_a_function_has_the_conditions_that_were_given(sim: Simulation) -> None:
    given = {
        "FunctionName": "resize",
        "StatementId": "s3",
        "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
        "SourceArn": "arn:aws:s3:::in",
        "SourceAccount": MAIN,
    }
    added = json.loads(sim.call("lambda:AddPermission", given)["Statement"])
    assert added["Principal"] == {"Service": "s3.amazonaws.com"}
    assert added["Condition"] == {
        "StringEquals": {"AWS:SourceAccount": MAIN},
        "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::in"},
    }
    policy = sim.call("lambda:GetPolicy", {"FunctionName": "resize"})
    assert json.loads(policy["Policy"])["Statement"] == [added]
    stale = {"FunctionName": "resize", "StatementId": "s3", "RevisionId": "0" * 8}
    assert refused(sim, "lambda:RemovePermission", stale)[:2] == ("PreconditionFailedException", 412)
    sim.call("lambda:RemovePermission", {**stale, "RevisionId": policy["RevisionId"]})
    assert refused(sim, "lambda:GetPolicy", {"FunctionName": "resize"})[:2] == (
        "ResourceNotFoundException",
        404,
    )


@pytest.mark.parametrize(
    ("operation", "params", "code", "text"),
    [
        (
            "secretsmanager:GetResourcePolicy",
            {"SecretId": "none"},
            "ResourceNotFoundException",
            "can't find the specified secret",
        ),
        (
            "secretsmanager:PutResourcePolicy",
            {"SecretId": "db/main", "ResourcePolicy": "{"},
            "MalformedPolicyDocumentException",
            "syntax error",
        ),
        (
            "secretsmanager:PutResourcePolicy",
            {
                "SecretId": "db/main",
                "ResourcePolicy": json.dumps(
                    statement("secretsmanager:*", principal=f"arn:aws:iam::{MAIN}:user/none")
                ),
            },
            "MalformedPolicyDocumentException",
            "unsupported principal",
        ),
        (
            "secretsmanager:PutResourcePolicy",
            {
                "SecretId": "db/main",
                "ResourcePolicy": json.dumps(statement("secretsmanager:*", principal="*")),
                "BlockPublicPolicy": True,
            },
            "PublicPolicyException",
            "broad access",
        ),
        (
            "sqs:GetQueueAttributes",
            {"QueueUrl": f"{URL}x"},
            "AWS.SimpleQueueService.NonExistentQueue",
            "does not exist",
        ),
        ("sqs:GetQueueAttributes", {"QueueUrl": "orders"}, "InvalidAddress", "is not valid"),
        (
            "sqs:SetQueueAttributes",
            {"QueueUrl": URL, "Attributes": {"Policy": "{"}},
            "InvalidAttributeValue",
            "Policy",
        ),
        (
            "sqs:RemovePermission",
            {"QueueUrl": URL, "Label": "x"},
            "InvalidParameterValue",
            "can't find label",
        ),
        ("sns:GetTopicAttributes", {"TopicArn": f"{TOPIC}x"}, "NotFound", "Topic does not exist"),
        (
            "sns:SetTopicAttributes",
            {
                "TopicArn": TOPIC,
                "AttributeName": "Policy",
                "AttributeValue": json.dumps(statement("sqs:SendMessage")),
            },
            "InvalidParameter",
            "out of service scope",
        ),
        (
            "sns:SetTopicAttributes",
            {"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": "{"},
            "InvalidParameter",
            "Policy Error",
        ),
        (
            "lambda:GetPolicy",
            {"FunctionName": "none"},
            "ResourceNotFoundException",
            "Function not found: arn:aws:lambda:",
        ),
        (
            "lambda:GetPolicy",
            {"FunctionName": "resize"},
            "ResourceNotFoundException",
            "requested does not exist",
        ),
        (
            "lambda:RemovePermission",
            {"FunctionName": "resize", "StatementId": "x"},
            "ResourceNotFoundException",
            "Statement x",
        ),
        (
            "ecr:GetRepositoryPolicy",
            {"repositoryName": "none"},
            "RepositoryNotFoundException",
            "'none' does not exist",
        ),
        ("ecr:GetRepositoryPolicy", {"repositoryName": "web"}, "RepositoryPolicyNotFoundException", "'web'"),
        (
            "ecr:SetRepositoryPolicy",
            {"repositoryName": "web", "policyText": "{"},
            "InvalidParameterException",
            "PolicyText",
        ),
    ],
)
def test_each_service_refuses_in_its_own_words(
    sim: Simulation, operation: str, params: dict[str, Any], code: str, text: str
) -> None:
    found = refused(sim, operation, params)
    assert found[0] == code
    assert text in found[2]


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        (
            "sqs:AddPermission",
            {"QueueUrl": URL, "Label": "in", "AWSAccountIds": [OTHER], "Actions": ["*"]},
            "InvalidParameterValue",
        ),
        (
            "sns:AddPermission",
            {"TopicArn": TOPIC, "Label": "in", "AWSAccountId": [OTHER], "ActionName": ["Publish"]},
            "InvalidParameter",
        ),
        (
            "lambda:AddPermission",
            {"FunctionName": "resize", "StatementId": "in", "Action": "lambda:*", "Principal": OTHER},
            "ResourceConflictException",
        ),
    ],
)
def test_a_label_is_used_once(sim: Simulation, operation: str, params: dict[str, Any], code: str) -> None:
    sim.call(operation, params)
    assert refused(sim, operation, params)[0] == code


def test_only_the_owner_changes_the_policy_of_a_queue(sim: Simulation) -> None:
    whole = json.dumps(statement("sqs:*", QUEUE))
    sim.call("sqs:SetQueueAttributes", {"QueueUrl": URL, "Attributes": {"Policy": whole}})
    assert may(sim, "sqs:SendMessage", QUEUE)
    params = {"QueueUrl": URL, "Attributes": {"Policy": ""}}
    assert refused(sim, "sqs:SetQueueAttributes", params, caller="guest")[0] == "AccessDenied"


def test_a_repository_policy_that_locks_its_writer_out_needs_force(sim: Simulation) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "ecr:SetRepositoryPolicy"}
    params = {
        "repositoryName": "web",
        "policyText": json.dumps({"Version": "2012-10-17", "Statement": [deny]}),
    }
    assert refused(sim, "ecr:SetRepositoryPolicy", params)[0] == "InvalidParameterException"
    sim.call("ecr:SetRepositoryPolicy", {**params, "force": True}, caller="ana")
    assert refused(sim, "ecr:SetRepositoryPolicy", params)[0].startswith("AccessDenied")


GONE = {"AWS": f"arn:aws:iam::{MAIN}:user/nobody"}


@pytest.mark.parametrize(
    ("operation", "params", "code", "text"),
    [
        (
            "sqs:AddPermission",
            {"QueueUrl": URL, "Label": "l", "AWSAccountIds": ["999900001111"], "Actions": ["SendMessage"]},
            "",
            "",
        ),
        (
            "lambda:AddPermission",
            {
                "FunctionName": "resize",
                "StatementId": "s",
                "Action": "lambda:InvokeFunction",
                "Principal": GONE["AWS"],
            },
            "InvalidParameterValueException",
            "principal was invalid",
        ),
        (
            "sns:SetTopicAttributes",
            {
                "TopicArn": TOPIC,
                "AttributeName": "Policy",
                "AttributeValue": json.dumps(statement("sns:Publish", TOPIC, GONE["AWS"])),
            },
            "InvalidParameter",
            "PrincipalNotFound",
        ),
        (
            "sqs:SetQueueAttributes",
            {
                "QueueUrl": URL,
                "Attributes": {"Policy": json.dumps(statement("sqs:SendMessage", QUEUE, GONE["AWS"]))},
            },
            "InvalidAttributeValue",
            "Policy",
        ),
    ],
)
def test_a_principal_that_does_not_exist(
    sim: Simulation, operation: str, params: dict[str, Any], code: str, text: str
) -> None:
    """An account outside the files may exist; a user whom an account in the files lacks does not."""
    if not code:
        sim.call(operation, params, caller="ana")
        return
    found = refused(sim, operation, params)
    assert found[0] == code
    assert text in found[2]


def test_other_attributes_change_nothing_and_removed_labels_are_no_error(sim: Simulation) -> None:
    before = sim.world.configuration.resources
    sim.call("sqs:SetQueueAttributes", {"QueueUrl": URL, "Attributes": {"DelaySeconds": "5"}}, caller="ana")
    params = {"TopicArn": TOPIC, "AttributeName": "DisplayName", "AttributeValue": "News"}
    sim.call("sns:SetTopicAttributes", params, caller="ana")
    sim.call("sns:RemovePermission", {"TopicArn": TOPIC, "Label": "none"}, caller="ana")
    assert dict(sim.world.configuration.resources) == dict(before)


def test_everyone_may_be_the_principal_of_a_function(sim: Simulation) -> None:
    params = {
        "FunctionName": "resize",
        "StatementId": "all",
        "Action": "lambda:InvokeFunction",
        "Principal": "*",
    }
    sim.call("lambda:AddPermission", params, caller="ana")
    policy = json.loads(sim.call("lambda:GetPolicy", {"FunctionName": "resize"}, caller="ana")["Policy"])
    assert policy["Statement"][0]["Principal"] == "*"


def test_attributes_of_a_queue_are_answered_where_they_are_asked_for(sim: Simulation) -> None:
    whole = json.dumps(statement("sqs:SendMessage", QUEUE))
    sim.call("sqs:SetQueueAttributes", {"QueueUrl": URL, "Attributes": {"Policy": whole}}, caller="ana")

    def asked(*names: str) -> dict[str, str]:
        params = {"QueueUrl": URL, "AttributeNames": list(names)}
        answer = sim.call("sqs:GetQueueAttributes", params, caller="ana")
        found: dict[str, str] = answer.get("Attributes", {})
        return found

    assert asked().keys() == set()
    assert asked("QueueArn") == {"QueueArn": QUEUE}
    assert json.loads(asked("Policy")["Policy"]) == json.loads(whole)
    assert asked("All").keys() == {"QueueArn", "Policy"}


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("sqs:GetQueueAttributes", {"QueueUrl": URL, "AttributeNames": ["Policy", "Polcy"]}),
        ("sqs:SetQueueAttributes", {"QueueUrl": URL, "Attributes": {"Polcy": ""}}),
    ],
)
def test_an_attribute_that_no_queue_has_is_named(
    sim: Simulation, operation: str, params: dict[str, Any]
) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html"""
    assert refused(sim, operation, params) == ("InvalidAttributeName", 400, "Unknown Attribute Polcy.")


def test_a_permission_of_a_queue_has_seven_actions_at_most(sim: Simulation) -> None:
    actions = ["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"]
    actions += ["GetQueueAttributes", "GetQueueUrl", "PurgeQueue"]
    params = {"QueueUrl": URL, "Label": "in", "AWSAccountIds": [OTHER]}
    found = refused(sim, "sqs:AddPermission", {**params, "Actions": [*actions, "ListDeadLetterSourceQueues"]})
    assert found[::2] == ("OverLimit", "8 Actions were found, maximum allowed is 7.")
    assert sim.call("sqs:AddPermission", {**params, "Actions": actions}) == {}


def test_the_policy_of_a_function_has_a_bound(sim: Simulation) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 20 KB."""
    params = {"FunctionName": "resize", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}

    def add_many() -> None:
        for number in range(200):
            arn = f"arn:aws:s3:::{'b' * 60}{number}"
            sim.call("lambda:AddPermission", {**params, "StatementId": f"s{number}", "SourceArn": arn})

    with pytest.raises(AwsError, match=r"is bigger than the limit \(20480\)") as error:
        add_many()
    assert error.value.code == "PolicyLengthExceededException"
    policy_text = sim.call("lambda:GetPolicy", {"FunctionName": "resize"})["Policy"]
    assert 20_100 < len(policy_text) <= 20_480
