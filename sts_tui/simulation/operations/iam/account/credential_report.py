"""The credential report of an account: its users, their passwords, MFA devices and access keys.

A report is kept for four hours, during which GenerateCredentialReport changes nothing. In the simulation a
report is complete immediately.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import AccountFacts, CredentialReport
from sts_tui.account.entities import AccessKey, User
from sts_tui.simulation.operations.configuration_edits import with_account_facts
from sts_tui.simulation.operations.responses import UNDATED, instant
from sts_tui.sts.authenticate import access_keys
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, KeyUse, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

KEPT: Final = timedelta(hours=4)
COLUMNS: Final = (
    "user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed",
    "password_next_rotation", "mfa_active",
    "access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date",
    "access_key_1_last_used_region", "access_key_1_last_used_service",
    "access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date",
    "access_key_2_last_used_region", "access_key_2_last_used_service",
    "cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
)  # fmt: skip
_ABSENT: Final = "N/A"
_UNSUPPORTED: Final = "not_supported"
_UNKNOWN: Final = "no_information"


def generate_report(call: Call) -> Answer[shapes.GenerateCredentialReportResponse]:
    """Raises AccessDenied."""
    call.authorize(call.operation)
    facts = call.configuration.accounts[call.account]
    if _current(facts.credential_report, call.now) is not None:
        return Answer(response={"State": "COMPLETE"})
    report = CredentialReport(generated=call.now, content=_written(call, facts))
    return Answer(
        response={
            "State": "STARTED",
            "Description": "No report exists. Starting a new report generation task",
        },
        configuration=with_account_facts(call.configuration, replace(facts, credential_report=report)),
        subject=call.account,
    )


def get_report(call: Call) -> Answer[shapes.GetCredentialReportResponse]:
    """Raises AccessDenied, ReportNotPresent, ReportExpired."""
    call.authorize(call.operation)
    report = call.configuration.accounts[call.account].credential_report
    if report is None:
        raise AwsError("ReportNotPresent", "No report present", 410, hint="iam:GenerateCredentialReport")
    if _current(report, call.now) is None:
        raise AwsError(
            "ReportExpired", "The report is expired", 410, hint="iam:GenerateCredentialReport makes a new one"
        )
    content = base64.b64encode(report.content.encode()).decode()
    return Answer(
        response={
            "Content": content,
            "ReportFormat": "text/csv",
            "GeneratedTime": instant(report.generated),
        }
    )


def _current(report: CredentialReport | None, now: datetime) -> CredentialReport | None:
    """The report while it is younger than four hours."""
    return report if report is not None and now - report.generated < KEPT else None


def _written(call: Call, facts: AccountFacts) -> str:
    last_uses = _last_uses(call)
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval=_ABSENT, lineterminator="\n")
    writer.writeheader()
    writer.writerow(_root(call))
    for user in call.configuration.users.values():
        if account_of(user.arn) == call.account:
            writer.writerow(_row(user, facts, last_uses))
    return file.getvalue().rstrip("\n")


def _last_uses(call: Call) -> Mapping[str, KeyUse]:
    """The last use of each access key, by its id, in one pass over the log."""
    found: dict[str, KeyUse] = {}
    for use in call.uses.newest_first():
        found.setdefault(use.access_key_id, use)
    return found


def _root(call: Call) -> Mapping[str, str]:
    """The row of the root user, which has no password, MFA device or access key in the model."""
    partition = call.configuration.partition_of(call.account)
    return {
        "user": "<root_account>",
        "arn": f"arn:{partition}:iam::{call.account}:root",
        "user_creation_time": _date(UNDATED),
        "password_enabled": _UNSUPPORTED,
        "password_last_used": _UNKNOWN,
        "password_last_changed": _UNSUPPORTED,
        "password_next_rotation": _UNSUPPORTED,
        **_switches(mfa_active=False, access_key_1_active=False, access_key_2_active=False),
        **_switches(cert_1_active=False, cert_2_active=False),
    }


def _row(user: User, facts: AccountFacts, last_uses: Mapping[str, KeyUse]) -> Mapping[str, str]:
    row = {
        "user": user.user_name,
        "arn": user.arn,
        "user_creation_time": _date(user.create_date or UNDATED),
        **_switches(password_enabled=user.login_profile is not None, mfa_active=bool(user.mfa_devices)),
        **_switches(access_key_1_active=False, access_key_2_active=False),
        **_switches(cert_1_active=False, cert_2_active=False),
        **dict(_password(user, facts)),
    }
    for number, key_id in enumerate(list(access_keys(user))[:2], 1):
        row |= {
            f"access_key_{number}_{name}": value for name, value in _key(user, key_id, last_uses.get(key_id))
        }
    return row


def _password(user: User, facts: AccountFacts) -> Iterator[tuple[str, str]]:
    """The columns about the password, by name, without a last use: password sign-ins are not recorded."""
    if user.login_profile is None:
        return
    changed = user.login_profile.create_date or UNDATED
    age = (facts.password_policy or {}).get("MaxPasswordAge")
    yield "password_last_used", _UNKNOWN
    yield "password_last_changed", _date(changed)
    yield "password_next_rotation", _date(changed + timedelta(days=age)) if isinstance(age, int) else _ABSENT


def _key(user: User, key_id: str, use: KeyUse | None) -> Iterator[tuple[str, str]]:
    known = {key.access_key_id: key for key in user.access_keys or ()}
    key = known.get(key_id, AccessKey(access_key_id=key_id))
    yield "active", _switch(access_keys(user)[key_id])
    yield "last_rotated", _date(key.create_date or user.create_date or UNDATED)
    if use is not None:
        yield "last_used_date", _date(use.at)
        yield "last_used_region", use.region
        yield "last_used_service", use.service


def _switches(**given: bool) -> dict[str, str]:
    return {name: _switch(value) for name, value in given.items()}


def _switch(value: bool) -> str:
    return "true" if value else "false"


def _date(moment: datetime) -> str:
    """`2026-01-15T09:00:00+00:00`"""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


PERFORMS: dict[str, Perform] = {
    "GenerateCredentialReport": generate_report,
    "GetCredentialReport": get_report,
}
