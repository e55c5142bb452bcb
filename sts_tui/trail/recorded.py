"""What is kept of a CloudTrail event? Signer, request, and how it ended: no secret, no token.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
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


class RecordedEvent(Struct, frozen=True):
    """One request that CloudTrail recorded, or several that are the same in everything within one second."""

    epoch: int
    """Seconds since 1970, CloudTrail's own precision."""
    source: str
    """`s3.amazonaws.com`."""
    name: str
    """The operation as CloudTrail calls it: `GetObject`, `Invoke20150331`."""
    region: str = "us-east-1"
    address: str = ""
    """An IP address, or the name of the service that made the request."""
    agent: str = ""
    endpoint: str = ""
    """Id of the VPC endpoint."""
    code: str = ""
    message: str = ""
    identity: str = ""
    """`userIdentity` as JSON or as a row of Athena."""
    request: str = ""
    """`requestParameters` as JSON."""
    resources: str = ""
    signed: str = ""
    """How S3 was given the signature: `AuthHeader` or `QueryString`."""
    switched: str = ""
    """ARN of who switched to a role in the console."""
    kind: str = "AwsApiCall"
    """`eventType`."""
    account: str = ""
    """`recipientAccountId`: whose trail it is."""
    shared: str = ""
    """`sharedEventID`: the copies of one request in two accounts have the same."""
    issued_key: str = ""
    """The access key id of credentials that it issued."""
    expires: str = ""
    issued_arn: str = ""
    audience: str = ""
    """For whom a token or assertion was made that credentials were issued for."""
    issuer: str = ""
    event_id: str = ""
    count: int = 1

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.epoch, UTC)

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
