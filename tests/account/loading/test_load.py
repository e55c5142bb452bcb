"""A file becomes a model: everything that follows from something else is filled in."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.configuration import configuration_of, model_of
from sts_tui.account.diagnostics.diagnostic import UnreadableFileError
from sts_tui.account.format.document_kinds import DOCUMENT
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.identity_center_format import IDENTITY_CENTER_FORMATS
from sts_tui.account.format.object_kinds import LIST_OF_OBJECTS, SINGLE_OBJECT
from sts_tui.account.format.workload_identity_format import WORKLOAD_IDENTITY_FORMATS
from sts_tui.account.identifiers import account_of_access_key_id
from sts_tui.account.loading.load import from_json, load
from tests.accounts.every_part import DEV, PROD, dump, loaded, model, own_file

SAMPLES = sorted((Path(__file__).parents[3] / "sample_accounts").glob("*.json"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_sample_account_loads_without_a_warning(path: Path) -> None:
    assert load([path]).warnings == ()


def test_every_part_of_the_format_is_read() -> None:
    read = model(own_file())
    prod, dev = read.accounts
    assert (read.name, read.start_time) == ("everything", datetime(2026, 1, 15, 9, tzinfo=UTC))
    assert (read.settings.revoke_padding_seconds, read.settings.propagation_seconds) == (60, 2.5)
    assert read.organization is not None
    assert read.organization.delegated_administrators == {"iam.amazonaws.com": (DEV,)}
    unit = read.organization.root.organizational_units[0]
    assert [account.service_control_policies for account in unit.accounts] == [()]
    assert [account.account_id for account in read.organization.root.accounts] == [PROD]
    assert (prod.name, dev.name, prod.outbound_web_identity_federation) == ("prod", "dev", True)
    assert [workload.assume_roles[0].extra for workload in read.workloads] == [{"SourceIdentity": "alice"}]
    assert read.identity_providers[0].users[0].roles == (f"arn:aws:iam::{PROD}:role/app/App",)


def test_what_follows_from_something_else_may_be_left_out() -> None:
    prod = model(own_file()).accounts[0]
    role, user = prod.role_detail_list[0], prod.user_detail_list[0]
    assert role.arn == f"arn:aws:iam::{PROD}:role/app/App"
    assert role.role_id.startswith("AROA")
    assert len(role.role_id) == 21
    assert (user.path, user.user_id[:4]) == ("/", "AIDA")
    assert role.attached_managed_policies[0].policy_name == "Shared"
    assert prod.policies[0].default_version_id == "v1"
    assert prod.saml_providers[0].arn == f"arn:aws:iam::{PROD}:saml-provider/sso"
    assert prod.saml_providers[0].identity_provider == "sso"
    assert prod.open_id_connect_providers[0].identity_provider == "github"
    assert prod.resources[0].account == PROD


def test_ids_follow_from_the_arn_alone() -> None:
    first = model(own_file()).accounts[0].role_detail_list[0]
    alone = {"Accounts": [{**own_file()["Accounts"][0], "Name": "renamed"}]}
    alone["Accounts"][0].pop("SAMLProviders")
    second = model(alone).accounts[0].role_detail_list[0]
    assert first.role_id == second.role_id


def test_users_without_listed_keys_have_one_active_key_of_their_account() -> None:
    alice, bob = model(own_file()).accounts[0].user_detail_list
    assert alice.access_keys is not None
    assert [(key.access_key_id[:4], key.status) for key in alice.access_keys] == [("AKIA", "Active")]
    assert account_of_access_key_id(alice.access_keys[0].access_key_id) == PROD
    assert bob.access_keys == ()


def test_instance_profiles_are_lifted_out_of_roles() -> None:
    (profile,) = model(own_file()).accounts[0].instance_profiles
    assert profile.arn == f"arn:aws:iam::{PROD}:instance-profile/App"
    assert profile.roles == (f"arn:aws:iam::{PROD}:role/app/App",)


def test_organizational_units_get_ids_that_do_not_depend_on_order() -> None:
    value = own_file()
    first = model(value).organization
    value["Organization"]["Root"]["OrganizationalUnits"].insert(0, {"Name": "Earlier"})
    second = model(value).organization
    assert first is not None
    assert second is not None
    assert first.root.id == second.root.id
    assert first.root.id.startswith("r-")
    assert first.root.organizational_units[0].id == second.root.organizational_units[1].id


def test_null_is_an_absent_key() -> None:
    value = own_file()
    value["Accounts"][0]["RoleDetailList"][1]["Description"] = None
    assert model(value).accounts[0].role_detail_list[1].description is None


def test_a_parsed_value_is_read_and_not_changed() -> None:
    value = own_file()
    before = copy.deepcopy(value)
    assert from_json(value).model.name == "everything"
    assert value == before


def test_what_is_no_json_value_is_refused_by_name() -> None:
    with pytest.raises(UnreadableFileError, match="mine: is not JSON"):
        from_json({"Name": object()}, name="mine")


def test_loading_no_file_is_an_error() -> None:
    with pytest.raises(UnreadableFileError, match="no account file given"):
        load([])


def test_the_same_files_give_equal_models() -> None:
    first, second = model(own_file()), model(own_file())
    assert first.accounts[0].user_detail_list[0] == second.accounts[0].user_detail_list[0]
    assert json.dumps(str(first.organization and first.organization.id))


def test_every_key_of_the_format_fills_a_field_and_every_field_has_a_key() -> None:
    set_from_elsewhere = {"extra", "account", "stated"}  # `stated`: which keys were there
    only_read = {"$schema", "InstanceProfileList"}
    listed_by_aws = (*IDENTITY_CENTER_FORMATS, *WORKLOAD_IDENTITY_FORMATS)
    for object_format in FORMATS.values():
        fields = {name for name in object_format.entity.__struct_fields__ if name not in set_from_elsewhere}
        filled = {key_format.field for key_format in object_format.keys.values() if key_format.field}
        assert filled == fields, object_format.name
        # kept as they are: further parameters of AssumeRole, further members that AWS's lists print
        if object_format.name != "WorkloadHop" and object_format not in listed_by_aws:
            assert {
                key_format.key for key_format in object_format.keys.values() if not key_format.field
            } <= only_read


def test_every_reference_between_formats_names_one() -> None:
    for object_format in FORMATS.values():
        for key_format in object_format.keys.values():
            if key_format.kind in (SINGLE_OBJECT, LIST_OF_OBJECTS):
                assert key_format.format in FORMATS
            if key_format.kind is DOCUMENT:
                assert key_format.policy is not None


def test_a_configuration_and_back_is_the_same_model() -> None:
    for files in ([own_file()], [dump()], [own_file(), dump_of_another_account()]):
        read = model(*files)
        assert model_of(configuration_of(read), read) == read


def dump_of_another_account() -> dict[str, Any]:
    text = json.dumps(dump()).replace(PROD, "777788889999").replace("EXAMPLEEXAMPLEEXA", "EXAMPLEEXAMPLEEXB")
    value: dict[str, Any] = json.loads(text)
    return value


def test_policies_whose_text_everyone_knows_need_no_document() -> None:
    value = own_file()
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    value["Accounts"][0]["RoleDetailList"][1]["AttachedManagedPolicies"] = [{"PolicyArn": arn}]
    result = loaded(value)
    assert result.warnings == ()
    document = configuration_of(result.model).policies[arn].default_document
    assert document is not None
    assert document.document["Statement"][0]["Action"] == "*"
    assert arn not in {policy.arn for account in result.model.accounts for policy in account.policies}


def test_an_instance_profile_may_name_its_role_without_the_path() -> None:
    value = own_file()
    value["Accounts"][0]["RoleDetailList"][0].pop("InstanceProfileList")
    value["Accounts"][0]["InstanceProfiles"] = [{"InstanceProfileName": "P", "Roles": ["App"]}]
    (profile,) = model(value).accounts[0].instance_profiles
    assert profile.roles == (f"arn:aws:iam::{PROD}:role/app/App",)


def test_nothing_of_a_file_stays_in_what_a_loaded_model_logs(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(0):
        model(own_file())
    assert caplog.records == []


def test_a_setting_that_has_a_new_name_is_read_by_the_earlier_one_with_a_warning() -> None:
    for earlier in (True, False):
        result = from_json({**own_file(), "Settings": {"ResourceWildcardsCrossColons": earlier}})
        assert [str(warning) for warning in result.warnings if "is now" in str(warning)]
        assert result.model.settings.trailing_wildcard_crosses_colons is earlier
