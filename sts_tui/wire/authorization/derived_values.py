"""What can a template know that is no member of the request as it stands? The values of `{$name}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.wire.messages import HttpRequest


class Facts(Struct, frozen=True, kw_only=True):
    """What is known besides the members."""

    request: HttpRequest
    members: Mapping[str, object]
    region: str
    account: str
    """The caller's, which owns what a name without an account names."""
    configuration: Configuration

    @property
    def partition(self) -> str:
        return self.configuration.partition_of(self.account)


def derived(name: str, facts: Facts) -> list[str]:
    """The values of `{$name}`; none where they are not known. Raises KeyError for an unknown name."""
    match name:
        case "region":
            return [facts.region]
        case "account":
            return [facts.account]
        case "partition":
            return [facts.partition]
        case "path":
            return [unquote(facts.request.path)]
    return _DERIVED[name](facts)


def _copy_source(facts: Facts) -> list[str]:
    """`/bucket/key?versionId=…`, percent-encoded, or the ARN of an access point."""
    written = unquote(facts.request.header("x-amz-copy-source").partition("?")[0]).lstrip("/")
    return [written] if written else []


def _queue(facts: Facts) -> list[str]:
    """`https://sqs.us-east-1.amazonaws.com/123456789012/name`."""
    url = facts.members.get("QueueUrl")
    parts = url.rstrip("/").split("/") if isinstance(url, str) else []
    if len(parts) < 2 or not re.fullmatch(r"\d{12}", parts[-2]):
        return []
    return [f"arn:{facts.partition}:sqs:{facts.region}:{parts[-2]}:{parts[-1]}"]


def _phone(facts: Facts) -> list[str]:
    """A text message goes to a number; the resource is `*`."""
    return ["*"] if facts.members.get("PhoneNumber") else []


_STATEMENT: Final = re.compile(
    r"""\b(?:from|into|update)\s+"?([\w.-]+)"?(?:\."?([\w.-]+)"?)?""", re.IGNORECASE
)


def _partiql(facts: Facts) -> list[str]:
    """The tables that PartiQL statements name."""
    members = facts.members
    given: list[object] = [members]
    for name in ("Statements", "TransactStatements"):
        if isinstance(listed := members.get(name), list):
            given += listed
    found = []
    for one in given:
        text = one.get("Statement") if isinstance(one, Mapping) else None
        if isinstance(text, str) and (named := _STATEMENT.search(text)):
            index = f"/index/{named[2]}" if named[2] else ""
            found.append(
                f"arn:{facts.partition}:dynamodb:{facts.region}:{facts.account}:table/{named[1]}{index}"
            )
    return found


def _instance_profile_role(facts: Facts) -> list[str]:
    """The role inside the instance profile that a call names."""
    given = facts.members.get("IamInstanceProfile")
    if not isinstance(given, Mapping):
        return []
    arn, name = given.get("Arn"), given.get("Name")
    for profile in facts.configuration.instance_profiles.values():
        is_named = profile.instance_profile_name == name and profile.arn.split(":")[4] == facts.account
        if profile.arn == arn or is_named:
            return list(profile.roles)
    return []


_EC2_KINDS: Final = {
    "i": "instance", "ami": "image", "vol": "volume", "snap": "snapshot", "vpc": "vpc", "subnet": "subnet",
    "sg": "security-group", "eni": "network-interface", "rtb": "route-table", "igw": "internet-gateway",
    "nat": "natgateway", "acl": "network-acl", "lt": "launch-template", "eipalloc": "elastic-ip",
    "vpce": "vpc-endpoint", "tgw": "transit-gateway", "key": "key-pair", "fl": "vpc-flow-log",
    "dopt": "dhcp-options", "pcx": "vpc-peering-connection", "r": "reserved-instances", "h": "dedicated-host",
}  # fmt: skip


def _ec2_resources(facts: Facts) -> list[str]:
    """CreateTags names ids of any kind; the kind is in the id's prefix."""
    listed = facts.members.get("ResourceId")
    arns = []
    for one in listed if isinstance(listed, list) else [listed]:
        kind = _EC2_KINDS.get(one.partition("-")[0]) if isinstance(one, str) else None
        if kind is None:
            return []
        owner = "" if kind in ("image", "snapshot") else facts.account
        arns.append(f"arn:{facts.partition}:ec2:{facts.region}:{owner}:{kind}/{one}")
    return arns


_DERIVED: Final[Mapping[str, Callable[[Facts], list[str]]]] = {
    "copy-source": _copy_source,
    "queue": _queue,
    "phone": _phone,
    "partiql": _partiql,
    "instance-profile-role": _instance_profile_role,
    "ec2-resources": _ec2_resources,
}
