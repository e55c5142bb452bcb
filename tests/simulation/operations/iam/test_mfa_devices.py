"""Virtual MFA devices: created unassigned, enabled with two codes in a row, deactivated, deleted.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_cliapi.html
"""

from __future__ import annotations

from base64 import b64decode

import pytest

from sts_tui.sts.facts.limits import TOTP_STEP
from sts_tui.sts.issuing.mfa import base32_seed, code_at
from tests.accounts.bench import ACCOUNT, NOW, Bench, bench, refusal
from tests.accounts.policies import arn

SERIAL = arn("mfa/phone")
PRESENT = int(NOW.timestamp()) // TOTP_STEP


def codes(step: int = PRESENT, serial: str = SERIAL) -> dict[str, str]:
    return {
        "AuthenticationCode1": code_at(serial, step),
        "AuthenticationCode2": code_at(serial, step + 1),
    }


def with_device() -> Bench:
    aws = bench(UserDetailList=[{"UserName": "ann"}, {"UserName": "bob"}])
    aws("iam:CreateVirtualMFADevice", VirtualMFADeviceName="phone")
    return aws


def enabled() -> Bench:
    aws = with_device()
    aws("iam:EnableMFADevice", UserName="ann", SerialNumber=SERIAL, **codes())
    return aws


def devices_of(aws: Bench, user: str) -> list[str]:
    return [one.serial_number for one in aws.configuration.users[arn(f"user/{user}")].mfa_devices]


def unassigned(aws: Bench) -> list[str]:
    return [one.serial_number for one in aws.configuration.accounts[ACCOUNT].virtual_mfa_devices]


def test_created_device_is_unassigned_and_answers_its_secret() -> None:
    aws = bench()
    made = aws("iam:CreateVirtualMFADevice", VirtualMFADeviceName="phone", Path="/team/")["VirtualMFADevice"]
    assert made["SerialNumber"] == arn("mfa/team/phone")
    assert b64decode(made["Base32StringSeed"]).decode() == base32_seed(arn("mfa/team/phone"))
    assert unassigned(aws) == [arn("mfa/team/phone")]


def test_enabling_moves_the_device_to_the_user_and_deactivating_moves_it_back() -> None:
    aws = enabled()
    assert (devices_of(aws, "ann"), unassigned(aws)) == ([SERIAL], [])
    listed = aws("iam:ListVirtualMFADevices", AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert [one["User"]["UserName"] for one in listed] == ["ann"]
    assert refusal(aws, "iam:DeleteVirtualMFADevice", SerialNumber=SERIAL)[:2] == ("DeleteConflict", 409)
    aws("iam:DeactivateMFADevice", UserName="ann", SerialNumber=SERIAL)
    assert (devices_of(aws, "ann"), unassigned(aws)) == ([], [SERIAL])
    aws("iam:DeleteVirtualMFADevice", SerialNumber=SERIAL)
    assert unassigned(aws) == []
    assert refusal(aws, "iam:DeleteVirtualMFADevice", SerialNumber=SERIAL)[:2] == ("NoSuchEntity", 404)


@pytest.mark.parametrize("step", [PRESENT - 2, PRESENT - 1, PRESENT, PRESENT + 1])
def test_codes_within_the_tolerance_are_accepted(step: int) -> None:
    aws = with_device()
    aws("iam:EnableMFADevice", UserName="ann", SerialNumber=SERIAL, **codes(step))
    assert devices_of(aws, "ann") == [SERIAL]


@pytest.mark.parametrize("step", [PRESENT - 3, PRESENT + 2])
def test_codes_outside_the_tolerance_are_refused(step: int) -> None:
    given = {"UserName": "ann", "SerialNumber": SERIAL, **codes(step)}
    assert refusal(with_device(), "iam:EnableMFADevice", **given)[:2] == ("InvalidAuthenticationCode", 403)


def test_same_code_twice_is_refused() -> None:
    same = dict.fromkeys(codes(), code_at(SERIAL, PRESENT))
    given = {"UserName": "ann", "SerialNumber": SERIAL, **same}
    assert refusal(with_device(), "iam:EnableMFADevice", **given)[0] == "InvalidAuthenticationCode"


def test_a_device_has_one_user_and_one_name() -> None:
    aws = enabled()
    given = {"UserName": "bob", "SerialNumber": SERIAL, **codes()}
    assert refusal(aws, "iam:EnableMFADevice", **given)[:2] == ("EntityAlreadyExists", 409)
    assert refusal(aws, "iam:CreateVirtualMFADevice", VirtualMFADeviceName="phone")[0] == (
        "EntityAlreadyExists"
    )
    assert refusal(aws, "iam:DeactivateMFADevice", UserName="bob", SerialNumber=SERIAL)[0] == "NoSuchEntity"
    missing = {**given, "SerialNumber": arn("mfa/missing")}
    assert refusal(aws, "iam:EnableMFADevice", **missing)[0] == "NoSuchEntity"


def test_user_has_at_most_eight_devices() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    aws = bench(UserDetailList=[{"UserName": "ann"}])
    for number in range(9):
        aws("iam:CreateVirtualMFADevice", VirtualMFADeviceName=f"d{number}")
    for number in range(8):
        serial = arn(f"mfa/d{number}")
        aws("iam:EnableMFADevice", UserName="ann", SerialNumber=serial, **codes(serial=serial))
    ninth = arn("mfa/d8")
    given = {"UserName": "ann", "SerialNumber": ninth, **codes(serial=ninth)}
    assert refusal(aws, "iam:EnableMFADevice", **given)[:2] == ("LimitExceeded", 409)


def test_a_device_that_is_resynchronized_takes_the_two_codes_of_now() -> None:
    aws = enabled()
    aws("iam:ResyncMFADevice", UserName="ann", SerialNumber=SERIAL, **codes())
    wrong = {"UserName": "ann", "SerialNumber": SERIAL, **codes(PRESENT + 40)}
    assert refusal(aws, "iam:ResyncMFADevice", **wrong)[0] == "InvalidAuthenticationCode"
    other = {"UserName": "bob", "SerialNumber": SERIAL, **codes()}
    assert refusal(aws, "iam:ResyncMFADevice", **other)[:2] == ("NoSuchEntity", 404)


def test_a_device_is_read_by_its_user_and_serial_number() -> None:
    aws = enabled()
    found = aws("iam:GetMFADevice", UserName="ann", SerialNumber=SERIAL)
    assert (found["UserName"], found["SerialNumber"]) == ("ann", SERIAL)
    assert found["EnableDate"] == "2026-01-15T10:00:00Z"
    for params in (
        {"UserName": "bob", "SerialNumber": SERIAL},
        {"UserName": "ann", "SerialNumber": f"{SERIAL}s"},
    ):
        assert refusal(aws, "iam:GetMFADevice", **params)[:2] == ("NoSuchEntity", 404)


def test_who_creates_a_device_with_tags_needs_permission_to_tag_it() -> None:
    aws = bench(UserDetailList=[{"UserName": "ann"}])
    tags = [{"Key": "team", "Value": "a"}]
    aws.denied = ("iam:TagMFADevice",)
    params = {"VirtualMFADeviceName": "phone", "Tags": tags}
    assert refusal(aws, "iam:CreateVirtualMFADevice", **params)[0] == "AccessDenied"
    aws.denied = ()
    aws("iam:CreateVirtualMFADevice", **params)
    assert unassigned(aws) == [SERIAL]


def test_lists_hold_assigned_and_unassigned_devices_as_asked() -> None:
    aws = enabled()
    aws("iam:CreateVirtualMFADevice", VirtualMFADeviceName="spare")

    def listed(**params: str) -> list[str]:
        devices = aws("iam:ListVirtualMFADevices", **params)["VirtualMFADevices"]
        return [one["SerialNumber"] for one in devices]

    assert listed() == listed(AssignmentStatus="Any") == [SERIAL, arn("mfa/spare")]
    assert listed(AssignmentStatus="Assigned") == [SERIAL]
    assert listed(AssignmentStatus="Unassigned") == [arn("mfa/spare")]
    assert refusal(aws, "iam:ListVirtualMFADevices", AssignmentStatus="Lost")[0] == "ValidationError"
