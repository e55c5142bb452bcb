"""A dump as AWS gives it, and policies as AWS's guides show them, open without one false word.

`realistic_dump.json` has the shapes of `aws iam get-account-authorization-details` of an account with an
organization above it, Identity Center, EKS, CDK, vendors and CI; `valid_policies.json` has examples of every
kind of policy from AWS's guides.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sts_tui.account.loading.load import parse
from sts_tui.account.writing.difference import diff
from sts_tui.account.writing.export import as_json
from tests.accounts.every_part import model, sources

HERE = Path(__file__).parent
DUMP: dict[str, Any] = json.loads((HERE / "realistic_dump.json").read_text())
DOCUMENTS = ("AssumeRolePolicyDocument", "PolicyDocument", "Document")


def warnings(*files: Any) -> list[str]:
    return [str(diagnostic) for diagnostic in parse(sources(*files), vocabulary=True).warnings]


def test_policies_that_aws_accepts_are_neither_refused_nor_doubted() -> None:
    assert warnings((HERE / "valid_policies.json").read_text()) == []


def test_a_dump_has_warnings_only_for_missing_providers_and_deleted_principals() -> None:
    told = [text for text in warnings(DUMP) if "3600 seconds are assumed" not in text]
    providers = [text for text in told if "a raw dump has no identity providers" in text]
    deleted = [text for text in told if "deleted user or role: it matches no principal" in text]
    assert (len(providers), len(deleted)) == (3, 2)
    assert sorted(told) == sorted(providers + deleted)


def rewritten(value: Any, change: Callable[[str, Any], Any]) -> Any:
    """A copy of a JSON value with every value of a key passed through `change`."""
    if isinstance(value, dict):
        return {key: change(key, rewritten(item, change)) for key, item in value.items()}
    return [rewritten(item, change) for item in value] if isinstance(value, list) else value


def as_text(key: str, value: Any) -> Any:
    return json.dumps(value, indent=2) if key in DOCUMENTS else value


def percent_encoded(key: str, value: Any) -> Any:
    return quote(json.dumps(value), safe="") if key in DOCUMENTS else value


def as_str_prints_dates(key: str, value: Any) -> Any:
    """As `json.dumps(boto3's answer, default=str)`."""
    return value.replace("T", " ") if key in ("CreateDate", "UpdateDate") else value


def as_numbers(key: str, value: Any) -> Any:
    return {"2021-03-04T10:11:12+00:00": 1614852672}.get(value, value) if key == "CreateDate" else value


@pytest.mark.parametrize("change", [as_text, percent_encoded, as_str_prints_dates, as_numbers])
def test_however_it_was_printed_it_is_the_same_model(change: Callable[[str, Any], Any]) -> None:
    other = rewritten(DUMP, change)
    assert other != DUMP
    other["ResponseMetadata"] = {"HTTPStatusCode": 200, "RetryAttempts": 0}
    assert diff(model(DUMP), model(other)) == ()
    assert len(warnings(other)) == len(warnings(DUMP))


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_its_pages_together_are_the_same_model(size: int) -> None:
    """As `--max-items` cuts it: users, groups, roles and policies, one after the other."""
    listed = [(key, item) for key, items in DUMP.items() for item in items]
    pages = []
    for start in range(0, len(listed), size):
        page: dict[str, Any] = {key: [] for key in DUMP}
        for key, item in listed[start : start + size]:
            page[key].append(item)
        pages.append({**page, "IsTruncated": start + size < len(listed), "Marker": "next"})
    assert diff(model(DUMP), model(*pages)) == ()
    assert diff(model(DUMP), model(*reversed(pages))) == ()
    assert len(warnings(*pages)) == len(warnings(DUMP))


FOLLOWS = {
    "IsAttachable": True,
    "Value": "",
    "DefaultVersionId": "v1",
    "PermissionsBoundaryType": "Policy",
    "IsDefaultVersion": False,
}


def said(value: Any) -> Any:
    """What an entity says, without what an absent key says as well, and with dates as we write them."""
    if isinstance(value, dict):
        return {
            key: said(item)
            for key, item in value.items()
            if item not in ([], {}, FOLLOWS.get(key, [])) and key != "InstanceProfileList"
        }
    if isinstance(value, list):
        return [said(item) for item in value]
    return value.replace("+00:00", "Z") if isinstance(value, str) else value


def test_nothing_of_a_dump_is_lost_in_the_export() -> None:
    (account,) = as_json(model(DUMP))["Accounts"]
    for key, items in DUMP.items():
        by_arn = {entity["Arn"]: said(entity) for entity in account[key]}
        assert by_arn == {item["Arn"]: said(item) for item in items}
    profiles = [profile for role in DUMP["RoleDetailList"] for profile in role["InstanceProfileList"]]
    assert [profile["Arn"] for profile in account["InstanceProfiles"]] == [p["Arn"] for p in profiles]
    assert [profile["Roles"] for profile in account["InstanceProfiles"]] == [
        [role["Arn"] for role in profile["Roles"]] for profile in profiles
    ]
