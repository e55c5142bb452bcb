"""Whatever bytes are sent, the gateway answers, and in a protocol of AWS."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.endpoint import cbor
from sts_tui.simulation import Simulation
from sts_tui.wire.gateway import Exchange, Gateway, Options, Time
from sts_tui.wire.messages import HttpRequest
from tests.endpoint.conftest import model
from tests.support.examples import examples

NOW = Time(now=datetime(2026, 1, 15, 9, tzinfo=UTC))
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIA{}/20260115/us-east-1/{}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00"
)
SERVICES = st.sampled_from(
    ["s3", "sts", "iam", "dynamodb", "lambda", "ec2", "monitoring", "sqs", "no-such", ""]
)
TEXT = st.text(max_size=40)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "content-type",
            "x-amz-target",
            "x-amz-content-sha256",
            "smithy-protocol",
            "content-encoding",
            "x-amz-security-token",
            "user-agent",
            "x-amz-copy-source",
            "x-amz-tagging",
            "expect",
            "date",
        ]
    ),  # fmt: skip
    st.one_of(
        TEXT,
        st.sampled_from(
            [
                "application/x-www-form-urlencoded",
                "application/json",
                "rpc-v2-cbor",
                "aws-chunked",
                "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                "DynamoDB_20120810.GetItem",
                "DynamoDB_20120810.Nope",
            ]
        ),  # fmt: skip
    ),
)
BODY = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"Action=AssumeRole&Version=2011-06-15",
            b"Action=AssumeRole&Tags.member.1.Key=a&Tags.member.x=b",
            b"{}",
            b"[]",
            b"{",
            b"5;x\r\nhello\r\n0\r\n\r\n",
            b"ffffffffff\r\n",
            b"<a><b/></a>",
            b"<!DOCTYPE x><x/>",
            b"Action=PutRolePolicy&RoleName=App&RoleName.1=x",
            b"\xa1aax",
            json.dumps({"Key": {"id": 1}}).encode(),
        ]
    ),  # fmt: skip
)
TARGET = st.one_of(
    st.builds(lambda text: "/" + text.encode("ascii", "ignore").decode(), TEXT),
    st.sampled_from(
        [
            "/",
            "/own/key",
            "/own?list-type=2",
            "/own?delete",
            "/service/GraniteServiceVersion20100801/operation/X",
            "/%ff%00",
            "/own/%E2%28",
            "/2015-03-31/functions/f/invocations",
            "/?Action=GetCallerIdentity",
            "/own/k?X-Amz-Signature=1&X-Amz-Credential=a/b/c/s3/aws4_request&X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Date=20260115T090000Z&X-Amz-Expires=x",
            "/own/k?Signature=x&AWSAccessKeyId=y&Expires=99999999999",
        ]
    ),  # fmt: skip
)


def gateway() -> tuple[Gateway, list[Exchange]]:
    heard: list[Exchange] = []
    options = Options(encode=cbor.encode, decode=cbor.decode, operator_key_id="AKIAOP", operator_secret="s")
    return Gateway(Simulation.open(model()), options, heard.append), heard


GATEWAY, HEARD = gateway()


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["GET", "PUT", "POST", "HEAD", "DELETE", "PATCH", "BREW"]),
    TARGET, HEADERS, BODY, SERVICES, st.booleans(), st.booleans(),
)  # fmt: skip
def test_every_request_is_answered(
    method: str, target: str, headers: dict[str, str], body: bytes, service: str, is_known: bool, is_cut: bool
) -> None:
    HEARD.clear()
    sent = dict(headers)
    if service:
        key = (
            GATEWAY.simulation.access_key("arn:aws:iam::111122223333:user/alice")[4:]
            if is_known
            else "NOBODY"
        )
        sent |= {"authorization": SIGNED.format(key, service), "x-amz-date": "20260115T090000Z"}
    request = HttpRequest(method=method, target=target, headers=sent, body=body, is_cut=is_cut)
    response = GATEWAY.answer(request, NOW)
    assert 200 <= response.status < 600
    (exchange,) = HEARD
    assert exchange.code != "InternalFailure", exchange.message
    if not service or not is_known:
        assert response.status >= 400 or not service


@pytest.mark.parametrize("depth", [40, 5000])
def test_nesting_without_end_is_refused(depth: int) -> None:
    for body, kind in (
        (b"[" * depth, "application/x-amz-json-1.0"),
        (b'{"a":' * depth, "application/x-amz-json-1.0"),
        (b"Action=AssumeRole&" + b".".join([b"a"] * depth) + b"=1", "application/x-www-form-urlencoded"),
        (b"<a>" * depth, "application/xml"),
        (b"\x81" * depth, "application/cbor"),
    ):
        headers = {
            "authorization": SIGNED.format("X", "dynamodb"), "content-type": kind,
            "x-amz-date": "20260115T090000Z",
        }  # fmt: skip
        if kind.endswith("1.0"):
            headers["x-amz-target"] = "DynamoDB_20120810.GetItem"
        request = HttpRequest(method="POST", target="/own?delete", headers=headers, body=body)
        HEARD.clear()
        GATEWAY.answer(request, NOW)
        assert HEARD[0].code != "InternalFailure"
