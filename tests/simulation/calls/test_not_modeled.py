"""Operations that are not simulated raise, and say what to use instead."""

from __future__ import annotations

import pytest

from sts_tui.simulation import NotModelledError
from tests.accounts.small import alice, open_small


def test_an_operation_that_is_not_simulated_raises_and_names_what_to_use() -> None:
    sim = open_small()
    with pytest.raises(
        NotModelledError, match="iam:UploadSSHPublicKey is not performed: .*create-access-key.*sim.request"
    ) as raised:
        sim.call("iam:UploadSSHPublicKey", {"UserName": "alice"}, caller=alice(sim))
    assert raised.value.action == "iam:UploadSSHPublicKey"
    assert sim.events.last_number == 0


def test_resource_and_owner_alone_are_a_plain_request_of_any_action() -> None:
    sim = open_small()
    for action in ("dynamodb:PutItem", "iam:UploadSSHPublicKey", "s3:GetObject"):
        assert sim.call(action, {"Resource": "*"}) == {}
    assert sim.call("s3:GetObject", {"Resource": "arn:aws:s3:::x/y", "Owner": "111122223333"}) == {}
    assert sim.events.last_number == 4
