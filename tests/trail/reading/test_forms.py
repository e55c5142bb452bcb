"""Every form in which CloudTrail events are kept is read as the same events."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.reading.errors import TrailError
from sts_tui.trail.reading.ordered import OrderedEvents
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.replayed import replayed
from sts_tui.trail.signer import signer_of
from sts_tui.trail.skeleton import skeleton_of
from tests.support.cloudtrail import Events, leaked_credentials, session

Events_ = list[dict[str, Any]]


def _athena_text(value: Any) -> str:
    """How Athena writes a struct into a CSV: names in lower case, nothing quoted."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name.lower()}={_athena_text(one)}" for name, one in value.items()) + "}"
    return "null" if value is None else str(value)


def _athena(events: Events_) -> bytes:
    columns = [
        *("eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent", "errorcode"),
        *("errormessage", "eventid", "recipientaccountid", "eventtype"),
    ]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([*columns, "useridentity", "requestparameters", "responseelements"])
    for event in events:
        lower = {name.lower(): value for name, value in event.items()}
        texts = [json.dumps(lower.get(name)) for name in ("requestparameters", "responseelements")]
        identity = _athena_text(event["userIdentity"])
        writer.writerow([*(lower.get(name, "") for name in columns), identity, *texts])
    return out.getvalue().encode()


def _lake(events: Events_) -> bytes:
    """`aws cloudtrail get-query-results` of `SELECT eventJson`."""
    return json.dumps({"QueryResultRows": [[{"eventJson": json.dumps(one)}] for one in events]}).encode()


def _event_json_csv(events: Events_) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["eventID", "eventJson"])
    writer.writerows([one["eventID"], json.dumps(one)] for one in events)
    return out.getvalue().encode()


def _lower_case_lines(events: Events_) -> bytes:
    """`UNLOAD` of Athena as JSON."""
    return b"\n".join(
        json.dumps({name.lower(): value for name, value in one.items()}).encode() for one in events
    )


FORMS: dict[str, Callable[[Events_], bytes]] = {
    "records.json": lambda events: json.dumps({"Records": events}).encode(),
    "indented.json": lambda events: json.dumps({"Records": events}, indent=2).encode(),
    "records.json.gz": lambda events: gzip.compress(json.dumps({"Records": events}).encode()),
    "lines.jsonl": lambda events: b"\n".join(json.dumps(one).encode() for one in events) + b"\n",
    "lines.jsonl.gz": lambda events: gzip.compress(b"\n".join(json.dumps(one).encode() for one in events)),
    "list.json": lambda events: json.dumps(events).encode(),
    "concatenated.json": lambda events: b"".join(json.dumps(one, indent=1).encode() for one in events),
    "bom.json": lambda events: b"\xef\xbb\xbf" + json.dumps({"Records": events}).encode(),
    "lookup-events.json": lambda events: json.dumps(
        {"Events": [{"EventId": one["eventID"], "CloudTrailEvent": json.dumps(one)} for one in events]}
    ).encode(),
    "eventbridge.json": lambda events: b"\n".join(
        json.dumps({"detail-type": "AWS API Call via CloudTrail", "detail": one}).encode() for one in events
    ),
    "lake.json": _lake,
    "lake.csv": _event_json_csv,
    "athena.csv": _athena,
    "athena.csv.gz": lambda events: gzip.compress(_athena(events)),
    "unloaded.json": _lower_case_lines,
}


def _read(*paths: Path) -> list[RecordedEvent]:
    with Trail(paths) as trail:
        return list(trail.events())


def _essence(event: RecordedEvent) -> tuple[object, ...]:
    request = json.loads(event.request) if event.request not in ("", "null") else None
    return (
        event.epoch, event.operation, event.region, event.address, event.code, event.message, request,
        event.issued_key, event.event_id, signer_of(event.identity),
    )  # fmt: skip


@cache
def _essences_of_delivered_files() -> list[tuple[object, ...]]:
    """The same events in the form in which CloudTrail delivers them; each trail starts a database."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reference.json"
        path.write_bytes(FORMS["records.json"](leaked_credentials()))
        return [_essence(one) for one in _read(path)]


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_read_as_the_same_events(name: str, tmp_path: Path) -> None:
    events = leaked_credentials()
    path = tmp_path / name
    path.write_bytes(FORMS[name](events))
    read = [_essence(one) for one in _read(path)]
    assert read == _essences_of_delivered_files()
    assert len(read) == len(events)


@pytest.mark.parametrize("name", ["a[1].jsonl", "every*.csv", "packed-without-suffix.jsonl"])
def test_names_and_packing_of_files_do_not_matter(name: str, tmp_path: Path) -> None:
    events = leaked_credentials()
    content = FORMS["athena.csv" if name.endswith(".csv") else "lines.jsonl"](events)
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if "packed" in name else content)
    assert len(_read(path)) == len(events)


def test_a_single_event_is_a_trail(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(leaked_credentials()[1], indent=2))
    (event,) = _read(path)
    assert event.operation == "s3:GetObject"


def test_order_does_not_matter_and_duplicates_count_once(tmp_path: Path) -> None:
    events = leaked_credentials()
    ordered, shuffled = tmp_path / "ordered.json", tmp_path / "shuffled.json"
    ordered.write_bytes(FORMS["records.json"](events))
    shuffled.write_bytes(FORMS["records.json"]([*reversed(events), *events[3:6]]))
    assert _read(shuffled) == _read(ordered)
    with Trail([shuffled, ordered]) as trail:
        assert trail.duplicates == len(events) + 3
        assert sum(one.count for one in trail.events()) == len(events)


def test_requests_that_are_the_same_share_their_texts(tmp_path: Path) -> None:
    events = Events()
    app = session("App", "i-1", "ASIAAPP0000000000001")
    for _ in range(5):
        events.get_object("09:00:00", app, "a")
    path = tmp_path / "burst.json"
    path.write_bytes(FORMS["records.json"](events))
    rows = _read(path)
    assert [row.event_id for row in rows] == [event["eventID"] for event in events]
    assert len({id(row.identity) for row in rows}) == len({id(row.request) for row in rows}) == 1


def test_texts_with_the_same_hash_are_not_taken_for_one_another(tmp_path: Path) -> None:
    path = tmp_path / "trail.json"
    path.write_bytes(FORMS["records.json"]([*leaked_credentials(), *leaked_credentials()[2:5]]))
    with Trail([path]) as trail:
        before = list(trail.events())
        trail.query("UPDATE event SET who = 7, what = 7")
        assert list(OrderedEvents(trail._connection).events()) == before


def test_a_folder_is_read_without_digests_and_other_files(tmp_path: Path) -> None:
    events = leaked_credentials()
    day = tmp_path / "AWSLogs/o-acme4example/111122223333/CloudTrail/us-east-1/2026/01/15"
    digests = tmp_path / "AWSLogs/o-acme4example/111122223333/CloudTrail-Digest/us-east-1"
    for folder in (day, digests):
        folder.mkdir(parents=True)
    (day / "one.json.gz").write_bytes(FORMS["records.json.gz"](events[:5]))
    (day / "two.json.gz").write_bytes(FORMS["records.json.gz"](events[5:]))
    (digests / "digest.json.gz").write_bytes(gzip.compress(b'{"awsAccountId": "111122223333"}'))
    (tmp_path / "notes.md").write_text("not events")
    with Trail([tmp_path]) as trail:
        assert (trail.total, trail.unreadable) == (len(events), {})


BROKEN = {
    "cut.json.gz": (gzip.compress(b'{"Records": [' * 2_000)[:30], "cut off"),
    "cut.json": (b'{"Records": [{"eventTime": "2026-01', "line 1"),
    "empty.json": (b"", "empty"),
    "binary.json": (b"\x00\x01\x02", "neither JSON nor CSV"),
    "other.csv": (b"a,b\n1,2\n", "eventTime"),
    "latin.json": (b'[{"eventName": "\xe9"}]', "UTF-8"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_listed_and_the_others_are_read(name: str, tmp_path: Path) -> None:
    content, why = BROKEN[name]
    broken, good = tmp_path / name, tmp_path / "good.json"
    broken.write_bytes(content)
    good.write_bytes(FORMS["records.json"](leaked_credentials()))
    with Trail([broken, good]) as trail:
        assert trail.total == len(leaked_credentials())
        assert why in trail.unreadable[str(broken)]
    with pytest.raises(TrailError, match="no CloudTrail event found"):
        Trail([broken])


def test_records_that_are_no_events_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "trail.json"
    path.write_bytes(FORMS["list.json"]([*leaked_credentials(), {"eventName": "GetObject"}, {"a": 1}]))
    with Trail([path]) as trail:
        assert (trail.total, trail.unusable) == (len(leaked_credentials()), 2)


def test_no_token_reaches_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "trail.json"
    path.write_bytes(FORMS["records.json"](leaked_credentials()))
    with Trail([path]) as trail:
        folder = Path(trail._folder.name)
        trail.query("CHECKPOINT")
        kept = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
        assert b"ASIAAPP0000000000001" in kept
        assert b"a-token-that-nobody-may-keep" not in kept
    assert not folder.exists()


def test_a_file_too_large_for_one_piece_is_read_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sts_tui.trail.reading import containers

    events = leaked_credentials()
    events[1]["userAgent"] = "curl/8 „größer“"
    path, small = tmp_path / "large.json", tmp_path / "small.json"
    path.write_text(json.dumps({"Records": events}, ensure_ascii=False))
    small.write_text(json.dumps({"Records": events}))
    expected = _read(small)
    monkeypatch.setattr(containers, "_WHOLE", 1_501)
    monkeypatch.setattr(containers, "_PIECE", 97)
    assert [_essence(one) for one in _read(path)] == [_essence(one) for one in expected]


def test_without_duckdb_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(TrailError, match=r"pip install 'sts-tui\[trail\]'"):
        Trail([tmp_path])


def _texts(events: Events_) -> Any:
    return [json.dumps(one) for one in events]


def _detail(events: Events_) -> Any:
    return [{"detail": one} for one in events]


def _cloudtrail_event(events: Events_) -> Any:
    return [{"CloudTrailEvent": json.dumps(one)} for one in events]


@pytest.mark.parametrize("wrapped", [_texts, _detail, _cloudtrail_event])
def test_a_list_of_wrapped_events_is_all_of_them(wrapped: Callable[[Events_], Any], tmp_path: Path) -> None:
    events = leaked_credentials()
    path = tmp_path / "trail.json"
    path.write_text(json.dumps(wrapped(events)))
    with Trail([path]) as trail:
        assert (trail.total, trail.unusable) == (len(events), 0)


def test_a_log_after_an_event_line_and_a_broken_line_cost_nothing_else(tmp_path: Path) -> None:
    events = leaked_credentials()
    path = tmp_path / "trail.jsonl"
    path.write_text(f"{json.dumps(events[0])}\n{{broken\n{json.dumps({'Records': events[1:]})}\n")
    with Trail([path]) as trail:
        assert (trail.total, trail.unusable, trail.unreadable) == (len(events), 1, {})


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "290000-01-01T00:00:00Z"])
def test_an_event_of_an_impossible_time_is_none(time: str, tmp_path: Path) -> None:
    events = leaked_credentials()
    path = tmp_path / "trail.json"
    path.write_text(json.dumps({"Records": [*events, {**events[0], "eventTime": time, "eventID": "x"}]}))
    with Trail([path]) as trail:
        assert (trail.total, trail.unusable) == (len(events), 1)
        assert trail.first.year == 2026


@pytest.mark.parametrize("name", ["trail.json", "trail.jsonl"])
def test_an_event_too_long_to_read_is_left_out_alone(name: str, tmp_path: Path) -> None:
    events = leaked_credentials()
    path = tmp_path / name
    everything = [*events, {**events[0], "userAgent": "x" * 17_000_000}]
    written = (
        json.dumps({"Records": everything})
        if name == "trail.json"
        else "\n".join(map(json.dumps, everything))
    )
    path.write_text(written)
    with Trail([path]) as trail:
        assert trail.total == len(events)
        assert "16 MB" in trail.unreadable[str(path)]


def test_what_is_no_table_is_refused_in_our_words(tmp_path: Path) -> None:
    path = tmp_path / "trail.txt"
    path.write_bytes(b'garbage \xff\xfe, "\n' * 3)
    with pytest.raises(TrailError) as refused, Trail([path]):
        pass
    assert "eventTime" in str(refused.value)
    assert "sts-tui-trail-" not in str(refused.value)


def test_an_invalid_arn_is_left_out() -> None:
    identity = json.dumps(
        {"type": "IAMUser", "arn": "zzz", "sessionContext": {"sessionIssuer": {"arn": "arn:x"}}}
    )
    assert (signer_of(identity).arn, signer_of(identity).issuer_arn) == ("", "")


@pytest.mark.parametrize(
    "broken",
    [
        {"userIdentity": {"type": "AWSService", "invokedBy": "1"}},
        {"userIdentity": {"type": "SAMLUser", "identityProvider": "zzz"}},
        {"responseElements": {"credentials": {"accessKeyId": "ASIA1"}, "assumedRoleUser": {"arn": "arn:"}}},
        {"requestParameters": {"roleArn": "arn:", "roleSessionName": "s"}},
        {"userIdentity": {"type": "IAMUser", "arn": "zzz", "accessKeyId": "AKIA1"}},
    ],
)
def test_an_event_with_invalid_members_stops_no_replay(broken: dict[str, Any], tmp_path: Path) -> None:
    events = leaked_credentials()
    assumed = next(one for one in events if one["eventName"] == "AssumeRole")
    path = tmp_path / "trail.json"
    path.write_text(json.dumps({"Records": [*events, {**assumed, **broken, "eventID": "broken"}]}))
    with Trail([path]) as trail:
        model = from_json(skeleton_of(trail), "skeleton").model
        assert replayed(trail, model).replay.events == len(events) + 1
