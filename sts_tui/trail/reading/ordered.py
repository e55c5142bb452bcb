"""How are stored events read back? Ordered by time, with texts that many events share read only once.

A session makes many requests, and requests are repeated. Therefore the most common identities and requests
are read first, with the hash that is stored with each event, and events then refer to them by hash. So Python
creates and hashes each string only once. A hash is not used if two texts of the trail have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sts_tui.trail.recorded import RecordedEvent

WHO: Final = ("identity", "address", "agent", "endpoint", "account")
"""Columns with the caller of a request and where it came from."""
WHAT: Final = (
    *("source", "name", "region", "code", "message", "request", "resources", "signed", "switched", "kind"),
    *("shared", "issued_key", "expires", "issued_arn", "audience", "issuer", "made"),
)
"""Columns with the request and its result. Together with `WHO`, epoch, event id and count, these are all
columns.
"""
HASHES: Final = {"who": WHO, "what": WHAT}
"""Hash column → columns of which it is the hash."""
_MOST: Final = 20_000
"""How many texts of each kind are read first: those of the most events, and of at least two."""
_FETCHED: Final = 4_096


def hash_columns() -> str:
    """The hashes, as SQL expressions over the columns of an event."""
    return ", ".join(f"hash({', '.join(columns)}) AS {name}" for name, columns in HASHES.items())


class OrderedEvents:
    """Yields the events of the table `event`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._shared: dict[str, dict[int, tuple[str, ...]]] = {}
        """Hash column → hash → texts."""
        for name, columns in HASHES.items():
            self._shared[name] = self._most_common(name, columns)

    def _most_common(self, name: str, columns: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
        texts = ", ".join(columns)
        distinct = f"(SELECT DISTINCT {texts} FROM event)"
        (counted,) = self._rows(
            f"SELECT (SELECT count(*) FROM {distinct}), count(DISTINCT {name}) FROM event"
        )
        self._connection.execute(
            f"CREATE OR REPLACE TABLE common_{name} AS SELECT {name} AS common, min(rowid) AS first "
            f"FROM event GROUP BY 1 HAVING count(*) > 1 AND {counted[0] == counted[1]} "
            f"ORDER BY count(*) DESC, 1 LIMIT {_MOST}"
        )
        rows = self._rows(
            f"SELECT {name}, {texts} FROM event WHERE rowid IN (SELECT first FROM common_{name})"
        )
        return {row[0]: row[1:] for row in rows}

    def events(self, where: str = "") -> Iterator[RecordedEvent]:
        """The events ordered by time, within a second by id. `where`: an SQL condition on the columns."""
        own = ", ".join(
            f"CASE WHEN common_{name}.common IS NULL THEN [{', '.join(columns)}] END"
            for name, columns in HASHES.items()
        )
        joins = " ".join(f"LEFT JOIN common_{name} ON event.{name} = common_{name}.common" for name in HASHES)
        cursor = self._connection.cursor()
        cursor.execute(
            f"SELECT epoch, event.who, event.what, event_id, weight, {own} FROM event {joins} "
            f"{f'WHERE {where}' if where else ''} ORDER BY epoch, event_id, event.who, event.what"
        )
        whos, whats = self._shared["who"], self._shared["what"]
        while rows := cursor.fetchmany(_FETCHED):
            for epoch, who, what, event_id, weight, own_who, own_what in rows:
                texts = (*(own_what or whats[what]), *(own_who or whos[who]))
                values: tuple[Any, ...] = (epoch, *texts, event_id, weight)
                yield RecordedEvent(*values)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._connection.cursor().execute(sql).fetchall()
        return rows
