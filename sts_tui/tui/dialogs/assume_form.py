"""What is typed into the assume-role form, as parameters of AssumeRole; and what is to be said beside each
field.

Pure: text in, parameters and remarks out. Whether AWS would allow it, the simulation says.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from sts_tui.simulation import durations
from sts_tui.sts.facts.limits import ROLE_CHAINING_MAXIMUM
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS

FIELDS = (
    ("role", "Role"),
    ("name", "Session name"),
    ("duration", "Duration"),
    ("external_id", "External ID"),
    ("mfa", "MFA code"),
    ("tags", "Session tags"),
    ("source_identity", "Source identity"),
    ("policy", "Session policy"),
)
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_ROW = OPERATION_ROWS["AssumeRole"]
SHORTEST, LONGEST = _ROW.shortest_seconds or 0, _ROW.longest_seconds or 0


class RoleFacts(Struct, frozen=True, kw_only=True):
    """What the form must know of the chosen role."""

    arn: str
    max_session: int
    wants_external_id: bool = False
    wants_mfa: bool = False


class CallerFacts(Struct, frozen=True, kw_only=True):
    """What the form must know of who asks."""

    label: str
    is_role_session: bool
    mfa_serial: str = ""
    """The caller's first device; empty for callers that have none."""
    inherited_tags: tuple[str, ...] = ()
    """Transitive tags that come along, as `key=value`."""
    source_identity: str = ""
    """Set before, and fixed for the whole chain."""


class Remark(Struct, frozen=True):
    """What is said beside a field."""

    text: str
    is_bad: bool = False


class Reading(Struct, frozen=True):
    """The form as it reads."""

    params: Mapping[str, Any]
    remarks: Mapping[str, Remark] = field(default_factory=dict)


def longest(role: RoleFacts | None, caller: CallerFacts) -> tuple[int, str]:
    """(seconds, which limit): the role's maximum, or that of role chaining."""
    maximum = role.max_session if role else LONGEST
    own = f"role max {durations.short(timedelta(seconds=maximum))}"
    if caller.is_role_session and maximum >= ROLE_CHAINING_MAXIMUM:
        return ROLE_CHAINING_MAXIMUM, f"chain cap {durations.short(timedelta(seconds=ROLE_CHAINING_MAXIMUM))}"
    return maximum, own


def read_form(
    values: Mapping[str, str], roles: Sequence[RoleFacts], caller: CallerFacts, code: str = ""
) -> Reading:
    """`values` by field id; `code` is the current code of the caller's device, taken where one types `=`."""
    text = {key: value.strip() for key, value in values.items()}
    params: dict[str, Any] = {}
    remarks: dict[str, Remark] = {}
    role = _role(text.get("role", ""), roles, params, remarks)
    _name(text.get("name", ""), params, remarks)
    _duration(text.get("duration", ""), role, caller, params, remarks)
    _external_id(text.get("external_id", ""), role, params, remarks)
    _mfa(text.get("mfa", ""), role, caller, code, params, remarks)
    _tags(text.get("tags", ""), caller, params, remarks)
    _source_identity(text.get("source_identity", ""), caller, params, remarks)
    _policy(text.get("policy", ""), params, remarks)
    return Reading(params, remarks)


def _role(
    text: str, roles: Sequence[RoleFacts], params: dict[str, Any], remarks: dict[str, Remark]
) -> RoleFacts | None:
    if not text:
        remarks["role"] = Remark("an ARN, or a role's name", is_bad=True)
        return None
    found = [role for role in roles if text == role.arn] or [
        r for r in roles if r.arn.rsplit("/", 1)[-1] == text
    ]
    params["RoleArn"] = found[0].arn if len(found) == 1 else text
    if len(found) > 1:
        remarks["role"] = Remark(f"{len(found)} roles: give the ARN", is_bad=True)
    elif not found and not text.startswith("arn:"):
        remarks["role"] = Remark("no role of this name", is_bad=True)
    elif not found:
        remarks["role"] = Remark("not in this model")
    else:
        remarks["role"] = Remark(f"in {found[0].arn.split(':')[4]}")
    return found[0] if len(found) == 1 else None


def _name(text: str, params: dict[str, Any], remarks: dict[str, Remark]) -> None:
    params["RoleSessionName"] = text
    fits = _NAME.fullmatch(text) is not None
    remarks["name"] = Remark("ok") if fits else Remark("2-64 of A-Z a-z 0-9 _+=,.@-", is_bad=True)


def _duration(
    text: str, role: RoleFacts | None, caller: CallerFacts, params: dict[str, Any], remarks: dict[str, Remark]
) -> None:
    most, limit = longest(role, caller)
    said = f"{SHORTEST}..{most} s, {limit}"
    if not text:
        remarks["duration"] = Remark(said)
        return
    if not text.isdecimal():
        params["DurationSeconds"] = text
        remarks["duration"] = Remark(f"seconds, {said}", is_bad=True)
        return
    params["DurationSeconds"] = int(text)
    remarks["duration"] = Remark(said, is_bad=not SHORTEST <= int(text) <= most)


def _external_id(
    text: str, role: RoleFacts | None, params: dict[str, Any], remarks: dict[str, Remark]
) -> None:
    if not text:
        wanted = bool(role and role.wants_external_id)
        remarks["external_id"] = Remark("trust wants one" if wanted else "none", is_bad=False)
        return
    params["ExternalId"] = text
    fits = _EXTERNAL_ID.fullmatch(text) is not None
    remarks["external_id"] = Remark("ok") if fits else Remark("2-1224 of A-Z a-z 0-9 _+=,.@:/-", is_bad=True)


def _mfa(
    text: str,
    role: RoleFacts | None,
    caller: CallerFacts,
    code: str,
    params: dict[str, Any],
    remarks: dict[str, Remark],
) -> None:
    wanted = "trust wants MFA; " if role and role.wants_mfa else ""
    if not caller.mfa_serial:
        why = "n/a: role sessions have none" if caller.is_role_session else "n/a: the caller has no device"
        remarks["mfa"] = Remark(why, is_bad=bool(text))
        return
    if not text:
        remarks["mfa"] = Remark(f"{wanted}= takes a code")
        return
    params["SerialNumber"] = caller.mfa_serial
    params["TokenCode"] = code if text == "=" else text
    fits = text == "=" or (len(text) == 6 and text.isdecimal())
    remarks["mfa"] = Remark(
        f"{code} of its device" if text == "=" else "ok" if fits else "6 digits", is_bad=not fits
    )


def _tags(text: str, caller: CallerFacts, params: dict[str, Any], remarks: dict[str, Remark]) -> None:
    inherited = f"inherited: {' '.join(caller.inherited_tags)}" if caller.inherited_tags else ""
    if not text:
        remarks["tags"] = Remark(inherited or "key=value, key=value* transitive")
        return
    tags, transitive = [], []
    for word in text.split():
        key, equals, value = word.partition("=")
        if not equals or not key:
            remarks["tags"] = Remark(f"{word}: key=value", is_bad=True)
            return
        if value.endswith("*"):
            value = value[:-1]
            transitive.append(key)
        tags.append({"Key": key, "Value": value})
    params["Tags"] = tags
    if transitive:
        params["TransitiveTagKeys"] = transitive
    remarks["tags"] = Remark(
        f"{len(tags)} tag{'s' if len(tags) != 1 else ''}; {inherited or 'sts:TagSession is needed'}"
    )


def _source_identity(
    text: str, caller: CallerFacts, params: dict[str, Any], remarks: dict[str, Remark]
) -> None:
    fixed = caller.source_identity
    if not text:
        remarks["source_identity"] = Remark(f"{fixed}, fixed for the whole chain" if fixed else "none")
        return
    params["SourceIdentity"] = text
    fits = _NAME.fullmatch(text) is not None
    clash = bool(fixed) and text != fixed
    said = f"the chain's is {fixed}" if clash else "ok" if fits else "2-64 of A-Z a-z 0-9 _+=,.@-"
    remarks["source_identity"] = Remark(said, is_bad=not fits or clash)


def _policy(text: str, params: dict[str, Any], remarks: dict[str, Remark]) -> None:
    if not text:
        remarks["policy"] = Remark("JSON, or ARNs of managed ones")
        return
    if text.startswith("arn:"):
        params["PolicyArns"] = [{"arn": arn} for arn in text.replace(",", " ").split()]
        remarks["policy"] = Remark(f"{len(params['PolicyArns'])} managed, of 10 at most")
        return
    params["Policy"] = text
    try:
        json.loads(text)
    except ValueError as error:
        remarks["policy"] = Remark(f"no JSON: {error}", is_bad=True)
    else:
        remarks["policy"] = Remark("JSON; limits what the role allows")
