"""The editor's text becomes the calls that write a policy, and these write exactly that text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.identities import operator_identity
from sts_tui.simulation.views.function_policy_calls import NotWritableError, function_policy_calls
from sts_tui.simulation.views.policy_calls import why_not_writable, writing_call
from sts_tui.simulation.views.rows import PolicyRow
from tests.accounts.policies import MAIN, OTHER, policy

HERE = f"us-east-1:{MAIN}"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:db-a1b2c3"
FUNCTION = f"arn:aws:lambda:{HERE}:function:resize"


def statement(action: str, sid: str = "Partner", **more: Any) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"},
        "Action": action,
    } | more


def opened(arn: str, action: str) -> Simulation:
    resource = {} if ":ecr:" in arn else {"Resource": arn}
    stored = policy(statement(action, **resource))
    return Simulation.open({"Accounts": [{"AccountId": MAIN, "Resources": [{"Arn": arn, "Policy": stored}]}]})


def row_of(sim: Simulation, arn: str) -> PolicyRow:
    stored = sim.world.configuration.resources[arn].policy
    assert stored is not None
    return PolicyRow(
        name="resource policy",
        kind="resource policy",
        holder=arn,
        attached_at=arn,
        text=json.dumps(stored.document),
        arn=None,
    )


@pytest.mark.parametrize(
    ("arn", "action", "operation"),
    [
        (f"arn:aws:sqs:{HERE}:orders", "sqs:SendMessage", "sqs:SetQueueAttributes"),
        (f"arn:aws:sqs:eu-west-1:{MAIN}:orders", "sqs:SendMessage", "sqs:SetQueueAttributes"),
        (f"arn:aws:sns:{HERE}:news", "sns:Publish", "sns:SetTopicAttributes"),
        (SECRET, "secretsmanager:GetSecretValue", "secretsmanager:PutResourcePolicy"),
        (f"arn:aws:ecr:{HERE}:repository/team/app", "ecr:BatchGetImage", "ecr:SetRepositoryPolicy"),
        (FUNCTION, "lambda:InvokeFunction", "lambda:RemovePermission"),
    ],
)  # fmt: skip
def test_the_calls_write_the_text(arn: str, action: str, operation: str) -> None:
    sim = opened(arn, action)
    row = row_of(sim, arn)
    edited = json.loads(row.text)
    edited["Statement"][0]["Principal"] = {"AWS": f"arn:aws:iam::{MAIN}:root"}
    call = writing_call(row, json.dumps(edited), sim.world.configuration)
    assert call is not None
    assert call.action == operation
    assert call.account == MAIN
    for number, (name, params) in enumerate(call.calls):
        sim.call(name, params, caller=operator_identity(call.account), joins=number > 0)
    assert json.loads(row_of(sim, arn).text)["Statement"] == edited["Statement"]
    sim.undo()
    assert row_of(sim, arn).text == row.text, "one undo reverts all calls of an edit"


def test_a_repository_of_another_region_says_which_command_writes_it() -> None:
    arn = f"arn:aws:ecr:eu-west-1:{MAIN}:repository/app"
    sim = opened(arn, "ecr:BatchGetImage")
    row = row_of(sim, arn)
    assert writing_call(row, row.text, sim.world.configuration) is None
    assert "set-repository-policy --region" in why_not_writable(row)


def test_a_function_is_written_statement_by_statement() -> None:
    kept, gone, new = (statement("lambda:InvokeFunction", sid, Resource=FUNCTION) for sid in ("A", "B", "C"))
    calls = function_policy_calls(FUNCTION, json.dumps(policy(kept, gone)), json.dumps(policy(kept, new)))
    assert [(action, params["StatementId"]) for action, params in calls] == [
        ("lambda:RemovePermission", "B"),
        ("lambda:AddPermission", "C"),
    ]
    assert function_policy_calls(FUNCTION, json.dumps(policy(kept)), json.dumps(policy(kept))) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Effect": "Deny"}, "Effect Allow only"),
        ({"Action": ["lambda:InvokeFunction"]}, "one action"),
        ({"Principal": {"AWS": ["111122223333", "444455556666"]}}, "one service, account or ARN"),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}, "aws:PrincipalTag/team"),
        ({"Resource": "*"}, "function itself"),
        ({"NotAction": "lambda:*"}, "NotAction"),
        ({"Sid": 7}, "needs a Sid"),
    ],
)
def test_what_no_call_of_lambda_writes_is_named(change: dict[str, Any], said: str) -> None:
    after = policy(statement("lambda:InvokeFunction", Resource=FUNCTION) | change)
    with pytest.raises(NotWritableError, match=said):
        function_policy_calls(FUNCTION, "", json.dumps(after))


def test_conditions_become_parameters() -> None:
    condition = {
        "StringEquals": {"AWS:SourceAccount": MAIN},
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
    }
    after = policy(
        statement("lambda:InvokeFunction", Principal={"Service": "s3.amazonaws.com"}, Condition=condition)
    )
    ((_, params),) = function_policy_calls(FUNCTION, "", json.dumps(after))
    assert params["SourceAccount"] == MAIN
    assert params["InvokedViaFunctionUrl"] is True
    assert params["Principal"] == "s3.amazonaws.com"
