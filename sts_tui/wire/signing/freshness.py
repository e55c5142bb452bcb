"""Was the request signed recently? The time is compared with the real clock, which clients sign with.

https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html (RequestExpired, five minutes)
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (RequestTimeTooSkewed, fifteen minutes)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sts_tui.sts.errors import AwsError
from sts_tui.wire.messages import HttpRequest
from sts_tui.wire.signing.credential import Credential, Kind

_WINDOW: Final = timedelta(minutes=5)
_S3_WINDOW: Final = timedelta(minutes=15)
_LONGEST_PRESIGNED: Final = 604_800
"""The maximum validity of a presigned URL, in seconds: a week."""


def refuse_stale(request: HttpRequest, credential: Credential, now: datetime) -> None:
    """Raises AwsError for a signature that is too old, too new, or of an expired URL."""
    if credential.kind is Kind.HEADER_V2:
        return
    if credential.kind is Kind.PRESIGNED_V2:
        if not credential.stamp.isdecimal() or now.timestamp() > int(credential.stamp):
            raise AwsError("AccessDenied", "Request has expired", 403)
        return
    signed_at = credential.signed_at
    if signed_at is None or not credential.stamp.startswith(credential.day):
        raise AwsError(
            "IncompleteSignature",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP",
            400,
        )
    if credential.kind is Kind.PRESIGNED:
        _refuse_expired_url(request, signed_at, now)
    elif abs(now - signed_at) > (_S3_WINDOW if credential.service == "s3" else _WINDOW):
        raise _skewed(credential, signed_at, now)


def _refuse_expired_url(request: HttpRequest, signed_at: datetime, now: datetime) -> None:
    written = request.parameters.get("X-Amz-Expires", "")
    seconds = int(written) if written.isdecimal() and len(written) < 10 else -1
    if not 0 < seconds <= _LONGEST_PRESIGNED:
        raise AwsError(
            "AuthorizationQueryParametersError", "X-Amz-Expires must be between 1 and 604800 seconds", 400
        )
    if now > signed_at + timedelta(seconds=seconds):
        raise AwsError("AccessDenied", "Request has expired", 403)
    if signed_at > now + _S3_WINDOW:
        raise AwsError("AccessDenied", "Request is not yet valid", 403)


def _skewed(credential: Credential, signed_at: datetime, now: datetime) -> AwsError:
    if credential.service == "s3":
        message = "The difference between the request time and the current time is too large."
        return AwsError("RequestTimeTooSkewed", message, 403)
    stamps = [f"{one:%Y%m%dT%H%M%SZ}" for one in (signed_at, now - _WINDOW, now, now + _WINDOW)]
    if signed_at < now:
        said = f"Signature expired: {stamps[0]} is now earlier than {stamps[1]} ({stamps[2]} - 5 min.)"
    else:
        said = (
            f"Signature not yet current: {stamps[0]} is still later than {stamps[3]} ({stamps[2]} + 5 min.)"
        )
    return AwsError("SignatureDoesNotMatch", said, 403)
