"""Documents are kept as bytes, equal ones once; nothing else of a file changes by it, and checks of them
grow with what differs.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from benchmarks.generator import organization
from sts_tui.account.checks import file_check
from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.entities import AccountModel, Role
from sts_tui.account.loading.load import from_json, parse
from sts_tui.account.loading.packing import Packing
from sts_tui.account.policy_document import PackedDocument, WrittenPolicy
from sts_tui.account.writing.export import export

ACCOUNT = "111122223333"


def trusting(principal: str = ACCOUNT, **more: object) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def account(*roles: object, **more: object) -> dict[str, Any]:
    listed = [
        {"RoleName": f"r{number}", "AssumeRolePolicyDocument": one, **more}
        for number, one in enumerate(roles)
    ]
    return {"Accounts": [{"AccountId": ACCOUNT, "RoleDetailList": listed}]}


def roles_of(model: AccountModel) -> list[WrittenPolicy]:
    return [role.assume_role_policy_document for one in model.accounts for role in one.role_detail_list]


def is_packed(value: dict[str, Any]) -> bool:
    """Whether a file with this content would be read with packed documents."""
    packing = Packing()
    parsed = packing.parsed(Source("file", json.dumps(value))).value
    assert isinstance(parsed, dict)
    return packing.is_exact(parsed)


def test_equal_documents_are_one_and_say_what_the_file_says() -> None:
    first, second, other = roles_of(from_json(account(trusting(), trusting(), trusting("*"))).model)
    assert isinstance(first.content, PackedDocument)
    assert first.content is second.content
    assert first.content is not other.content
    assert first.document == trusting()
    assert list(first.document) == ["Version", "Statement"]
    assert first is not second  # an edit of one role is none of the other


def test_the_parsed_form_of_many_documents_is_not_kept() -> None:
    written = roles_of(from_json(organization(400, 1)).model)
    assert len({id(one.document) for one in written[:3]}) == len({one.content for one in written[:3]})
    assert not any(hasattr(one, "__dict__") or isinstance(one._held, dict) for one in written)


@pytest.mark.parametrize(
    "value",
    [1e300, -0.0, 12345678901234567890123, "é", "\x7f", "\\", '"'],
)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    document = trusting(Condition={"StringEquals": {"aws:userid": value}})
    model = from_json({**account(), "Organization": organization_of(document)}, vocabulary=False).model
    assert model.organization is not None
    assert model.organization.root.service_control_policies is not None
    assert model.organization.root.service_control_policies[0].document.document == document


def organization_of(document: dict[str, Any]) -> dict[str, Any]:
    for statement in document["Statement"]:
        statement.pop("Principal", None)
        statement["Resource"] = "*"
    unit = {"Name": "Unit", "ServiceControlPolicies": [{"Name": "inner", "Document": granting()}]}
    root = {
        "Name": "Root",
        "ServiceControlPolicies": [{"Name": "guard", "Document": document}],
        "OrganizationalUnits": [{**unit, "OrganizationalUnits": [{**unit, "Name": "Below"}]}],
    }
    return {"Id": "o-abcdefghij", "ManagementAccountId": ACCOUNT, "Root": root}


def granting() -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def test_documents_anywhere_in_the_format_are_packed() -> None:
    value = account(trusting(), RolePolicyList=[{"PolicyName": "a", "PolicyDocument": granting()}])
    whole = value["Accounts"][0]
    whole["Policies"] = [
        {"PolicyName": "p", "PolicyVersionList": [{"VersionId": "v1", "Document": granting()}]}
    ]
    whole["Resources"] = [{"Arn": "arn:aws:s3:::b", "Policy": trusting(Resource="*")}]
    nested = {"RoleName": "r0", "AssumeRolePolicyDocument": trusting()}
    whole["InstanceProfiles"] = [{"InstanceProfileName": "i", "Roles": [nested]}]
    value["Organization"] = organization_of(trusting())
    assert is_packed(value)
    assert is_packed({key: whole[key] for key in ("RoleDetailList", "Policies")})  # a raw dump


def test_what_only_looks_like_a_document_stays_json() -> None:
    """Claims of a user may have keys like ours."""
    user = {"Name": "u", "Claims": {"Policy": {"Statement": [1]}}}
    provider = {"Name": "idp", "Type": "OIDC", "Issuer": "https://idp.example", "Users": [user]}
    value = account(trusting()) | {"IdentityProviders": [provider]}
    assert not is_packed(value)
    model = from_json(value).model
    assert model.identity_providers[0].users[0].claims == user["Claims"]
    assert roles_of(model)[0].document == trusting()


def test_an_unknown_key_of_a_dump_keeps_its_value() -> None:
    dump = {"RoleDetailList": [{"RoleName": "r", "Arn": f"arn:aws:iam::{ACCOUNT}:role/r",
            "AssumeRolePolicyDocument": trusting(), "New": {"Document": {"x": [1.5, "é"]}}}]}  # fmt: skip
    assert not is_packed(dump)
    [role] = json.loads(export(from_json(dump).model))["Accounts"][0]["RoleDetailList"]
    assert role["New"] == {"Document": {"x": [1.5, "é"]}}


def test_too_large_a_number_is_not_read_as_null() -> None:
    document = json.dumps(trusting(Condition={"NumericEquals": {"aws:userid": "HUGE"}})).replace(
        '"HUGE"', "1e999"
    )
    text = json.dumps(account("DOCUMENT")).replace('"DOCUMENT"', document)
    with pytest.raises(AccountFileError, match="cannot be compared"):
        parse([Source("file", text)])


@pytest.mark.parametrize("written", [lambda one: one, json.dumps, lambda one: quote(json.dumps(one))])
def test_characters_beyond_latin_1_are_refused_however_they_are_written(written: Any) -> None:
    document = trusting(Sid="x", Condition={"StringEquals": {"aws:userid": "\u4e2d"}})
    with pytest.raises(AccountFileError, match="characters beyond Latin-1"):
        from_json(account(written(document)))


def reviewed(monkeypatch: pytest.MonkeyPatch, value: dict[str, Any]) -> int:
    """How many documents are compared with the rules while this is loaded."""
    seen: list[object] = []
    real = file_check._Review.of
    monkeypatch.setattr(
        file_check._Review, "of", lambda written, kind: (seen.append(kind), real(written, kind))[1]
    )
    from_json(value)
    monkeypatch.undo()
    return len(seen)


def test_a_document_is_reviewed_once_however_many_roles_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (10, 1000):
        policies = [{"PolicyName": "a", "PolicyDocument": granting()}]
        value = account(*[trusting()] * number, RolePolicyList=policies)
        assert reviewed(monkeypatch, value) == 2


def test_reviews_grow_with_the_documents_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (
        reviewed(monkeypatch, account(*[trusting(f"{number:012d}") for number in range(size)]))
        for size in (100, 400)
    )
    assert (few, many) == (100, 400)


def test_the_same_finding_is_reported_at_every_role() -> None:
    broken = trusting(Action="iam:PassRole")
    with pytest.raises(AccountFileError) as caught:
        from_json(account(broken, trusting(), broken))
    assert [one.path for one in caught.value.diagnostics] == [
        f"Accounts[0].RoleDetailList[{index}].AssumeRolePolicyDocument.Statement[0].Action"
        for index in (0, 2)
    ]


def test_the_built_entities_are_plain_roles() -> None:
    role = from_json(account(trusting())).model.accounts[0].role_detail_list[0]
    assert type(role) is Role
