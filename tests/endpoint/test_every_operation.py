"""Operations of botocore's models: each is recognized from what botocore sends, and each answer can be read.

Here: some of each common service; with `-m long` every operation of every service (two minutes).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from sts_tui.endpoint.boto import session
from sts_tui.simulation import Simulation
from sts_tui.wire.gateway import Exchange
from sts_tui.wire.service_tables import service
from tests.endpoint.operations_of_botocore import least_parameters, operations
from tests.support.representative import representative

COMMON = (
    "s3", "sts", "iam", "kms", "dynamodb", "lambda", "ec2", "sqs", "sns", "secretsmanager", "ssm", "ecs",
    "ecr", "eks", "cloudformation", "cloudwatch", "logs", "events", "stepfunctions", "apigateway", "rds",
    "elasticache", "glue", "athena", "kinesis", "firehose", "organizations", "cloudtrail", "config",
    "codebuild",
)  # fmt: skip
QUICK = ("s3", "sts", "dynamodb", "lambda", "ec2", "sqs", "cloudwatch")
"""One or two of each protocol: REST with XML, query, JSON, REST with JSON, EC2's query, CBOR."""
SUPERSEDED = {
    ("s3", "GetBucketLifecycle"), ("s3", "PutBucketLifecycle"), ("s3", "GetBucketNotification"),
    ("s3", "PutBucketNotification"),
}  # fmt: skip
"""Deprecated, and the same on the wire as another operation."""
INDISTINCT = SUPERSEDED | {
    ("s3", "ListDirectoryBuckets"), ("cloudsearchdomain", "Search"), ("cloudsearchdomain", "UploadDocuments"),
    ("lexv2-models", "ListImports"),
}  # fmt: skip
"""ListBuckets at another host, queries in a body of no known type, and two operations at one path."""
UNSIGNED_AS_TODAY = {"importexport", "sdb"}
"""They sign with version 2 of the query protocols, which no other service has."""


def called(sim: Simulation, name: str, every: int) -> Counter[str]:
    """How the calls of a service went: `ok`, or what was wrong with which."""
    heard: list[Exchange] = []
    made = session(sim, "operator", report=heard.append)
    went: Counter[str] = Counter()
    for number, (client, method, model) in enumerate(operations(made, name)):
        if number % every or (name, model.name) in INDISTINCT:
            continue
        heard.clear()
        problem = _call(client, method, least_parameters(model))
        if not heard:
            continue  # botocore itself refused the parameters
        recognized = heard[-1].operation.partition(":")[2]
        if recognized != model.name:
            went[f"{name} {model.name} was taken for {recognized or heard[0].code}"] += 1
        elif heard[-1].code == "InternalFailure" or problem:
            went[f"{name} {model.name}: {problem or heard[0].message}"] += 1
        else:
            went["ok"] += 1
    return went


def _call(client: Any, method: str, params: dict[str, Any]) -> str:
    try:
        getattr(client, method)(**params)
    except ClientError:
        return ""
    except Exception as error:  # the answer could not be read
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("name", representative(COMMON, *QUICK))
def test_operations_of_common_services_are_recognized_and_their_answers_read(
    sim: Simulation, name: str
) -> None:
    went = called(sim, name, every=1 if name in ("sqs", "sns") else 12)
    assert set(went) == {"ok"}


@pytest.mark.parametrize("name", COMMON)
def test_every_operation_of_a_common_service_has_a_row(name: str) -> None:
    known = Loader().load_service_model(name, "service-2")["operations"]
    missing = {one for one in known if one not in service(name).operations and (name, one) not in SUPERSEDED}
    assert missing == set()


@pytest.mark.long
def test_every_operation_of_every_service(sim: Simulation) -> None:
    went: Counter[str] = Counter()
    for name in set(Loader().list_available_services("service-2")) - UNSIGNED_AS_TODAY:
        went += called(sim, name, every=1)
    assert {what: count for what, count in went.items() if what != "ok"} == {}
    assert went["ok"] > 15_000
