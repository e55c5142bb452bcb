"""YAML of the AWS CLI is the same model as its JSON, and its lines are those of the file."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.account.diagnostics.diagnostic import UnreadableFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.foreign import yaml_text
from sts_tui.account.foreign.yaml_text import YamlError, is_yaml, json_of_yaml
from sts_tui.account.loading.load import parse
from sts_tui.account.writing.export import export
from tests.accounts.every_part import dump

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(VALUES)
def test_every_json_value_survives_yaml(value: object) -> None:
    assert json.loads(json_of_yaml(yaml.safe_dump(value))) == value


def test_a_dump_in_yaml_is_the_same_model() -> None:
    text = yaml.safe_dump(dump(), sort_keys=False)
    assert export(parse([Source("a", text)]).model) == export(parse([Source("a", json.dumps(dump()))]).model)


def test_the_line_of_a_diagnostic_is_that_of_the_yaml() -> None:
    text = yaml.safe_dump({"RoleDetailList": [{**dump()["RoleDetailList"][0], "MaxSessionDuration": "long"}]})
    line = text[: text.index("MaxSessionDuration")].count("\n") + 1
    assert [one.line for one in parse([Source("a", text)]).warnings if "long" in one.message] == [line]


def test_dates_stay_text_and_comments_are_left_out() -> None:
    text = "# of the CLI\n---\nVersion: 2012-10-17\nCreateDate: 2025-01-01T00:00:00+00:00\n"
    assert is_yaml(text)
    assert json.loads(json_of_yaml(text)) == {
        "Version": "2012-10-17",
        "CreateDate": "2025-01-01T00:00:00+00:00",
    }


def test_what_is_not_yaml_is_one_line() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        parse([Source("a.yaml", "RoleDetailList:\n- {a\nb: ]\n")])
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message.startswith("is not YAML")
    assert diagnostic.line > 1


def test_aliases_of_aliases_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "_MOST_NODES", 20_000)  # two million take two seconds
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(YamlError, match="too large"):
        json_of_yaml("\n".join(lines))
