"""How are event files read as one ordered stream of events, in bounded memory? DuckDB reads, sorts and
groups.

DuckDB reads CSV and files with one event per line directly. `{"Records": […]}` is one JSON value of many
megabytes, for which DuckDB's reader takes a hundred times as long as for lines, so such files are first
written as lines to the private temporary folder, in parts. Only the columns below are stored of an event,
never a session token. See docs/decisions/0022.
"""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sts_tui.account.values import FIRST_INSTANT, LAST_INSTANT
from sts_tui.trail.reading.containers import MEMBERS, lines_in
from sts_tui.trail.reading.errors import TrailError, UnreadableFileError
from sts_tui.trail.reading.ordered import OrderedEvents, hash_columns
from sts_tui.trail.reading.sources import Source, is_packed, opened, reason_of, sources_of
from sts_tui.trail.recorded import RecordedEvent

if TYPE_CHECKING:
    pass

MEMORY: Final = "300MB"
"""The memory that DuckDB may use before it writes to the temporary folder."""
_LONGEST: Final = 16 * 1024 * 1024
"""The maximum size of an event in bytes for DuckDB. CloudTrail's events have at most 1 MB."""
_TOO_LONG: Final = "events larger than 16 MB, left out"
_PART: Final = 160 * 1024 * 1024
"""The size in bytes of a part for DuckDB: more than one of its row groups, which it writes directly to the
file.
"""
WITHOUT_DUCKDB: Final = "reading CloudTrail files needs DuckDB: pip install 'sts-tui[trail]'"
_OBJECTS: Final = (
    "userIdentity",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "resources",
)
_NO_TABLE: Final = (
    "neither JSON nor a CSV table of CloudTrail events: it needs the columns eventTime, eventSource and "
    "eventName"
)
_UNUSABLE: Final = (
    "epoch IS NULL OR source IS NULL OR name IS NULL "
    f"OR epoch NOT BETWEEN {FIRST_INSTANT.timestamp():.0f} AND {LAST_INSTANT.timestamp():.0f}"
)
"""An SQL condition for records that are not events: without time, service or operation, or with an impossible
time.
"""
_COLUMNS: Final[Mapping[str, str]] = {
    "epoch": "epoch(coalesce(try_cast({eventTime} AS TIMESTAMPTZ), "
    "try_cast(regexp_replace({eventTime}, ' UTC$', '') AS TIMESTAMPTZ)))::BIGINT",
    "source": "{eventSource}",
    "name": "{eventName}",
    "region": "coalesce({awsRegion}, 'us-east-1')",
    "address": "coalesce({sourceIPAddress}, '')",
    "agent": "coalesce({userAgent}, '')",
    "endpoint": "coalesce({vpcEndpointId}, '')",
    "code": "coalesce({errorCode}, '')",
    "message": "coalesce({errorMessage}, '')",
    "identity": "coalesce({userIdentity}::VARCHAR, '')",
    "request": "coalesce({requestParameters}::VARCHAR, '')",
    "resources": "coalesce({resources}::VARCHAR, '')",
    "signed": "coalesce({extra}->>'$.AuthenticationMethod', '')",
    "switched": "coalesce({extra}->>'$.SwitchFrom', '')",
    "kind": "coalesce({eventType}, 'AwsApiCall')",
    "account": "coalesce({recipientAccountId}, '')",
    "shared": "coalesce({sharedEventID}, '')",
    "issued_key": "coalesce({response}->>'$.credentials.accessKeyId', '')",
    "expires": "coalesce({response}->>'$.credentials.expiration', '')",
    "issued_arn": "coalesce({response}->>'$.assumedRoleUser.arn', {response}->>'$.federatedUser.arn', '')",
    "audience": "coalesce({response}->>'$.audience', '')",
    "issuer": "coalesce({response}->>'$.issuer', {response}->>'$.provider', '')",
    "made": "coalesce({response}->>'$.policy.policySummary.id', '')",
    "event_id": "coalesce({eventID}, '')",
    "weight": "{weight}",
}
"""Column → SQL expression over an event's members; of a response only what identifies credentials."""
_ALREADY_REDUCED: Final[tuple[str, ...]] = (
    "signed",
    "switched",
    "issued_key",
    "expires",
    "issued_arn",
    "audience",
    "issuer",
    "made",
)
"""Columns that the query in docs/cloudtrail.md has instead of complete responses."""
_ONCE: Final = """
DELETE FROM event WHERE event_id <> '' AND rowid NOT IN (SELECT min(rowid) FROM event GROUP BY event_id)
"""
"""SQL that removes duplicates of events."""


def is_installed() -> bool:
    """Whether DuckDB is installed."""
    return find_spec("duckdb") is not None


class Trail:
    """The events of some files. Use it as a context manager, which removes its temporary folder."""

    def __init__(self, paths: Sequence[Path], *, memory: str = MEMORY) -> None:
        """Raises TrailError if no file can be read, or DuckDB is not installed."""
        duckdb = _duckdb()
        self.sources, self.unreadable = sources_of(paths)
        """Name of an unreadable file → reason. Nothing of these files is used."""
        self._folder = tempfile.TemporaryDirectory(prefix="sts-tui-trail-")
        folder = Path(self._folder.name)
        self._connection = duckdb.connect(
            str(folder / "events.duckdb"),
            config={
                "memory_limit": memory,
                "temp_directory": str(folder / "spilled"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            },
        )
        self._connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        try:
            self._read(folder)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Trail:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()

    @property
    def total(self) -> int:
        """The number of events, including duplicates."""
        return self._total

    @property
    def duplicates(self) -> int:
        return self._duplicates

    @property
    def unusable(self) -> int:
        """The number of records without a usable time, service or operation, which are not events."""
        return self._unusable

    @property
    def first(self) -> datetime:
        """The time of the first event, UTC."""
        return datetime.fromtimestamp(self._number("SELECT min(epoch) FROM event"), UTC)

    @property
    def last(self) -> datetime:
        """The time of the last event, UTC."""
        return datetime.fromtimestamp(self._number("SELECT max(epoch) FROM event"), UTC)

    def events(self, where: str = "") -> Iterator[RecordedEvent]:
        """Every event, ordered by time; within a second, the precision of events, ordered by id.

        `where`: an SQL condition on the columns.
        """
        yield from self._ordered.events(where)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the table `event`."""
        rows: list[tuple[Any, ...]] = self._connection.cursor().execute(sql).fetchall()
        return rows

    def _number(self, sql: str) -> int:
        return int(self.query(sql)[0][0])

    def _read(self, folder: Path) -> None:
        types = ", ".join(
            f"{name} {'BIGINT' if name in ('epoch', 'weight') else 'VARCHAR'}" for name in _COLUMNS
        )
        self._connection.execute(f"CREATE TABLE event ({types}, who UBIGINT, what UBIGINT)")
        for source in (one for one in self.sources if one.form == "csv"):
            self._guarded(source, lambda source=source: self._insert_csv(_linked(source.path, folder)))
        others = [one for one in self.sources if one.form == "json"]
        for source in (one for one in self.sources if one.form == "lines"):
            try:
                self._insert_lines(_linked(source.path, folder))
            except _duckdb().Error:  # a line that DuckDB cannot read: insert event by event
                others.append(source)
            except OSError as error:
                self.unreadable[str(source.path)] = reason_of(error)
        self._insert_parts(folder, others)
        self._unusable = self._number(f"SELECT count(*) FROM event WHERE {_UNUSABLE}")
        self._connection.execute(f"DELETE FROM event WHERE {_UNUSABLE}")
        self._total = self._number("SELECT coalesce(sum(weight), 0)::BIGINT FROM event")
        if not self._total:
            reasons = [f"{name}: {why}" for name, why in list(self.unreadable.items())[:3]]
            raise TrailError("; ".join(["no CloudTrail event found", *reasons]))
        self._duplicates = self._number(
            "SELECT count(*) - count(DISTINCT event_id) FROM event WHERE event_id <> ''"
        )
        if self._duplicates:
            self._connection.execute(_ONCE)
        self._ordered = OrderedEvents(self._connection)

    def _guarded(self, source: Source, insert: Any) -> None:
        try:
            insert()
        except _duckdb().Error:
            self.unreadable[str(source.path)] = _NO_TABLE
        except (UnreadableFileError, OSError, EOFError) as error:
            self.unreadable[str(source.path)] = reason_of(error)

    def _insert_parts(self, folder: Path, sources: Sequence[Source]) -> None:
        """Insert files with one large JSON value, and those without one event per line, after converting them
        to lines.
        """
        part, size, number = folder / "part.ndjson", 0, 0
        stream = part.open("wb")
        for source in sources:
            begin = stream.tell()
            try:
                with opened(source.path) as content:
                    for lines in lines_in(content, _LONGEST):
                        if lines:
                            stream.write(lines)
                        else:
                            self.unreadable[str(source.path)] = _TOO_LONG
            except Exception as error:
                stream.seek(begin)
                stream.truncate()
                self.unreadable[str(source.path)] = reason_of(error)
            size = stream.tell()
            if size > _PART:
                stream.close()
                self._insert_lines(part)
                stream, number = part.open("wb"), number + 1
        stream.close()
        if part.stat().st_size:
            self._insert_lines(part)
        part.unlink()

    def _insert_lines(self, path: Path) -> None:
        columns = ", ".join(f"{name}: '{'JSON' if name in _OBJECTS else 'VARCHAR'}'" for name in MEMBERS)
        members = {name: f'"{name}"' for name in MEMBERS}
        members |= {"response": '"responseElements"', "extra": '"additionalEventData"', "weight": "1"}
        self._connection.execute(
            f"INSERT INTO event SELECT *, {hash_columns()} FROM (SELECT {_selected(members)} "
            f"FROM read_json($path, columns = {{{columns}}}, "
            "format = 'newline_delimited', ignore_errors = true))",
            {"path": str(path)},
        )

    def _insert_csv(self, file: Path) -> None:
        """Insert an export of Athena or CloudTrail Lake. Columns are matched by name, ignoring case.

        Raises UnreadableFileError for other tables.
        """
        reader = (
            "read_csv($path, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
        )
        path = {"path": str(file)}
        described = self._connection.execute(f"DESCRIBE SELECT * FROM {reader}", path).fetchall()
        columns = {str(name).lower(): f'"{name}"' for name, *_ in described}
        if whole := columns.get("eventjson") or columns.get("cloudtrailevent"):
            members = {name: f"({whole}{'->' if name in _OBJECTS else '->>'}'$.{name}')" for name in MEMBERS}
            members |= {"response": members["responseElements"], "extra": members["additionalEventData"]}
        else:
            members = {name: columns.get(name.lower(), "NULL") for name in MEMBERS}
            if "NULL" in (members["eventTime"], members["eventName"], members["eventSource"]):
                raise UnreadableFileError(_NO_TABLE)
            for name, column in (("response", "responseElements"), ("extra", "additionalEventData")):
                members[name] = f"(CASE WHEN json_valid({members[column]}) THEN {members[column]}::JSON END)"
        events = columns.get("events")
        members["weight"] = f"coalesce(try_cast({events} AS BIGINT), 1)" if events else "1"
        reduced = {name: columns[name] for name in _ALREADY_REDUCED if name in columns}
        self._connection.execute(
            f"INSERT INTO event SELECT *, {hash_columns()} FROM "
            f"(SELECT {_selected(members, reduced)} FROM {reader})",
            path,
        )


def _linked(path: Path, folder: Path) -> Path:
    """A link to a file with a simple name, because DuckDB interprets `*` and `[` in a path as a pattern, and
    recognizes gzipped files only by their suffix.
    """
    link = folder / ("input.gz" if is_packed(path) else "input")
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    return link


def _selected(members: Mapping[str, str], reduced: Mapping[str, str] = MappingProxyType({})) -> str:
    """The columns of an event as SQL. Those in `reduced` are already columns of the file."""
    return ", ".join(
        f"coalesce({reduced[name]}, '') AS {name}"
        if name in reduced
        else f"{sql.format(**members)} AS {name}"
        for name, sql in _COLUMNS.items()
    )


def _duckdb() -> Any:
    """Import DuckDB. Raises TrailError if it is not installed.

    Ctrl+c is delayed until the import is done: if interrupted, the native module prints a traceback and is
    unusable afterwards.
    """
    with _held_back():
        try:
            import duckdb
        except ImportError:
            raise TrailError(WITHOUT_DUCKDB) from None
    return duckdb


@contextmanager
def _held_back() -> Iterator[None]:
    """Delay ctrl+c (SIGINT) until the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
