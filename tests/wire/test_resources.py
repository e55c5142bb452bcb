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
        (
            "ec2", "authorize_security_group_ingress", {"GroupId": "sg-1", "CidrIp": "0.0.0.0/0"},
            [("ec2:AuthorizeSecurityGroupIngress", f"arn:aws:ec2:{REGIONAL}:security-group/sg-1")],
        ),
        (
            "ec2", "modify_instance_credit_specification",
            {"InstanceCreditSpecifications": [{"InstanceId": "i-1", "CpuCredits": "standard"}]},
            [("ec2:ModifyInstanceCreditSpecification", f"arn:aws:ec2:{REGIONAL}:instance/i-1")],
        ),
        (
            "cloudformation", "delete_stack", {"StackName": "web"},
            [("cloudformation:DeleteStack", f"arn:aws:cloudformation:{REGIONAL}:stack/web/*")],
        ),
        (
            "glue", "get_schema", {"SchemaId": {"RegistryName": "r", "SchemaName": "s"}},
            [
                ("glue:GetSchema", f"arn:aws:glue:{REGIONAL}:registry/r"),
                ("glue:GetSchema", f"arn:aws:glue:{REGIONAL}:schema/r/s"),
            ],
        ),
        (
            "lambda", "get_layer_version", {"LayerName": "l", "VersionNumber": 3},
            [("lambda:GetLayerVersion", f"arn:aws:lambda:{REGIONAL}:layer:l:3")],
        ),
        (
            "ssm", "get_connection_status", {"Target": "mi-0123456789abcdef0"},
            [("ssm:GetConnectionStatus", f"arn:aws:ssm:{REGIONAL}:managed-instance/mi-0123456789abcdef0")],
        ),
        (
            "codebuild", "batch_get_builds", {"ids": ["web:9a1b"]},
            [("codebuild:BatchGetBuilds", f"arn:aws:codebuild:{REGIONAL}:project/web")],
        ),
        (
            "athena", "get_database", {"CatalogName": "c", "DatabaseName": "d"},
            [("athena:GetDatabase", f"arn:aws:athena:{REGIONAL}:datacatalog/c")],
        ),
        (
            "config", "put_stored_query", {"StoredQuery": {"QueryName": "q"}},
            [("config:PutStoredQuery", f"arn:aws:config:{REGIONAL}:stored-query/q/*")],
        ),
        (
            "rds", "list_tags_for_resource", {"ResourceName": f"arn:aws:rds:{REGIONAL}:db:d"},
            [("rds:ListTagsForResource", f"arn:aws:rds:{REGIONAL}:db:d")],
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
        asked.extend((action, resource) for action, resource, *_ in pairs)
        return real(pairs, *more, **named)

    monkeypatch.setattr(sim, "request", request)
    getattr(session(sim, "alice", soft=True).client(service), method)(**params)
    assert asked == wanted


def test_a_template_without_its_member_gives_no_arn() -> None:
    assert arns_of("arn:aws:x:::{Name}", {}, lambda name: []) == []
    assert arns_of("arn:aws:x:::{Name}", {}, lambda name: [], absent="*") == ["arn:aws:x:::*"]


def test_a_template_does_not_repeat_the_start_of_an_id() -> None:
    assert arns_of("arn:aws:x:::root/o-*/r-{Id}", {"Id": "r-ab12"}, lambda name: []) == [
        "arn:aws:x:::root/o-*/r-ab12"
    ]


def test_the_first_member_that_was_sent_fills_an_alternative() -> None:
    assert texts("A.B,C|x", {"A": {"B": "b"}, "C": "c"}) == ["b"]
    assert texts("A.B,C|x", {"C": "c"}) == ["c"]
    assert texts("A.B,C|x", {}) == ["x"]


def test_a_member_that_is_an_arn_is_the_resource() -> None:
    members = {"Name": "arn:aws:sns:us-east-1:1:t"}
    assert arns_of("arn:aws:sns:::{Name}", members, lambda name: []) == ["arn:aws:sns:us-east-1:1:t"]


def test_paths_go_through_lists_and_maps() -> None:
    members = {"A": [{"B": "x"}, {"B": "y"}, {}], "M": {"k": 1}}
    assert texts("A[].B", members) == ["x", "y"]
    assert texts("A[].B|z", members) == ["x", "y", "z"]
    assert texts("M.keys()", members) == ["k"]
