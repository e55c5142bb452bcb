"""How is an Amazon Resource Name parsed and printed?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

PARTITIONS: Final = (
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
)
"""Every partition: those that the guide lists, the isolated ones, and the European Sovereign Cloud.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
"""


ARN_SEGMENTS: Final = 6

ACCOUNT_DIGITS: Final = "[0-9]{12}"
"""An account id, for use in a regular expression."""


class Arn(Struct, frozen=True):
    """The six segments of an ARN. The resource segment may contain `:` and `/`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn:
        """Parse `arn:partition:service:region:account:resource`. Raises ValueError for any other text."""
        segments = text.split(":", ARN_SEGMENTS - 1)
        if (
            len(segments) != ARN_SEGMENTS
            or segments[0] != "arn"
            or not (segments[1] and segments[2] and segments[5])
        ):
            raise ValueError(f"{text!r} is not an ARN (arn:partition:service:region:account:resource)")
        return cls(*segments[1:])

    @property
    def resource_type(self) -> str:
        """`role` in `role/path/name`, `root` in `root`; empty where the resource has no type."""
        return self.resource.split("/", 1)[0] if "/" in self.resource or self.resource == "root" else ""

    @property
    def name(self) -> str:
        """The last path segment: the role, user, policy or session name."""
        return self.resource.rsplit("/", 1)[-1]

    @property
    def path(self) -> str:
        """The path of an IAM entity, `/` when it has none: `/app/` in `role/app/name`."""
        _, _, rest = self.resource.partition("/")
        return f"/{rest.rpartition('/')[0]}/" if "/" in rest else "/"

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def iam_arn(account: str, kind: str, name: str, path: str = "/", partition: str = "aws") -> str:
    """The ARN of an IAM entity; `kind` is `user`, `role`, `group`, `policy`, `instance-profile` …"""
    return f"arn:{partition}:iam::{account}:{kind}{path}{name}"


def root_arn(account: str, partition: str = "aws") -> str:
    """The ARN of an account's root user. Policies also use it to name the account as a principal."""
    return f"arn:{partition}:iam::{account}:root"


def account_of(text: str) -> str | None:
    """The account id in an ARN; None if the ARN has none (an S3 bucket) or the text is not an ARN."""
    segments = text.split(":", 5)
    return segments[4] or None if len(segments) == 6 and segments[0] == "arn" else None


def is_account_id(text: str) -> bool:
    """Whether a text is an account id: twelve digits.

    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
    """
    return len(text) == 12 and text.isascii() and text.isdigit()


def is_aws_managed(arn: object) -> bool:
    """Whether a value is the ARN of an AWS managed policy."""
    return isinstance(arn, str) and ":iam::aws:policy/" in arn
