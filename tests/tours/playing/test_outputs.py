"""Outputs are printed as the AWS CLI prints them."""

from __future__ import annotations

from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing.outputs import as_json, as_output, as_text, error_text


def test_json_is_indented_by_four_and_nothing_is_printed_for_nothing() -> None:
    assert as_json({"Arn": "ä"}) == '{\n    "Arn": "ä"\n}'
    assert as_json({}) == ""
    assert as_json(None) == "null"


def test_text_prints_scalars_by_name_order_and_nested_ones_behind_their_name() -> None:
    document = {
        "Credentials": {"SecretAccessKey": "s", "AccessKeyId": "ASIA"},
        "AssumedRoleUser": {"Arn": "arn", "AssumedRoleId": "id"},
        "PackedPolicySize": 6,
    }
    assert as_text(document) == "6\nASSUMEDROLEUSER\tarn\tid\nCREDENTIALS\tASIA\ts"


def test_text_of_a_list_has_a_column_for_every_key_that_some_row_has() -> None:
    document = {
        "Roles": [{"RoleName": "a", "Path": "/"}, {"RoleName": "b", "Tags": [{"Key": "k", "Value": "v"}]}]
    }
    assert as_text(document) == "ROLES\t/\ta\nROLES\t\tb\nTAGS\tk\tv"


def test_text_of_plain_lists_is_one_line_without_a_name_and_a_line_each_with_one() -> None:
    assert as_text(["a", "b"]) == "a\tb"
    assert as_text({"PolicyNames": ["a", "b"]}) == "POLICYNAMES\ta\nPOLICYNAMES\tb"
    assert as_text([["a", "b"], ["c"]]) == "a\tb\nc"


def test_an_error_is_reported_in_the_sentence_of_the_cli() -> None:
    error = AwsError("AccessDenied", "User: x is not authorized", 403)
    reported = (
        "An error occurred (AccessDenied) when calling the AssumeRole operation: User: x is not authorized"
    )
    assert error_text(error, "AssumeRole") == reported


def test_output_in_yaml_keeps_the_order_of_aws_and_off_prints_nothing() -> None:
    document = {"User": {"UserName": "ana", "Path": "/", "Tags": []}}
    assert as_output(document, "yaml") == "User:\n  UserName: ana\n  Path: /\n  Tags: []"
    assert as_output(document, "yaml-stream").startswith("- User:")
    assert as_output({}, "yaml") == as_output(document, "off") == ""
    assert as_output(document, "table") == as_output(document, "json")
