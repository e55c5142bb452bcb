"""Which trust anchor, profile or revocation list does a call name, and may the caller do this?

Resources of Roles Anywhere belong to one Region; a call sees those of its own account.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementrolesanywhere.html
The messages of refusals are ours, because AWS documents only the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import JsonObject
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.workload_identities import AnywhereProfile, CertificateRevocationList, TrustAnchor
from sts_tui.simulation.operations.responses import created
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Call

_TABLES: Final[Mapping[type, str]] = {
    TrustAnchor: "trust_anchors",
    AnywhereProfile: "anywhere_profiles",
    CertificateRevocationList: "crls",
}
_WORDS: Final[Mapping[type, str]] = {
    TrustAnchor: "Trust anchor",
    AnywhereProfile: "Profile",
    CertificateRevocationList: "CRL",
}

A = TypeVar("A", TrustAnchor, AnywhereProfile, CertificateRevocationList)


def not_found(kind: type, name: str) -> AwsError:
    """A refusal for something that does not exist."""
    return AwsError("ResourceNotFoundException", f"{_WORDS[kind]} not found: {name}", 404)


def invalid(message: str, hint: str = "") -> AwsError:
    """A refusal of parameters."""
    return AwsError("ValidationException", message, 400, hint=hint)


def known_in_account(call: Call, kind: type[A]) -> list[A]:
    """All entities of that kind in the account of the call, in the order of the file."""
    table: Mapping[str, A] = getattr(call.configuration, _TABLES[kind])
    return [one for arn, one in table.items() if arn.split(":")[4] == call.account]


def named(call: Call, kind: type[A], name: str) -> A:
    """The entity with that id or ARN, after authorizing the call. Raises ResourceNotFoundException, and the
    AwsError of a denial.
    """
    wanted = name.rpartition("/")[2]
    found = next((one for one in known_in_account(call, kind) if _id(one) == wanted), None)
    if found is None:
        raise not_found(kind, name)
    call.authorize(call.operation, found.arn, resource_account=call.account)
    return found


def _id(one: TrustAnchor | AnywhereProfile | CertificateRevocationList) -> str:
    return one.arn.rpartition("/")[2]


def stored(configuration: Configuration, one: A) -> Configuration:
    """The configuration with this entity in place of the one with its ARN, else at the end."""
    table = PersistentMap.of(getattr(configuration, _TABLES[type(one)]))
    return replace(configuration, **{_TABLES[type(one)]: table.updated({one.arn: one})})


def removed(configuration: Configuration, one: A) -> Configuration:
    """The configuration without this entity."""
    table = PersistentMap.of(getattr(configuration, _TABLES[type(one)]))
    return replace(configuration, **{_TABLES[type(one)]: table.without([one.arn])})


def partition_of(call: Call) -> str:
    return call.configuration.partition_of(call.account)


def tags_of(params: Mapping[str, Any]) -> tuple[JsonObject, ...]:
    """The `tags` of a call. Raises ValidationException for a duplicate key."""
    tags = tuple(dict(one) for one in params.get("tags") or ())
    if len({one["key"] for one in tags}) < len(tags):
        raise invalid("Duplicate tag keys found.")
    return tags


def request_tags(tags: tuple[JsonObject, ...]) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys`; empty if no tags are passed."""
    if not tags:
        return {}
    keys = {f"aws:RequestTag/{one['key']}": one["value"] for one in tags}
    return {**keys, "aws:TagKeys": [one["key"] for one in tags]}


def dates(one: TrustAnchor | AnywhereProfile | CertificateRevocationList) -> dict[str, Any]:
    """`createdAt` and `updatedAt`."""
    return {"createdAt": created(one.created_at), "updatedAt": created(one.updated_at or one.created_at)}
