"""How are the requests of clients reported: as lines, objects, a JUnit report, a summary?"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from sts_tui.account.diagnostics.printable import many_lines, one_line
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.events import Verdict
from sts_tui.wire.gateway import Exchange

_MOST_KEPT = 10_000
"""How many distinct denials are kept for the summary and the JUnit report."""


class Denial(Struct, frozen=True, kw_only=True):
    """A request that was denied or refused; equal ones are counted."""

    caller: str
    action: str
    resource: str
    code: str
    message: str
    decided_by: str


class Report:
    """Counts the responses to clients, and keeps the denials."""

    def __init__(self) -> None:
        self.requests = 0
        self.least = 0
        self.unknown_resources = 0
        self.denials: Counter[Denial] = Counter()

    def add(self, exchange: Exchange) -> None:
        """Add one exchange."""
        self.requests += 1
        event = exchange.event
        if event is not None and event.client is not None:
            self.least += event.client.is_least_answer
            self.unknown_resources += event.client.is_resource_unknown
        if exchange.code == "200":
            return
        denial = Denial(
            caller=event.caller if event else exchange.access_key_id or "anonymous",
            action=event.action if event else exchange.operation or "unknown operation",
            resource=event.resource if event else "",
            code=exchange.code,
            message=exchange.message,
            decided_by=event.decided_by if event else "refused before it was recorded",
        )
        if denial in self.denials or len(self.denials) < _MOST_KEPT:
            self.denials[denial] += 1

    def summary(self) -> Iterator[str]:
        """The lines of the summary at the end."""
        total = sum(self.denials.values())
        plural = "request" if self.requests == 1 else "requests"
        yield f"{self.requests} {plural}, {total} denied or refused"
        for denial, count in self.denials.most_common(20):
            times = f" ×{count}" if count > 1 else ""
            where = f" on {denial.resource}" if denial.resource not in ("", "*") else ""
            yield one_line(
                f"  {denial.code}{times}: {denial.caller}: {denial.action}{where}: {denial.decided_by}"
            )
        if len(self.denials) > 20:
            yield f"  and {len(self.denials) - 20} more kinds"
        if self.least:
            yield f"{self.least} were authorized only, and answered with the least valid answer"
        if self.unknown_resources:
            yield f"{self.unknown_resources} were decided for *, because no ARN follows from the request"

    def junit(self) -> str:
        """A JUnit report with a failed case for each kind of denial, or one passed case if there is none."""
        suites = ET.Element("testsuites", name="sts-tui")
        suite = ET.SubElement(suites, "testsuite", name="serve")
        for denial, count in self.denials.items():
            name = many_lines(f"{denial.caller}: {denial.action} {denial.resource}".strip())
            case = ET.SubElement(suite, "testcase", classname="serve", name=name, time="0")
            failure = ET.SubElement(case, "failure", message=many_lines(f"{denial.code}: {denial.message}"))
            failure.text = many_lines(f"{denial.decided_by}\n×{count}")
        if not self.denials:
            ET.SubElement(suite, "testcase", classname="serve", name="every request was allowed", time="0")
        for element in (suites, suite):
            element.set("tests", str(max(len(self.denials), 1)))
            element.set("failures", str(len(self.denials)))
            element.set("errors", "0")
        ET.indent(suites)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def line(exchange: Exchange) -> str:
    """`09:00:36  DENY  job@App  s3:GetObject  arn:…  AccessDenied  no identity-based …  (boto3/1.44.8)`"""
    event = exchange.event
    client = f"  ({exchange.client})" if exchange.client else ""
    if event is None:
        who = exchange.access_key_id or "anonymous"
        what = exchange.operation or "unknown operation"
        return one_line(f"--:--:--  REFUSED  {who}  {what}  {exchange.code}  {exchange.message}{client}")
    code = "" if exchange.code == "200" else f"  {exchange.code}"
    marks = "".join(f"  [{mark}]" for mark in _marks(exchange))
    return one_line(
        f"{event.at:%H:%M:%S}  {event.verdict.value:<8} {event.caller}  {event.action}  {event.resource}"
        f"{code}  {event.decided_by}{marks}{client}"
    )


def _marks(exchange: Exchange) -> Sequence[str]:
    """Notes on how a request was decided and answered."""
    call = exchange.event.client if exchange.event else None
    if call is None:
        return ()
    is_denied = exchange.event is not None and exchange.event.verdict is not Verdict.ALLOWED
    found = (
        (call.is_soft and is_denied, "soft: answered as a success"),
        (call.is_resource_unknown, "resource not derived"),
        (call.is_least_answer and not is_denied, "not performed"),
    )
    return tuple(text for holds, text in found if holds)


def as_object(exchange: Exchange) -> dict[str, Any]:
    """The exchange as a JSON object, by member."""
    event = exchange.event
    call = event.client if event else None
    return {
        "at": iso(event.at) if event else None,
        "caller": event.caller if event else None,
        "access_key_id": exchange.access_key_id or None,
        "client": exchange.client or None,
        "operation": exchange.operation or None,
        "action": event.action if event else None,
        "resource": event.resource if event else None,
        "region": event.region if event else None,
        "verdict": event.verdict.value if event else "REFUSED",
        "code": exchange.code,
        "message": exchange.message,
        "decided_by": event.decided_by if event else None,
        "performed": call is not None and not call.is_least_answer,
        "resource_derived": call is not None and not call.is_resource_unknown,
        "soft": call is not None and call.is_soft,
        "status": exchange.response.status,
    }


def as_json_line(exchange: Exchange) -> str:
    return json.dumps(as_object(exchange), ensure_ascii=False)
