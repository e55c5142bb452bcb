"""Is an MFA code valid? TOTP devices (RFC 6238) on the simulated clock.

A device's secret is derived from its serial number. A code is valid two steps of 30 s before and after its
time, and only once per device, even if the call is denied afterwards. AWS verifies at most nine codes of a
device within three minutes, right or wrong; further ones are refused without being checked. Each verification
is recorded with the call (`Call.record_mfa`), so that it counts whatever the result.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import MFA_ATTEMPTS, MFA_ATTEMPTS_WINDOW, TOTP_STEP, TOTP_TOLERANCE
from sts_tui.sts.operation import Call, MfaVerification

if TYPE_CHECKING:
    from pyotp import TOTP

    from sts_tui.sts.issuing.parameters import MfaParameters


def has_verified_mfa(call: Call[MfaParameters]) -> bool:
    """Check `SerialNumber` and `TokenCode` of a call; False if neither was given.

    Raises AwsError with AWS's message for a wrong, reused or missing code, for too many codes, and for a
    device that is not the caller's.
    """
    serial, code = call.params.get("SerialNumber"), call.params.get("TokenCode")
    if serial is None and code is None:
        return False
    if serial is None or code is None:
        raise _failed("must provide both MFA serial number and one time pass code.")
    if serial not in _devices_of_caller(call):
        raise _failed(
            "unable to validate MFA code.  Please verify your MFA serial number is valid and associated with "
            "this user."
        )
    known = call.mfa_verifications.get(serial, ())
    if sum((call.now - one.at).total_seconds() < MFA_ATTEMPTS_WINDOW for one in known) >= MFA_ATTEMPTS:
        raise _invalid_code("the device had nine codes verified in three minutes")
    spent = spent_steps(known)
    matching = [step for step in _acceptable_steps(call.now) if code_at(serial, step) == code]
    step = next((step for step in matching if step not in spent), None)
    call.record_mfa(serial, MfaVerification(at=call.now, step=step))
    if step is None:
        raise _invalid_code("the code was used before" if matching else "")
    return True


def spent_steps(verifications: Iterable[MfaVerification]) -> tuple[int, ...]:
    """The time steps of a device's used codes, newest last."""
    return tuple(one.step for one in verifications if one.step is not None)


def _invalid_code(hint: str) -> AwsError:
    """The error for every code that AWS does not accept; the message is always the same."""
    message = "MultiFactorAuthentication failed with invalid MFA one time pass code."
    return AwsError("AccessDenied", message, 403, hint=hint)


def _failed(why: str) -> AwsError:
    return AwsError("AccessDenied", f"MultiFactorAuthentication failed, {why}", 403)


def _devices_of_caller(call: Call[MfaParameters]) -> tuple[str, ...]:
    """The TOTP devices of the calling IAM user. Roles and root users cannot use MFA in API calls."""
    user = call.configuration.users.get(call.caller.user_arn or "")
    return () if user is None else tuple(device.serial_number for device in user.mfa_devices)


def next_code(serial: str, now: datetime, spent: tuple[int, ...] = ()) -> str | None:
    """A code that would be accepted now, preferably the current one; None if all codes within the tolerance
    are used.
    """
    return next((code_at(serial, step) for step in _acceptable_steps(now) if step not in spent), None)


def following_code(serial: str, now: datetime) -> str:
    """The code after the current one, which EnableMFADevice and ResyncMFADevice need as the second code."""
    return code_at(serial, int(now.timestamp()) // TOTP_STEP + 1)


def code_at(serial: str, step: int) -> str:
    """The six digits that a device shows in a time step (seconds since 1970 divided by 30)."""
    return _totp(serial).generate_otp(step)


def are_consecutive_codes(serial: str, first: str, second: str, now: datetime) -> bool:
    """Whether these are codes of two consecutive steps, both within the tolerance of a single code."""
    steps = set(_acceptable_steps(now))
    return any(
        code_at(serial, step) == first and code_at(serial, step + 1) == second
        for step in steps
        if step + 1 in steps
    )


def base32_seed(serial: str) -> str:
    """The secret of a device in base32, for an authenticator app."""
    return b32encode(sha256(f"mfa device:{serial}".encode()).digest()[:20]).decode()


def _acceptable_steps(now: datetime) -> Iterator[int]:
    """The current step, then its neighbors, the later one of each pair first."""
    present = int(now.timestamp()) // TOTP_STEP
    yield present
    for distance in range(1, TOTP_TOLERANCE + 1):
        yield present + distance
        yield present - distance


def _totp(serial: str) -> TOTP:
    from pyotp import TOTP

    return TOTP(base32_seed(serial))
