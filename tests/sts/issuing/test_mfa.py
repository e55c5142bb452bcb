"""MFA. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from sts_tui.sts.issuing.mfa import are_consecutive_codes, base32_seed, code_at, following_code, next_code
from tests.accounts.organization import ALICE_MFA, MODEL, Desk
from tests.accounts.policies import MAIN, allow, policy, role_arn

WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code."
UNKNOWN = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is "
    "valid and associated with this user."
)
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


def refused(desk: Desk, **given: Any) -> str:
    return desk.denied("GetSessionToken", **{"SerialNumber": ALICE_MFA, **given})


def accepted(desk: Desk, code: str) -> bool:
    return "Credentials" in desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=code)


@pytest.mark.parametrize("distance", [-2, -1, 0, 1, 2])
def test_code_is_good_for_two_steps_either_way(desk: Desk, distance: int) -> None:
    assert accepted(desk, code_at(ALICE_MFA, STEP + distance))


@pytest.mark.parametrize("distance", [-3, 3])
def test_code_is_not_good_for_a_third_step(desk: Desk, distance: int) -> None:
    assert refused(desk, TokenCode=code_at(ALICE_MFA, STEP + distance)) == WRONG


def test_consecutive_codes_are_of_two_steps_in_a_row_in_that_order() -> None:
    codes = {distance: code_at(ALICE_MFA, STEP + distance) for distance in range(-4, 5)}
    pairs = {
        (first, second)
        for first in codes
        for second in codes
        if are_consecutive_codes(ALICE_MFA, codes[first], codes[second], NOW)
    }
    assert pairs == {(-2, -1), (-1, 0), (0, 1), (1, 2)}
    assert following_code(ALICE_MFA, NOW) == codes[1]
    assert next_code(ALICE_MFA, NOW) == codes[0]
    assert next_code(ALICE_MFA, NOW, (STEP,)) == codes[1]
    assert next_code(ALICE_MFA, NOW, (STEP, STEP + 1)) == codes[-1]


def test_code_works_once(desk: Desk) -> None:
    code = desk.mfa_code()
    assert accepted(desk, code)
    assert refused(desk, TokenCode=code) == WRONG


def test_five_codes_are_to_be_had_at_one_moment_and_no_sixth(desk: Desk) -> None:
    for _ in range(5):
        assert accepted(desk, desk.mfa_code())
    spent = desk.sim.world.spent_mfa_steps(ALICE_MFA)
    assert next_code(ALICE_MFA, desk.now, spent) is None


@pytest.mark.parametrize(("role", "is_spent"), [("Named", True), ("NoSuchRole", False)])
def test_code_of_a_denied_call_is_spent_where_the_role_exists(desk: Desk, role: str, is_spent: bool) -> None:
    code = desk.mfa_code()
    desk.denied(
        "AssumeRole", RoleArn=role_arn(role), RoleSessionName="ab", SerialNumber=ALICE_MFA, TokenCode=code
    )
    if is_spent:
        assert refused(desk, TokenCode=code) == WRONG
    else:
        assert accepted(desk, code)


def test_whether_the_role_exists_comes_before_the_code(desk: Desk) -> None:
    given = {"RoleSessionName": "ab", "SerialNumber": ALICE_MFA, "TokenCode": code_at(ALICE_MFA, STEP - 9)}
    assert desk.denied("AssumeRole", RoleArn=role_arn("App"), **given) == WRONG
    assert "is not authorized to perform: sts:AssumeRole" in desk.denied(
        "AssumeRole", RoleArn=role_arn("NoSuchRole"), **given
    )


def test_call_that_is_not_well_formed_spends_no_code(desk: Desk) -> None:
    code = desk.mfa_code()
    desk.invalid("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=code, DurationSeconds=1)
    assert accepted(desk, code)


def test_device_has_nine_codes_verified_in_three_minutes_right_or_wrong(desk: Desk) -> None:
    wrong = code_at(ALICE_MFA, STEP - 9)
    for _ in range(8):
        assert refused(desk, TokenCode=wrong) == WRONG
    assert accepted(desk, desk.mfa_code())
    unseen = desk.mfa_code()
    refusal = desk.refusal("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=unseen)
    assert (refusal.code, refusal.message, refusal.status) == ("AccessDenied", WRONG, 403)
    assert refusal.hint == "the device had nine codes verified in three minutes"


def test_attempts_count_for_three_minutes_and_those_beyond_the_ninth_not_at_all(desk: Desk) -> None:
    wrong = code_at(ALICE_MFA, STEP - 9)
    for _ in range(20):
        refused(desk, TokenCode=wrong)
    desk.sim.advance(179)
    assert refused(desk, TokenCode=desk.mfa_code()) == WRONG
    desk.sim.advance(1)
    assert accepted(desk, desk.mfa_code())


def test_devices_count_their_attempts_apart_and_those_of_strangers_do_not_count(desk: Desk) -> None:
    for _ in range(20):
        refused(desk, by="bob", TokenCode="123456")
    assert accepted(desk, desk.mfa_code())


def test_preview_spends_no_code_and_counts_no_attempt(desk: Desk) -> None:
    code = desk.mfa_code()
    params = {"SerialNumber": ALICE_MFA, "TokenCode": code}
    for _ in range(10):
        desk.sim.preview("sts:GetSessionToken", params, caller=desk.who("alice"))
    assert accepted(desk, code)


def test_undo_gives_no_code_back(desk: Desk) -> None:
    code = desk.mfa_code()
    assert accepted(desk, code)
    desk.sim.undo()
    assert refused(desk, TokenCode=code) == WRONG


def test_spent_codes_and_attempts_survive_a_checkpoint(desk: Desk) -> None:
    spent = desk.mfa_code()
    desk.denied(
        "AssumeRole", RoleArn=role_arn("Named"), RoleSessionName="ab", SerialNumber=ALICE_MFA, TokenCode=spent
    )
    for _ in range(7):
        refused(desk, TokenCode=code_at(ALICE_MFA, STEP - 9))
    again = Desk()
    again.sim.restore(json.loads(json.dumps(desk.sim.checkpoint())))
    assert again.sim.world.mfa_verifications == desk.sim.world.mfa_verifications
    assert refused(again, TokenCode=spent) == WRONG
    assert again.refusal("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=again.mfa_code()).hint


def test_codes_follow_the_simulated_clock(desk: Desk) -> None:
    code = desk.mfa_code()
    desk.sim.advance(120)
    assert refused(desk, TokenCode=code) == WRONG
    assert accepted(desk, desk.mfa_code())


def test_device_of_another_user_is_unknown(desk: Desk) -> None:
    assert refused(desk, by="bob", TokenCode=desk.mfa_code()) == UNKNOWN


def test_device_that_does_not_exist_is_unknown(desk: Desk) -> None:
    assert refused(desk, SerialNumber=f"arn:aws:iam::{MAIN}:mfa/none", TokenCode="123456") == UNKNOWN


def test_role_session_cannot_pass_mfa(desk: Desk) -> None:
    message = desk.denied(
        "AssumeRole",
        by=desk.key(desk.assume("App")),
        RoleArn=role_arn("Deep"),
        RoleSessionName="ab",
        SerialNumber=ALICE_MFA,
        TokenCode=desk.mfa_code(),
    )
    assert message == UNKNOWN


def test_root_user_cannot_pass_mfa(desk: Desk) -> None:
    assert refused(desk, by=f"root@{MAIN}", TokenCode=desk.mfa_code()) == UNKNOWN


@pytest.mark.parametrize("given", [{"SerialNumber": ALICE_MFA}, {"TokenCode": "123456"}])
def test_serial_number_and_code_belong_together(desk: Desk, given: dict[str, str]) -> None:
    expected = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
    assert desk.denied("GetSessionToken", **given) == expected


@pytest.mark.parametrize(
    ("name", "bad", "constraint"),
    [
        ("TokenCode", "12345", "Member must have length greater than or equal to 6"),
        ("TokenCode", "1234567", "Member must have length less than or equal to 6"),
        ("TokenCode", "12345a", r"Member must satisfy regular expression pattern: [\d]*"),
        ("TokenCode", "１２３４５６", r"Member must satisfy regular expression pattern: [\d]*"),
        ("SerialNumber", "12345678", "Member must have length greater than or equal to 9"),
        ("SerialNumber", "s" * 257, "Member must have length less than or equal to 256"),
        ("SerialNumber", "no spaces", r"Member must satisfy regular expression pattern: [\w+=/:,.@-]*"),
    ],
)
def test_bounds_of_serial_number_and_code(desk: Desk, name: str, bad: str, constraint: str) -> None:
    message = desk.invalid("GetSessionToken", **{"SerialNumber": ALICE_MFA, "TokenCode": "123456", name: bad})
    assert message.endswith(constraint)


def test_devices_have_secrets_of_their_own() -> None:
    assert code_at(ALICE_MFA, STEP) != code_at(f"{ALICE_MFA}2", STEP)


def test_codes_are_six_digits_and_rfc_6238_steps() -> None:
    codes = [code_at(ALICE_MFA, step) for step in range(STEP, STEP + 50)]
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(set(codes)) > 45


def test_chained_session_keeps_the_mfa_of_its_parent_where_the_setting_says_so() -> None:
    desk = Desk(settings={"RoleSessionsKeepMfa": True})
    first = desk.assume("App", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code())
    began = desk.session(first).mfa_at
    desk.sim.advance(60)
    assert desk.session(desk.assume("Deep", by=desk.key(first))).mfa_at == began == NOW


@pytest.mark.parametrize("setting", ["RoleSessionsKeepMfa", "GetSessionTokenMfaReachesRoles"])
def test_each_way_of_mfa_into_a_role_session_has_its_own_setting(setting: str) -> None:
    desk = Desk(settings={setting: True})
    direct = desk.assume("App", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code())
    user = desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code())
    through = desk.assume("App", by=desk.key(user))
    kept = [desk.session(one).mfa_at is not None for one in (direct, through)]
    assert kept == [setting == "RoleSessionsKeepMfa", setting == "GetSessionTokenMfaReachesRoles"]


def test_mfa_that_is_not_kept_has_no_age_either(desk: Desk) -> None:
    kept = Desk(settings={"RoleSessionsKeepMfa": True})
    key = kept.key(kept.assume("App", SerialNumber=ALICE_MFA, TokenCode=kept.mfa_code()))
    aged = {"Null": {"aws:MultiFactorAuthAge": "false"}}
    document = policy(allow("sqs:SendMessage", Condition=aged))
    for one in (kept, desk):
        one.sim.call(
            "iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "aged", "PolicyDocument": document}
        )
    queue = f"arn:aws:sqs:us-east-1:{MAIN}:q"
    assert kept.may("sqs:SendMessage", queue, by=key)
    plain = desk.key(desk.assume("App", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code()))
    assert not desk.may("sqs:SendMessage", queue, by=plain)


def test_age_of_mfa_counts_from_its_use(desk: Desk) -> None:
    condition = {"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": statement}
    parameters = {"UserName": "bob", "PolicyName": "recent", "PolicyDocument": document}
    desk.sim.call("iam:PutUserPolicy", parameters)
    desk.sim.call("iam:PutUserPolicy", {**parameters, "UserName": "alice"})
    key = desk.key(desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code()))
    queue = f"arn:aws:sqs:us-east-1:{MAIN}:q"
    desk.sim.advance(59)
    assert desk.may("sqs:SendMessage", queue, by=key)
    desk.sim.advance(1)
    assert not desk.may("sqs:SendMessage", queue, by=key)
    assert not desk.may("sqs:SendMessage", queue, by="alice")


def test_codes_spent_by_denied_calls_are_spent_after_a_resume(tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    model.write_text(json.dumps(MODEL), encoding="utf-8")
    sim = Simulation.open(model, seed=7)
    _, store = begin_at(tmp_path / "one.journal", sim, [model])
    params = {"RoleArn": role_arn("Named"), "RoleSessionName": "ab", "SerialNumber": ALICE_MFA}
    spent = code_at(ALICE_MFA, STEP)
    with pytest.raises(AwsError):
        sim.call("sts:AssumeRole", {**params, "TokenCode": spent}, caller=sim.resolve("alice"))
    store.close()
    found, store = resume_from(tmp_path / "one.journal")
    resumed = found.sim
    assert resumed.world.mfa_verifications == sim.world.mfa_verifications != {}
    with pytest.raises(AwsError) as refusal:
        resumed.call("sts:GetSessionToken", params | {"TokenCode": spent}, caller=resumed.resolve("alice"))
    assert refusal.value.message == WRONG
    store.close()


@pytest.mark.parametrize("present", [STEP, STEP + 1])
def test_the_next_code_is_good_whether_the_step_is_even_or_odd(present: int) -> None:
    now = datetime.fromtimestamp(present * 30, UTC)
    assert are_consecutive_codes(ALICE_MFA, code_at(ALICE_MFA, present), code_at(ALICE_MFA, present + 1), now)


def test_a_refused_code_says_whether_it_was_used_before(desk: Desk) -> None:
    """What AWS does not say: the hint is ours."""
    code = desk.mfa_code()
    assert accepted(desk, code)
    used = desk.refusal("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=code)
    wrong = desk.refusal("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=code_at(ALICE_MFA, STEP - 9))
    assert ("used before" in used.hint, "used before" in wrong.hint) == (True, False)


def test_the_seed_of_a_device_is_160_bits_long() -> None:
    """https://www.rfc-editor.org/rfc/rfc4226#section-4, requirement 6"""
    assert len(base32_seed(ALICE_MFA)) * 5 == 160
