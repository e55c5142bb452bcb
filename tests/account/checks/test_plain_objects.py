"""What is accepted in one call is what the slow check has nothing to say about."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.generator import organization
from sts_tui.account.checks import plain_objects
from sts_tui.account.checks.format_check import FormatCheck
from sts_tui.account.checks.plain_objects import COMPARED, is_plainly_valid
from sts_tui.account.diagnostics.collector import Diagnostics
from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.loading.load import from_json, parse
from sts_tui.account.writing.export import export

ACCOUNT = "111122223333"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"},
}
GRANT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
ATTACHED = [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "PolicyName": "ReadOnlyAccess"}]
TAGS = [{"Key": "team", "Value": "web"}, {"Key": "cost"}]
EXAMPLES: dict[str, dict[str, Any]] = {
    "User": {
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
        "UserName": "alice",
        "UserId": "AIDAABCDEFGHIJKLMNOPQ",
        "Path": "/",
        "CreateDate": "2025-01-01T00:00:00Z",
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": GRANT}],
        "GroupList": ["admins"],
        "AttachedManagedPolicies": ATTACHED,
        "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        "Tags": TAGS,
        "AccessKeys": [{"AccessKeyId": "AKIAABCDEFGHIJKLMNOP", "Status": "Active"}],
        "MFADevices": [{"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/alice"}],
        "LoginProfile": {"PasswordResetRequired": False},
    },
    "Group": {"Arn": f"arn:aws:iam::{ACCOUNT}:group/admins", "GroupName": "admins", "GroupPolicyList": []},
    "Role": {
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/App",
        "RoleName": "App",
        "RoleId": "AROAABCDEFGHIJKLMNOPQ",
        "Path": "/",
        "CreateDate": 1735689600,
        "AssumeRolePolicyDocument": TRUST,
        "RolePolicyList": [
            {"PolicyName": "a", "PolicyDocument": GRANT},
            {"PolicyName": "b", "PolicyDocument": GRANT},
        ],
        "AttachedManagedPolicies": ATTACHED,
        "Tags": TAGS,
        "MaxSessionDuration": 3600,
        "Description": "what it is for",
        "RoleLastUsed": {"LastUsedDate": "2025-01-01T00:00:00Z", "Region": "eu-west-1"},
        "InstanceProfileList": [],
    },
    "ManagedPolicy": {
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy/own",
        "PolicyName": "own",
        "DefaultVersionId": "v1",
        "AttachmentCount": 1,
        "IsAttachable": True,
        "PolicyVersionList": [{"VersionId": "v1", "Document": GRANT, "IsDefaultVersion": True}],
    },
    "InstanceProfile": {
        "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/App",
        "InstanceProfileName": "App",
        "Roles": ["App"],
    },
    "Resource": {"Arn": "arn:aws:s3:::bucket", "Tags": TAGS},
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 3600, 3600.0, 43201, 10**30, "", "x", "/", "/a/", "a\nb", "App\n", "é", "x" * 2000,
    [], [None], ["x"], [["x"]], [{}], {}, {"x": 1}, "2025-01-01", "1900-01-01", ["x"] * 60, "Inactive",
    "v2", "\x00",
)  # fmt: skip


@pytest.fixture(autouse=True)
def every_object_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_objects, "_WORTH_COMPILING", 0)


def changed(value: Any) -> Iterator[Any]:
    """The value with one of its parts replaced, left out or added."""
    yield from ODD
    if isinstance(value, dict):
        yield {**value, "Unknown": 1}
        for key, part in value.items():
            yield {other: kept for other, kept in value.items() if other != key}
            if key not in ("PolicyDocument", "AssumeRolePolicyDocument", "Document"):
                for each in changed(part):
                    yield {**value, key: each}
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield [*value, part]
            for each in changed(part):
                yield [*value[:index], each, *value[index + 1 :]]


def slowly(raw: dict[str, Any], name: str) -> list[tuple[object, str]]:
    diagnostics = Diagnostics()
    FormatCheck(0, diagnostics).check(raw, FORMATS[name], ())
    return [(one.place, one.message) for one in diagnostics.all]


def quickly(raw: dict[str, Any], name: str) -> list[tuple[object, str]]:
    diagnostics = Diagnostics()
    FormatCheck(0, diagnostics).object(raw, name, ())
    return [(one.place, one.message) for one in diagnostics.all]


@pytest.mark.parametrize("name", sorted(COMPARED))
def test_the_examples_are_plainly_right(name: str) -> None:
    assert is_plainly_valid(copy.deepcopy(EXAMPLES[name]), name)


@pytest.mark.parametrize("name", sorted(COMPARED))
def test_both_ways_report_the_same_in_the_same_order(name: str) -> None:
    """Thousands of objects with one fault, or with a harmless change."""
    accepted = compared = 0
    for raw in changed(EXAMPLES[name]):
        if not isinstance(raw, dict):
            continue
        first, second = copy.deepcopy(raw), copy.deepcopy(raw)
        compared += 1
        accepted += is_plainly_valid(copy.deepcopy(raw), name)
        assert quickly(first, name) == slowly(second, name), raw
        assert first.keys() == second.keys()
        assert all(type(first[key]) is type(second[key]) for key in first)
    assert 0 < accepted < compared


def test_a_generated_organization_is_the_same_model_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    value = organization(30, 2)
    quick = export(from_json(value).model)
    monkeypatch.setattr(plain_objects, "_WORTH_COMPILING", 10**9)
    plain_objects._seen.clear()
    assert quick == export(from_json(value).model)


def test_an_error_in_a_late_role_has_its_line() -> None:
    text = json.dumps(organization(500, 1), indent=1)
    at = text.rindex('"Sid"')
    broken = text[:at] + '"Side"' + text[at + 5 :]
    with pytest.raises(AccountFileError) as caught:
        parse([Source("big.json", broken)])
    assert [one.line for one in caught.value.diagnostics] == [text.count("\n", 0, at) + 1]
