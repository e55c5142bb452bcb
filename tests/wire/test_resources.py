"""Which actions and resources a request of a real client asks for."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.endpoint.boto import session
from sts_tui.simulation import Simulation
from sts_tui.wire.authorization.templates import arns_of, texts
from tests.accounts.every_part import PROD
from tests.endpoint.conftest import model

REGIONAL = f"us-east-1:{PROD}"


@pytest.mark.parametrize(
    ("service", "method", "params", "wanted"),
    [
        ("s3", "list_objects_v2", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
        (
            "s3", "copy_object", {"Bucket": "b", "Key": "k", "CopySource": "c/x y"},
            [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:GetObject", "arn:aws:s3:::c/x y")],
        ),
        (
            "dynamodb", "batch_get_item", {"RequestItems": {"t": {"Keys": [{"id": {"S": "1"}}]}}},
            [("dynamodb:BatchGetItem", f"arn:aws:dynamodb:{REGIONAL}:table/t")],
        ),
        (
            "sqs", "send_message", {"QueueUrl": "https://sqs/999999999999/q", "MessageBody": "x"},
            [("sqs:SendMessage", "arn:aws:sqs:us-east-1:999999999999:q")],
        ),
        (
            "secretsmanager", "get_secret_value", {"SecretId": "db"},
            [("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGIONAL}:secret:db-??????")],
        ),
        (
            "ssm", "get_parameter", {"Name": "/a/b"},
            [("ssm:GetParameter", f"arn:aws:ssm:{REGIONAL}:parameter/a/b")],
        ),
        (
            "ecs", "run_task", {"taskDefinition": "web:3"},
            [("ecs:RunTask", f"arn:aws:ecs:{REGIONAL}:task-definition/web:3")],
        ),
        (
            "lambda", "create_function",
            {"FunctionName": "f", "Role": f"arn:aws:iam::{PROD}:role/App", "Code": {"ZipFile": b"1"}},
            [
                ("lambda:CreateFunction", f"arn:aws:lambda:{REGIONAL}:function:f"),
                ("iam:PassRole", f"arn:aws:iam::{PROD}:role/App"),
            ],
        ),
        ("apigateway", "get_rest_apis", {}, [("apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis")]),
    ],
)  # fmt: skip
def test_actions_and_resources_follow_from_the_request(
    monkeypatch: pytest.MonkeyPatch, service: str, method: str, params: dict[str, Any], wanted: list[Any]
) -> None:
    sim, asked = Simulation.open(model()), list[Any]()
    real = sim.request

    def request(pairs: Any, *more: Any, **named: Any) -> Any:
        asked.extend((action, resource) for action, resource, _ in pairs)
        return real(pairs, *more, **named)

    monkeypatch.setattr(sim, "request", request)
    getattr(session(sim, "alice", soft=True).client(service), method)(**params)
    assert asked == wanted


def test_a_template_without_its_member_gives_no_arn() -> None:
    assert arns_of("arn:aws:x:::{Name}", {}, lambda name: []) == []
    assert arns_of("arn:aws:x:::{Name}", {}, lambda name: [], absent="*") == ["arn:aws:x:::*"]


def test_a_member_that_is_an_arn_is_the_resource() -> None:
    members = {"Name": "arn:aws:sns:us-east-1:1:t"}
    assert arns_of("arn:aws:sns:::{Name}", members, lambda name: []) == ["arn:aws:sns:us-east-1:1:t"]


def test_paths_go_through_lists_and_maps() -> None:
    members = {"A": [{"B": "x"}, {"B": "y"}, {}], "M": {"k": 1}}
    assert texts("A[].B", members) == ["x", "y"]
    assert texts("A[].B|z", members) == ["x", "y", "z"]
    assert texts("M.keys()", members) == ["k"]
