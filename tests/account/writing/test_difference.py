"""What changed between two models, in lines for people."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from sts_tui.account.writing.difference import diff
from tests.accounts.every_part import DEV, PROD, changed, dump, model, own_file
from tests.accounts.policies import allow, policy, trusts

ROLE = "Accounts.0.RoleDetailList.0"
UNIT = "Organization Root organizational unit Workloads"
HERE = f"account {PROD} role App"


@pytest.mark.parametrize(
    ("where", "value", "line"),
    [
        (f"{ROLE}.MaxSessionDuration", 3600, f"~ {HERE} MaxSessionDuration: 7200 → 3600"),
        (f"{ROLE}.MaxSessionDuration", ..., f"- {HERE} MaxSessionDuration: 7200"),
        (f"{ROLE}.Description", "new", f'+ {HERE} Description: "new"'),
        (f"{ROLE}.PermissionsBoundary", ..., f"- {HERE} PermissionsBoundary"),
        ("Accounts.0.UserDetailList.1", ..., f"- account {PROD} user bob"),
        ("Accounts.0.UserDetailList.2", {"UserName": "eve"}, f"+ account {PROD} user eve"),
        (
            "Accounts.0.UserDetailList.0.Tags.0.Value",
            "x",
            f'~ account {PROD} user alice tag team Value: "web" → "x"',
        ),
        ("Accounts.0.SAMLProviders.0.Name", "sso2", f"+ account {PROD} SAML provider sso2"),
        ("Settings.RevokePaddingSeconds", 5, "~ Settings RevokePaddingSeconds: 60 → 5"),
        (
            "Organization.Root.OrganizationalUnits.0.ServiceControlPolicies.1",
            {"Name": "more", "Document": policy(allow("*"))},
            f"+ {UNIT} service control policy more",
        ),
        (
            "Organization.Root.OrganizationalUnits.0.Accounts.0",
            DEV,
            f"- {UNIT} organization account {DEV} ServiceControlPolicies: []",
        ),
    ],
)
def test_a_change_is_one_line(where: str, value: Any, line: str) -> None:
    after = changed(own_file(), where, value)
    if where.endswith("SAMLProviders.0.Name"):
        after["IdentityProviders"][0]["Name"] = "sso2"
    assert any(found.startswith(line) for found in diff(model(own_file()), model(after)))


def test_a_changed_document_shows_the_lines_that_differ() -> None:
    after = changed(own_file(), f"{ROLE}.AssumeRolePolicyDocument.Statement.0.Sid", "New")
    lines = diff(model(own_file()), model(after))
    assert lines[0] == f"~ {HERE} AssumeRolePolicyDocument"
    assert [line.split() for line in lines[1:] if line.strip().startswith(("+", "-"))] == [
        ["-", '"Action":', '"sts:AssumeRole"'],
        ["+", '"Action":', '"sts:AssumeRole",'],
        ["+", '"Sid":', '"New"'],
    ]


def test_models_that_say_the_same_do_not_differ() -> None:
    assert diff(model(own_file()), model(own_file())) == ()
    assert diff(model(dump()), model(dump())) == ()


def test_the_same_document_in_another_encoding_is_no_difference() -> None:
    path = "RoleDetailList.0.AssumeRolePolicyDocument"
    as_text = changed(dump(), path, json.dumps(trusts(), indent=3))
    encoded = changed(dump(), path, quote(json.dumps(trusts()), safe=""))
    assert diff(model(dump()), model(as_text)) == diff(model(as_text), model(encoded)) == ()
    other = changed(dump(), path, quote(json.dumps(trusts({"AWS": DEV})), safe=""))
    assert [line for line in diff(model(as_text), model(other)) if DEV in line]
    assert diff(model(changed(dump(), path, "no policy")), model(changed(dump(), path, "none either"))) != ()


def test_only_the_change_is_listed() -> None:
    after = changed(own_file(), f"{ROLE}.MaxSessionDuration", 3600)
    assert len(diff(model(own_file()), model(after))) == 1
