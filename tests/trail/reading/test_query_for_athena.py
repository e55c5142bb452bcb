"""The query that docs/cloudtrail.md gives for Athena parses as Trino's dialect, and its result is replayed
with the same verdicts as the events themselves. It is not run on AWS.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

from sts_tui.account.loading.load import load
from sts_tui.cli.files import sample_account
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.reading.ordered import WHAT, WHO
from sts_tui.trail.replayed import Replayed, replayed
from tests.support.cloudtrail import leaked_credentials

PAGE = (Path(__file__).parents[3] / "docs" / "cloudtrail.md").read_text(encoding="utf-8")


def _query() -> str:
    (query,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    return str(query)


def test_it_parses_in_the_dialects_of_trino_and_athena_and_is_marked_as_not_run_on_aws() -> None:
    for dialect in ("trino", "athena"):
        parsed = sqlglot.parse_one(_query(), read=dialect)
        assert isinstance(parsed, sqlglot.exp.Select)
    assert "was not run on AWS" in " ".join(PAGE.split())


def test_it_groups_by_everything_but_id_and_count() -> None:
    parsed = sqlglot.parse_one(_query(), read="trino")
    group = parsed.args["group"].expressions
    assert len(group) == len(parsed.selects) - 2 == len(WHO + WHAT) + 1, "and the time"


def _as_table(events: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows of Athena's table: structures with members in lower case, parameters as text."""

    def lower(value: Any) -> Any:
        if isinstance(value, dict):
            return {name.lower(): lower(one) for name, one in value.items()}
        return [lower(one) for one in value] if isinstance(value, list) else value

    rows = []
    for event in events:
        texts = [
            json.dumps(event[name]) if event.get(name) is not None else None
            for name in ("requestParameters", "responseElements", "additionalEventData")
        ]
        plain = [event.get(name) for name in _PLAIN]
        structures = [json.dumps(lower(event.get(name))) for name in ("userIdentity", "resources")]
        rows.append((*plain, *structures, *texts))
    return rows


_PLAIN = (
    *("eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "vpcEndpointId"),
    *("errorCode", "errorMessage", "eventType", "recipientAccountId", "sharedEventID", "eventID"),
)


def _replayed(path: Path) -> Replayed:
    with Trail([path]) as trail:
        return replayed(trail, load([sample_account()]).model)


def test_its_result_is_replayed_with_the_same_verdicts(tmp_path: Path) -> None:
    events = [*leaked_credentials(), *leaked_credentials()[3:6]]
    columns = ", ".join(f"{name.lower()} VARCHAR" for name in _PLAIN)
    connection = duckdb.connect()
    connection.execute(
        f"CREATE TABLE cloudtrail_logs ({columns}, useridentity JSON, resources JSON, "
        "requestparameters VARCHAR, responseelements VARCHAR, additionaleventdata VARCHAR)"
    )
    marks = ", ".join("?" * (len(_PLAIN) + 5))
    connection.executemany(f"INSERT INTO cloudtrail_logs VALUES ({marks})", _as_table(events))
    query = sqlglot.transpile(_query(), read="trino", write="duckdb")[0]
    result, whole = tmp_path / "result.csv", tmp_path / "whole.json"
    connection.execute(f"COPY ({query}) TO '{result}' (HEADER)")
    whole.write_text(json.dumps({"Records": events}))
    reduced, direct = _replayed(result).replay, _replayed(whole).replay
    assert (reduced.events, reduced.agreed_allowed, reduced.agreed_denied, reduced.disagreed) == (
        direct.events, direct.agreed_allowed, direct.agreed_denied, direct.disagreed,
    )  # fmt: skip
    assert reduced.agreed == 19
    assert {key: use.addresses for key, use in reduced.keys.items()} == {
        key: use.addresses for key, use in direct.keys.items()
    }
    assert "a-token-that-nobody-may-keep" not in result.read_text()
