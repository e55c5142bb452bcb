"""What is stored of a CloudTrail event? Signer, request and result, without secrets and tokens.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

NO_OBJECT: Final[Mapping[str, Any]] = {}
DENIED: Final = (
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Client.UnauthorizedOperation",
    "UnauthorizedOperation",
)
"""Error codes of denials. SNS has its own: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""


@lru_cache(maxsize=1_024)
def instant(epoch: int) -> datetime:
    """Seconds since 1970 as a time in UTC. Cached, because many events have the same time."""
    return datetime.fromtimestamp(epoch, UTC)


class RecordedEvent(Struct, frozen=True):
    """One request that CloudTrail recorded. The order of members is that of `reading.ordered`."""

    epoch: int
    """Seconds since 1970, which is CloudTrail's precision."""
    source: str
    """`s3.amazonaws.com`."""
    name: str
    """CloudTrail's name of the operation: `GetObject`, `Invoke20150331`."""
    region: str = "us-east-1"
    code: str = ""
    message: str = ""
    request: str = ""
    """`requestParameters` as JSON."""
    resources: str = ""
    signed: str = ""
    """How S3 got the signature: `AuthHeader` or `QueryString`."""
    switched: str = ""
    """The ARN of the caller who switched to a role in the console."""
    kind: str = "AwsApiCall"
    """`eventType`."""
    shared: str = ""
    """`sharedEventID`, which is equal for the copies of a request in two accounts."""
    issued_key: str = ""
    """The access key id of issued credentials."""
    expires: str = ""
    issued_arn: str = ""
    audience: str = ""
    """The audience of the token or assertion for which credentials were issued."""
    issuer: str = ""
    made: str = ""
    """The id of a created policy of the organization, by which later requests refer to it."""
    identity: str = ""
    """`userIdentity` as JSON or as a row of Athena."""
    address: str = ""
    """An IP address, or the name of the service that made the request."""
    agent: str = ""
    endpoint: str = ""
    """The id of the VPC endpoint."""
    account: str = ""
    """`recipientAccountId`: the account of the trail."""
    event_id: str = ""
    count: int = 1
    """The number of identical requests, for rows that a query has reduced."""

    @property
    def at(self) -> datetime:
        return instant(self.epoch)

    @property
    def verdict(self) -> str:
        """`allowed`, `denied`, or `failed`: the error does not show what policies decided."""
        if not self.code:
            return "allowed"
        return "denied" if self.code in DENIED else "failed"

    @property
    def operation(self) -> str:
        """`s3:GetObject`, with the prefix from the host of the service."""
        return f"{self.source.partition('.')[0]}:{self.name}"
