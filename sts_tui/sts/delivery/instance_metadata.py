"""What does the instance metadata service return to software on an EC2 instance, with IMDSv1 and IMDSv2?

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct

from sts_tui.account.entities import InstanceProfile
from sts_tui.sts.credentials import printed
from sts_tui.sts.ids import SIMULATED
from sts_tui.sts.session import Session

BASE: Final = "http://169.254.169.254"
TOKEN_PATH: Final = "/latest/api/token"
TOKEN_TTL_HEADER: Final = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER: Final = "X-aws-ec2-metadata-token"
LONGEST_TOKEN_TTL: Final = 21_600
_CREDENTIALS: Final = "/latest/meta-data/iam/security-credentials"
_INFO: Final = "/latest/meta-data/iam/info"


class MetadataAnswer(Struct, frozen=True):
    """An HTTP response: status and body."""

    status: int
    body: str = ""


class InstanceMetadata(Struct, frozen=True, kw_only=True):
    """The metadata service of one instance: the session that it delivers, and its instance profile."""

    instance_id: str
    session: Session | None = None
    """None if the instance has no profile, or its role could not be assumed."""
    profile: InstanceProfile | None = None
    requires_token: bool = False
    """Whether only IMDSv2 is enabled, so that a GET without token is refused."""

    def put_token(self, ttl_seconds: int, now: datetime) -> MetadataAnswer:
        """`PUT /latest/api/token`: a token for 1 to 21,600 seconds."""
        if not 1 <= ttl_seconds <= LONGEST_TOKEN_TTL:
            return MetadataAnswer(400)
        expires = int((now + timedelta(seconds=ttl_seconds)).timestamp())
        return MetadataAnswer(200, f"{SIMULATED}{expires}/{self._seal(expires)}")

    def get(self, path: str, *, now: datetime, token: str | None = None) -> MetadataAnswer:
        """`GET` of a path under `BASE`. `token`: the value of the `X-aws-ec2-metadata-token` header."""
        if (token is None and self.requires_token) or (token is not None and not self._is_valid(token, now)):
            return MetadataAnswer(401)
        if self.session is None:
            return MetadataAnswer(404)
        path = path.rstrip("/")
        if path == _CREDENTIALS:
            return MetadataAnswer(200, self.session.role_name or "")
        if path == f"{_CREDENTIALS}/{self.session.role_name}":
            return MetadataAnswer(200, json.dumps(imds_document(self.session), indent=2))
        if path == _INFO and self.profile is not None:
            return MetadataAnswer(200, json.dumps(self._info(self.profile, self.session), indent=2))
        return MetadataAnswer(404)

    def _info(self, profile: InstanceProfile, session: Session) -> dict[str, str]:
        return {
            "Code": "Success",
            "LastUpdated": printed(session.issued_at),
            "InstanceProfileArn": profile.arn,
            "InstanceProfileId": profile.instance_profile_id,
        }

    def _seal(self, expires: int) -> str:
        return sha256(f"imds token:{self.instance_id}:{expires}".encode()).hexdigest()[:32]

    def _is_valid(self, token: str, now: datetime) -> bool:
        expires, _, seal = token.removeprefix(SIMULATED).partition("/")
        if not expires.isdecimal() or len(expires) > 12:
            return False
        return seal == self._seal(int(expires)) and now.timestamp() < int(expires)


def conversation(session: Session, now: datetime) -> tuple[str, ...]:
    """The requests and responses with which software on the instance gets the document, by IMDSv1 and by
    IMDSv2.
    """
    open_to_all = InstanceMetadata(instance_id=session.name, session=session)
    strict = InstanceMetadata(instance_id=session.name, session=session, requires_token=True)
    path = f"{_CREDENTIALS}/{session.role_name}"
    put = strict.put_token(LONGEST_TOKEN_TTL, now)
    return (
        f"IMDSv1: GET {BASE}{_CREDENTIALS}/ -> {_status_line(open_to_all.get(f'{_CREDENTIALS}/', now=now))}",
        f"IMDSv1: GET {BASE}{path} -> {open_to_all.get(path, now=now).status}",
        f"IMDSv2: PUT {BASE}{TOKEN_PATH} ({TOKEN_TTL_HEADER}: {LONGEST_TOKEN_TTL}) -> {_status_line(put)}",
        f"IMDSv2: GET {BASE}{path} ({TOKEN_HEADER}: {put.body})"
        f" -> {strict.get(path, now=now, token=put.body).status}",
        f"IMDSv2 required: GET {BASE}{path} without a token -> {strict.get(path, now=now).status}",
    )


def _status_line(answer: MetadataAnswer) -> str:
    return f"{answer.status} {answer.body}"


def imds_document(session: Session) -> dict[str, str]:
    """The credentials document. Its member is `Token`, not `SessionToken`; the same under v1 and v2."""
    return {
        "Code": "Success",
        "LastUpdated": printed(session.issued_at),
        "Type": "AWS-HMAC",
        "AccessKeyId": session.credentials.access_key_id,
        "SecretAccessKey": session.credentials.secret_access_key,
        "Token": session.credentials.session_token,
        "Expiration": printed(session.expires_at),
    }
