"""The JSON Schema accepts what the loader accepts, and helps where it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.writing.export import as_json
from sts_tui.account.writing.schema import json_schema
from tests.accounts.every_part import changed, dump, model, own_file

SAMPLES = sorted((Path(__file__).parents[3] / "sample_accounts").glob("*.json"))
VALIDATOR = Draft202012Validator(json_schema())


def test_the_schema_is_a_schema_and_json() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json.loads(json.dumps(json_schema())) == json_schema()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples_are_valid(path: Path) -> None:
    VALIDATOR.validate(json.loads(path.read_text()))


@pytest.mark.parametrize(
    "value", [own_file(), dump(), as_json(model(own_file())), as_json(model(dump())), {}]
)
def test_what_loads_is_valid(value: Any) -> None:
    VALIDATOR.validate(value)


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("Nmae", "x"),
        ("Accounts.0.RoleDetailList.0.MaxSessionDuration", 60),
        ("Accounts.0.RoleDetailList.0.AssumeRolePolicyDocument.Statement.0.Efect", "Allow"),
        ("Accounts.0.RoleDetailList.0.AssumeRolePolicyDocument.Statement.0.Resource", "*"),
        ("Accounts.0.RoleDetailList.0.RolePolicyList.0.PolicyDocument.Statement.0.Principal", "*"),
        (
            "Accounts.0.RoleDetailList.0.RolePolicyList.0.PolicyDocument.Statement.0.Condition",
            {"StringEqual": {}},
        ),
        ("Accounts.0.UserDetailList.0", {"Path": "/"}),
        ("Workloads.0.Refresh", "always"),
        ("Accounts.0.AccountId", "12"),
    ],
)
def test_what_the_loader_refuses_by_format_is_invalid(where: str, value: Any) -> None:
    assert not VALIDATOR.is_valid(changed(own_file(), where, value))


def test_every_format_and_policy_type_is_defined() -> None:
    definitions = json_schema()["$defs"]
    assert set(FORMATS) <= set(definitions)
    assert len([name for name in definitions if name.endswith("PolicyDocument")]) == len(PolicyKind)
