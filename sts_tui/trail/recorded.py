"""What is kept of a CloudTrail event? Signer, request, and how it ended: no secret, no token.

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
    """Seconds since 1970 as an instant, UTC: many events have the same."""
    return datetime.fromtimestamp(epoch, UTC)


class RecordedEvent(Struct, frozen=True):
    """One request that CloudTrail recorded. The order of members is that of `reading.ordered`."""

    epoch: int
    """Seconds since 1970, CloudTrail's own precision."""
    source: str
    """`s3.amazonaws.com`."""
    name: str
    """The operation as CloudTrail calls it: `GetObject`, `Invoke20150331`."""
    region: str = "us-east-1"
    code: str = ""
    message: str = ""
    request: str = ""
    """`requestParameters` as JSON."""
    resources: str = ""
    signed: str = ""
    """How S3 was given the signature: `AuthHeader` or `QueryString`."""
    switched: str = ""
    """ARN of who switched to a role in the console."""
    kind: str = "AwsApiCall"
    """`eventType`."""
    shared: str = ""
    """`sharedEventID`: the copies of one request in two accounts have the same."""
    issued_key: str = ""
    """The access key id of credentials that it issued."""
    expires: str = ""
    issued_arn: str = ""
    audience: str = ""
    """For whom a token or assertion was made that credentials were issued for."""
    issuer: str = ""
    made: str = ""
    """The id of a policy of the organization that it made: later requests name the policy by it."""
    identity: str = ""
    """`userIdentity` as JSON or as a row of Athena."""
    address: str = ""
    """An IP address, or the name of the service that made the request."""
    agent: str = ""
    endpoint: str = ""
    """Id of the VPC endpoint."""
    account: str = ""
    """`recipientAccountId`: whose trail it is."""
    event_id: str = ""
    count: int = 1
    """More than one for rows that a query has reduced: requests that are the same in everything."""

    @property
    def at(self) -> datetime:
        return instant(self.epoch)

    @property
    def verdict(self) -> str:
        """`allowed`, `denied`, or `failed`: its error does not say what policies decided."""
        if not self.code:
            return "allowed"
        return "denied" if self.code in DENIED else "failed"

    @property
    def operation(self) -> str:
        """`s3:GetObject`, by the host of the service."""
        return f"{self.source.partition('.')[0]}:{self.name}"
