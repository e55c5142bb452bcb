"""DecodeAuthorizationMessage. https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.simulation import AwsError
from sts_tui.sts.operations.decode_authorization_message import (
    authorization_message,
    encode_authorization_message,
)
from tests.accounts.organization import Desk
from tests.accounts.policies import user_arn


def encoded_denial(desk: Desk, caller: str = "bob") -> str:
    request = {"Resource": "arn:aws:ec2:us-east-1:111122223333:instance/i-1"}
    with pytest.raises(AwsError) as denied:
        desk.sim.call("ec2:StopInstances", request, caller=desk.who(caller))
    assert denied.value.code == "UnauthorizedOperation"
    return denied.value.message.rsplit(" ", 1)[-1]


def test_denial_of_ec2_can_be_read_by_a_caller_with_permission(desk: Desk) -> None:
    message = desk.call("DecodeAuthorizationMessage", EncodedMessage=encoded_denial(desk))["DecodedMessage"]
    decoded = json.loads(message)
    assert decoded["allowed"] is False
    assert decoded["explicitDeny"] is False
    assert decoded["context"]["principal"]["arn"] == user_arn("bob")
    assert decoded["context"]["action"] == "ec2:StopInstances"
    keys = {item["key"] for item in decoded["context"]["conditions"]["items"]}
    assert {"aws:SourceIp", "aws:PrincipalArn"} <= keys


def test_encoded_message_is_opaque(desk: Desk) -> None:
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


def huge_denial(desk: Desk, resource: str = "*", **context: Any) -> Any:
    """The decoded denial of a request with a huge context."""
    with pytest.raises(AwsError) as denied:
        desk.sim.call("ec2:StopInstances", {"Resource": resource}, caller=desk.who("bob"), context=context)
    blob = denied.value.message.rsplit(" ", 1)[-1]
    assert len(blob) <= 10_240
    return json.loads(desk.call("DecodeAuthorizationMessage", EncodedMessage=blob)["DecodedMessage"])


def test_huge_context_leaves_the_longest_values_out_of_the_message(desk: Desk) -> None:
    decoded = huge_denial(desk, **{"ec2:Huge": "h" * 20_000, "ec2:Region": "us-east-1"})
    keys = {item["key"] for item in decoded["context"]["conditions"]["items"]}
    assert "ec2:Huge" not in keys
    assert {"ec2:Region", "aws:SourceIp", "aws:PrincipalArn"} <= keys


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_many_condition_values_still_fit(desk: Desk, count: int) -> None:
    decoded = huge_denial(desk, **{f"ec2:Key{number}": "é" * number for number in range(count)})
    assert decoded["context"]["action"] == "ec2:StopInstances"


def test_huge_resource_is_cut_off(desk: Desk) -> None:
    decoded = huge_denial(desk, "arn:aws:ec2:us-east-1:111122223333:instance/" + "i" * 20_000)
    assert len(decoded["context"]["resource"]) == 2048


def test_bounds_of_the_message(desk: Desk) -> None:
    assert desk.invalid("DecodeAuthorizationMessage", EncodedMessage="")
    assert desk.invalid("DecodeAuthorizationMessage", EncodedMessage="A" * 10_241)


DESK = Desk()


@given(st.text(max_size=300))
def test_whatever_is_encoded_comes_back(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    blob = encode_authorization_message(clean)
    assert DESK.call("DecodeAuthorizationMessage", EncodedMessage=blob) == {"DecodedMessage": clean}


def test_a_message_is_filled_to_its_last_characters_and_never_longer() -> None:
    """EncodedMessage has 10,240 characters at most."""
    keys = {f"k:{number:04}": "v" for number in range(1_000)}
    text = authorization_message(
        is_explicit_deny=True, principal_id="id", principal_arn=user_arn("bob"),
        action="ec2:StopInstances", resource="*", conditions=keys,
    )  # fmt: skip
    kept = json.loads(text)["context"]["conditions"]["items"]
    assert 0 < len(kept) < len(keys)
    assert [item["key"] for item in kept] == sorted(item["key"] for item in kept)
    assert 10_240 - 80 < len(encode_authorization_message(text)) <= 10_240


def test_names_that_are_too_long_are_cut_and_statements_come_before_conditions() -> None:
    text = authorization_message(
        is_explicit_deny=False, principal_id="id", principal_arn="arn", action="a" * 5_000,
        resource="r" * 5_000, conditions={"k": "v" * 4_000, "short": "v"},
        matched=[{"sourcePolicyId": "s" * 2_000}],
    )  # fmt: skip
    found = json.loads(text)
    assert (found["context"]["action"], found["context"]["resource"]) == ("a" * 2048, "r" * 2048)
    assert found["matchedStatements"]["items"] == [{"sourcePolicyId": "s" * 2_000}]
    assert [item["key"] for item in found["context"]["conditions"]["items"]] == ["short"]


def test_the_message_of_ec2_holds_the_instant_and_that_of_others_repeats(desk: Desk) -> None:
    first = encoded_denial(desk)
    desk.sim.advance(60)
    assert encoded_denial(desk) != first


def test_every_value_of_a_key_is_listed() -> None:
    message = authorization_message(
        is_explicit_deny=False, principal_id="", principal_arn="", action="ec2:RunInstances", resource="*",
        conditions={"aws:TagKeys": ("team", "stage"), "aws:SourceIp": "203.0.113.7"},
    )  # fmt: skip
    listed = json.loads(message)["context"]["conditions"]["items"]
    items = {one["key"]: one["values"]["items"] for one in listed}
    assert items["aws:TagKeys"] == [{"value": "team"}, {"value": "stage"}]
    assert items["aws:SourceIp"] == [{"value": "203.0.113.7"}]


def test_the_principal_of_a_session_has_its_unique_id(desk: Desk) -> None:
    session = desk.session(desk.assume("App"))
    request = {"Resource": "arn:aws:ec2:us-east-1:111122223333:instance/i-1"}
    with pytest.raises(AwsError) as denied:
        desk.sim.call("ec2:StopInstances", request, caller=session.access_key_id)
    blob = denied.value.message.rsplit(" ", 1)[-1]
    decoded = json.loads(desk.call("DecodeAuthorizationMessage", EncodedMessage=blob)["DecodedMessage"])
    assert decoded["context"]["principal"]["id"] == session.user_id
