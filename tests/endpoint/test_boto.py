"""boto3, unchanged, on a simulation without a socket."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sts_tui.account.json_value import Json
from sts_tui.endpoint.boto import patched, session
from sts_tui.simulation import Simulation
from sts_tui.simulation.events import RequestAnswered
from sts_tui.wire.gateway import Exchange
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow
from tests.accounts.policies import policy as document
from tests.endpoint.conftest import EXTERNAL, ROLE


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def as_role(sim: Simulation, role: str = ROLE, **more: Json) -> boto3.Session:
    issued = session(sim, "alice").client("sts").assume_role(RoleArn=role, RoleSessionName="job", **more)
    return session(sim, issued["Credentials"]["AccessKeyId"])


def last(sim: Simulation) -> RequestAnswered:
    return next(one for one in reversed(sim.events) if isinstance(one, RequestAnswered))


def test_the_caller_is_the_identity_that_was_named(sim: Simulation) -> None:
    assert (
        session(sim, "alice").client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{PROD}:user/alice"
    )


def test_a_roles_session_is_limited_to_the_role(sim: Simulation) -> None:
    s3 = as_role(sim).client("s3")
    s3.put_object(Bucket="data", Key="in.csv", Body=b"a,b")
    with pytest.raises(ClientError) as denied:
        s3.put_object(Bucket="own", Key="in.csv", Body=b"a,b")
    assert code_of(denied) == "AccessDenied"


def test_an_external_id_is_checked(sim: Simulation) -> None:
    with pytest.raises(ClientError) as denied:
        as_role(sim, EXTERNAL)
    assert code_of(denied) == "AccessDenied"
    as_role(sim, EXTERNAL, ExternalId="ticket-7")


def test_an_expired_session_is_refused_in_the_words_of_each_protocol(sim: Simulation) -> None:
    job = as_role(sim)
    sim.advance(3601)
    said = {}
    for name, call in {
        "s3": lambda: job.client("s3").list_objects_v2(Bucket="data"),
        "sts": lambda: job.client("sts").get_caller_identity(),
        "dynamodb": lambda: job.client("dynamodb").list_tables(),
        "lambda": lambda: job.client("lambda").list_functions(),
        "ec2": lambda: job.client("ec2").describe_instances(),
        "cloudwatch": lambda: job.client("cloudwatch").describe_alarms(),
    }.items():
        with pytest.raises(ClientError) as refused:
            call()
        said[name] = code_of(refused)
    assert said == {
        "s3": "ExpiredToken",
        "sts": "ExpiredToken",
        "dynamodb": "ExpiredTokenException",
        "lambda": "ExpiredTokenException",
        "ec2": "RequestExpired",
        "cloudwatch": "ExpiredTokenException",
    }


def test_a_revoked_session_is_denied_from_the_next_call_on(sim: Simulation) -> None:
    s3 = as_role(sim).client("s3")
    s3.get_object(Bucket="data", Key="in.csv")
    deny = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2027-01-01T00:00:00Z"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    sim.call(
        "iam:PutRolePolicy",
        {"RoleName": "App", "PolicyName": "AWSRevokeOlderSessions", "PolicyDocument": policy},
    )
    with pytest.raises(ClientError, match="explicit deny"):
        s3.get_object(Bucket="data", Key="in.csv")
    assert "AWSRevokeOlderSessions" in last(sim).decided_by


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_urls_hold_in_both_versions(sim: Simulation, version: str) -> None:
    with patched(sim):
        made = session(sim, "alice").client("s3", config=Config(signature_version=version))
        url = made.generate_presigned_url(
            "get_object", Params={"Bucket": "own", "Key": "a b/ü"}, ExpiresIn=60
        )
        assert fetched(url) == 200
        assert last(sim).resource == "arn:aws:s3:::own/a b/ü"
        assert fetched(url.replace("a%20b", "other")) == 403


def fetched(url: str) -> int:
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    response: Any = URLLib3Session().send(AWSRequest("GET", url).prepare())
    return int(response.status_code)


def test_every_session_of_the_process_can_be_sent_there(sim: Simulation) -> None:
    with patched(sim) as operator:
        plain = boto3.Session(operator.access_key_id, operator.secret_access_key, region_name="eu-west-1")
        issued = plain.client("sts").get_caller_identity()
    assert issued["Account"] == PROD


def test_expirations_are_in_the_clients_time(sim: Simulation) -> None:
    issued = session(sim, "alice").client("sts").assume_role(RoleArn=ROLE, RoleSessionName="job")
    left = issued["Credentials"]["Expiration"] - datetime.now(UTC)  # noqa: TID251 (a client's clock)
    assert abs(left - timedelta(hours=1)) < timedelta(seconds=5)


def test_a_stranger_is_refused_and_nothing_of_it_is_kept(sim: Simulation) -> None:
    heard: list[Exchange] = []
    made = session(sim, "alice", report=heard.append)
    stranger = made.client(
        "s3",
        aws_access_key_id="ASIAREALREALREALREAL",
        aws_secret_access_key="real",
        aws_session_token="realtoken",
    )
    with pytest.raises(ClientError) as refused:
        stranger.list_buckets()
    assert code_of(refused) == "InvalidAccessKeyId"
    assert not list(sim.events)
    assert heard[-1].event is None


@pytest.mark.parametrize("service", ["s3", "sts", "dynamodb", "lambda"])
def test_a_wrong_secret_is_a_wrong_signature(sim: Simulation, service: str) -> None:
    key = sim.access_key(f"arn:aws:iam::{PROD}:user/alice")
    made = session(sim, "alice").client(service, aws_access_key_id=key, aws_secret_access_key="wrong")
    calls = {"s3": "list_buckets", "sts": "get_caller_identity", "dynamodb": "list_tables"}
    with pytest.raises(ClientError) as refused:
        getattr(made, calls.get(service, "list_functions"))()
    assert code_of(refused) in ("SignatureDoesNotMatch", "InvalidSignatureException")


def test_a_large_upload_is_authorized_part_by_part(sim: Simulation) -> None:
    session(sim, "alice").client("s3").upload_fileobj(io.BytesIO(b"x" * 9_000_000), "own", "big")
    operations = {
        one.client.operation for one in sim.events if isinstance(one, RequestAnswered) and one.client
    }
    assert operations == {"s3:CreateMultipartUpload", "s3:UploadPart", "s3:CompleteMultipartUpload"}


def test_deletions_are_decided_key_by_key(sim: Simulation) -> None:
    policy = document(allow("s3:DeleteObject", "arn:aws:s3:::own/tmp/*"))
    sim.call("iam:PutUserPolicy", {"UserName": "bob", "PolicyName": "p", "PolicyDocument": policy})
    answer = (
        session(sim, "bob")
        .client("s3")
        .delete_objects(Bucket="own", Delete={"Objects": [{"Key": "tmp/a"}, {"Key": "keep"}]})
    )
    assert [one["Key"] for one in answer["Deleted"]] == ["tmp/a"]
    assert [(one["Key"], one["Code"]) for one in answer["Errors"]] == [("keep", "AccessDenied")]


def test_soft_mode_answers_success_and_records_the_denial(sim: Simulation) -> None:
    s3 = session(sim, "bob", soft=True).client("s3")
    s3.get_object(Bucket="own", Key="k")
    assert last(sim).verdict.is_denial
    issued = session(sim, "bob", soft=True).client("sts").assume_role(RoleArn=EXTERNAL, RoleSessionName="job")
    assert issued["Credentials"]["AccessKeyId"] in sim.world.sessions


def test_a_row_names_the_client_and_what_was_not_performed(sim: Simulation) -> None:
    session(sim, "alice").client("s3").head_object(Bucket="own", Key="k")
    client = last(sim).client
    assert client is not None
    assert client.client.startswith("boto3/")
    assert (client.operation, client.is_least_answer) == ("s3:HeadObject", True)
    assert last(sim).action == "s3:GetObject"


def test_performed_operations_change_the_model(sim: Simulation) -> None:
    iam = session(sim, "alice").client("iam")
    written = json.dumps(document(allow("sqs:*")))
    iam.put_role_policy(RoleName="App", PolicyName="more", PolicyDocument=written)
    read = iam.get_role_policy(RoleName="App", PolicyName="more")["PolicyDocument"]
    assert read["Statement"][0]["Action"] == "sqs:*"


def test_several_things_of_one_call_are_one_event(sim: Simulation) -> None:
    before = len(sim.events)
    session(sim, "operator").client("s3").copy_object(Bucket="own", Key="k", CopySource="data/in.csv")
    assert len(sim.events) == before + 1
