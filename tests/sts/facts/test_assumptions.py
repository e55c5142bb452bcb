"""Every setting is in the table, and every row of the table is a setting or is listed as none."""

from __future__ import annotations

from msgspec.structs import fields

from sts_tui.account.entities import Settings
from sts_tui.iam.settings import EvaluationSettings
from sts_tui.sts import OPERATIONS
from sts_tui.sts.facts.assumptions import ASSUMPTIONS
from sts_tui.sts.facts.fixed_assumptions import FIXED_ASSUMPTIONS
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS
from sts_tui.sts.shapes import sts_shapes

NOT_DOUBTFUL = {"RequestLogSize"}
"""Settings of the simulation, not of AWS."""


def spelled(field: str) -> str:
    return "".join(word.capitalize() for word in field.split("_"))


def shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value == () else f"{value}".removesuffix(".0")


def test_settings_and_table_agree_in_name_and_default() -> None:
    settings = {
        spelled(one.name): shown(getattr(Settings(), one.name))
        for one in fields(Settings)
        if one.name != "extra"
    }
    rows = {fact.setting: fact.default for fact in ASSUMPTIONS}
    assert rows == {name: default for name, default in settings.items() if name not in NOT_DOUBTFUL}


def test_what_is_settled_has_no_setting() -> None:
    assert [fact.about for fact in FIXED_ASSUMPTIONS if fact.setting or fact.default] == []


def test_settings_of_evaluation_are_settings_of_the_model_with_the_same_defaults() -> None:
    for one in fields(EvaluationSettings):
        assert getattr(Settings(), one.name) == getattr(EvaluationSettings(), one.name), one.name


def test_every_operation_has_a_row_that_agrees_with_the_table_of_operations() -> None:
    assert {f"sts:{name}" for name in OPERATION_ROWS} == set(OPERATIONS)
    for name, row in OPERATION_ROWS.items():
        assert row.is_signed == OPERATIONS[f"sts:{name}"].is_signed


def test_rows_agree_with_awss_shapes() -> None:
    for name, row in OPERATION_ROWS.items():
        members = sts_shapes().request(name).members
        assert row.takes_mfa == ("TokenCode" in members), name
        assert row.takes_session_policies == ("PolicyArns" in members), name
        assert row.takes_tags == ("Tags" in members), name
        if "DurationSeconds" in members:
            shape = members["DurationSeconds"]
            assert (row.shortest_seconds, row.longest_seconds) == (shape.minimum, shape.maximum), name
        else:
            assert row.longest_seconds is None, name
