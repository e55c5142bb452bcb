"""Each operation of thirty common services names its resource, or says why the request does not."""

from __future__ import annotations

import pytest

from sts_tui.wire.service_tables import service

COMMON = (
    *(
        "s3",
        "sts",
        "iam",
        "kms",
        "dynamodb",
        "lambda",
        "ec2",
        "sqs",
        "sns",
        "secretsmanager",
        "ssm",
        "ecs",
        "ecr",
    ),
    *("eks", "cloudformation", "cloudwatch", "logs", "events", "stepfunctions", "apigateway", "rds"),
    *(
        "elasticache",
        "glue",
        "athena",
        "kinesis",
        "firehose",
        "organizations",
        "cloudtrail",
        "config",
        "codebuild",
    ),
)


@pytest.mark.parametrize("name", COMMON)
def test_every_operation_names_its_resource_or_says_why_not(name: str) -> None:
    """Actions that the Service Authorization Reference does not have yet are `assumed`."""
    operations = service(name).operations
    silent = [
        operation
        for operation, row in operations.items()
        if any(template == "?" for _, template in row.do) and not row.unknown and not row.assumed
    ]
    assert silent == []
    reasons_for_nothing = [
        operation
        for operation, row in operations.items()
        if row.unknown and all(template != "?" for _, template in row.do)
    ]
    assert reasons_for_nothing == []


@pytest.mark.parametrize("name", COMMON)
def test_no_template_names_two_variables_by_one_member(name: str) -> None:
    for row in service(name).operations.values():
        for _, template in row.do:
            members = [part.split("}")[0] for part in template.split("{")[1:] if not part.startswith("$")]
            assert len(members) == len(set(members)), template
