"""DecodeAuthorizationMessage. https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.simulation import AwsError
from sts_tui.sts.decode_authorization_message import encode_authorization_message
from tests.support.sts_calls import Desk, user_arn


def encoded_denial(desk: Desk, caller: str = "bob") -> str:
    request = {"Resource": "arn:aws:ec2:us-east-1:111122223333:instance/i-1"}
    with pytest.raises(AwsError) as denied:
        desk.sim.call("ec2:StopInstances", request, caller=desk.who(caller))
    assert denied.value.code == "UnauthorizedOperation"
    return denied.value.message.rsplit(" ", 1)[-1]


def test_denial_of_ec2_can_be_read_by_whoever_may(desk: Desk) -> None:
    message = desk.call("DecodeAuthorizationMessage", EncodedMessage=encoded_denial(desk))["DecodedMessage"]
    decoded = json.loads(message)
    assert decoded["allowed"] is False
    assert decoded["explicitDeny"] is False
    assert decoded["context"]["principal"]["arn"] == user_arn("bob")
    assert decoded["context"]["action"] == "ec2:StopInstances"
    keys = {item["key"] for item in decoded["context"]["conditions"]["items"]}
    assert {"aws:SourceIp", "aws:PrincipalArn"} <= keys


def test_blob_says_nothing_to_whoever_looks_at_it(desk: Desk) -> None:
    assert "bob" not in encoded_denial(desk)


def test_it_needs_permission(desk: Desk) -> None:
    blob = encoded_denial(desk)
    message = desk.denied("DecodeAuthorizationMessage", by="bob", EncodedMessage=blob)
    assert message.startswith(
        f"User: {user_arn('bob')} is not authorized to perform: sts:DecodeAuthorizationMessage"
    )


@pytest.mark.parametrize("blob", ["nonsense", "AAAA", "é", "=", "A" * 10_240, "-" * 44])
def test_blob_that_was_not_made_here(desk: Desk, blob: str) -> None:
    refused = desk.refusal("DecodeAuthorizationMessage", EncodedMessage=blob)
    assert (refused.code, refused.status) == ("InvalidAuthorizationMessageException", 400)


def test_changed_blob_is_refused(desk: Desk) -> None:
    blob = encoded_denial(desk)
    changed = blob[:40] + ("A" if blob[40] != "A" else "B") + blob[41:]
    assert desk.refusal("DecodeAuthorizationMessage", EncodedMessage=changed).status == 400


def test_bounds_of_the_message(desk: Desk) -> None:
    assert desk.invalid("DecodeAuthorizationMessage", EncodedMessage="")
    assert desk.invalid("DecodeAuthorizationMessage", EncodedMessage="A" * 10_241)


DESK = Desk()


@given(st.text(max_size=300))
def test_whatever_is_encoded_comes_back(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    blob = encode_authorization_message(clean)
    assert DESK.call("DecodeAuthorizationMessage", EncodedMessage=blob) == {"DecodedMessage": clean}
