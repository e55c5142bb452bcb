"""How does the assume-role form become parameters of AssumeRole, and which note is beside each field?

Pure: text in, parameters and notes out. Whether AWS would allow the call is left to the simulation.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct, field

from sts_tui.account import durations
from sts_tui.account.format.patterns import NAME_CHARACTERS, SESSION_NAME
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext
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
_SOURCE_IDENTITY = re.compile(f"{NAME_CHARACTERS}{{2,}}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_ROW = OPERATION_ROWS["AssumeRole"]
_FIELD_OF = {"ExternalId": "external_id", "SourceIdentity": "source_identity", "RoleSessionName": "name"}
SHORTEST, LONGEST = _ROW.shortest_seconds or 0, _ROW.longest_seconds or 0


class RoleFacts(Struct, frozen=True, kw_only=True):
    """What the form must know about the selected role."""

    arn: str
    max_session: int
    wants_external_id: bool = False
    wants_mfa: bool = False


class CallerFacts(Struct, frozen=True, kw_only=True):
    """What the form must know about the caller."""

    label: str
    is_role_session: bool
    is_role_chaining: bool = False
    """Whether a role can be assumed for one hour at most."""
    mfa_serial: str = ""
    """The caller's first MFA device; empty if there is none."""
    inherited_tags: tuple[str, ...] = ()
    """Transitive tags inherited from the caller's session, as `key=value`."""
    source_identity: str = ""
    """Set earlier in the chain; it cannot be changed."""
    source_identity_maximum: int = 256


class FieldNote(Struct, frozen=True):
    """The note beside a field."""

    text: str
    is_bad: bool = False


class ParsedForm(Struct, frozen=True):
    """The parsed form."""

    params: Mapping[str, object]
    notes: Mapping[str, FieldNote] = field(default_factory=dict)


def filled_in(values: Mapping[str, str], needed: Sequence[CandidateContext]) -> dict[str, str]:
    """`values` by field id, with the fields filled in that the call needs."""
    filled = dict(values)
    for each in needed:
        if each.parameter is not None:
            filled[_FIELD_OF[each.parameter[0]]] = each.parameter[1]
        elif each.has_mfa:
            filled["mfa"] = "="
        elif each.tag is not None:
            key, value = each.tag
            others = [word for word in filled.get("tags", "").split() if word.partition("=")[0] != key]
            filled["tags"] = " ".join((*others, f"{key}={value}"))
    return filled


def can_fill_in(needed: Sequence[CandidateContext]) -> bool:
    """Whether the form has fields for everything that is needed; it has none for an address or a Region."""
    return bool(needed) and all(each.parameter or each.has_mfa or each.tag for each in needed)


def longest(role: RoleFacts | None, caller: CallerFacts) -> tuple[int, str]:
    """(seconds, which limit): the role's maximum, or that of role chaining."""
    maximum = role.max_session if role else LONGEST
    own = f"role maximum {durations.short(timedelta(seconds=maximum))}"
    if caller.is_role_chaining and maximum >= ROLE_CHAINING_MAXIMUM:
        return (
            ROLE_CHAINING_MAXIMUM,
            f"role chaining {durations.short(timedelta(seconds=ROLE_CHAINING_MAXIMUM))}",
        )
    return maximum, own


def read_form(
    values: Mapping[str, str], roles: Sequence[RoleFacts], caller: CallerFacts, code: str = ""
) -> ParsedForm:
    """`values` by field id; `code`: the caller's current MFA code, used if the field holds `=`."""
    text = {key: value.strip() for key, value in values.items()}
    params: dict[str, object] = {}
    notes: dict[str, FieldNote] = {}
    role = _role(text.get("role", ""), roles, params, notes)
    _name(text.get("name", ""), params, notes)
    _duration(text.get("duration", ""), role, caller, params, notes)
    _external_id(text.get("external_id", ""), role, params, notes)
    _mfa(text.get("mfa", ""), role, caller, code, params, notes)
    _tags(text.get("tags", ""), caller, params, notes)
    _source_identity(text.get("source_identity", ""), caller, params, notes)
    _policy(text.get("policy", ""), params, notes)
    return ParsedForm(params, notes)


def _role(
    text: str, roles: Sequence[RoleFacts], params: dict[str, object], notes: dict[str, FieldNote]
) -> RoleFacts | None:
    if not text:
        notes["role"] = FieldNote("enter an ARN or a role name", is_bad=True)
        return None
    found = [role for role in roles if text == role.arn] or [
        r for r in roles if r.arn.rsplit("/", 1)[-1] == text
    ]
    params["RoleArn"] = found[0].arn if len(found) == 1 else text
    if len(found) > 1:
        notes["role"] = FieldNote(f"{len(found)} roles have this name: enter the ARN", is_bad=True)
    elif not found and not text.startswith("arn:"):
        notes["role"] = FieldNote("no role with this name", is_bad=True)
    elif not found:
        notes["role"] = FieldNote("not in the account file")
    else:
        notes["role"] = FieldNote(f"account {found[0].arn.split(':')[4]}")
    return found[0] if len(found) == 1 else None


def _name(text: str, params: dict[str, object], notes: dict[str, FieldNote]) -> None:
    params["RoleSessionName"] = text
    fits = SESSION_NAME.fullmatch(text) is not None
    notes["name"] = (
        FieldNote("ok") if fits else FieldNote("2-64 characters: A-Z a-z 0-9 _+=,.@-", is_bad=True)
    )


def _duration(
    text: str,
    role: RoleFacts | None,
    caller: CallerFacts,
    params: dict[str, object],
    notes: dict[str, FieldNote],
) -> None:
    most, limit = longest(role, caller)
    allowed = f"{SHORTEST} to {most} s ({limit})"
    if not text:
        notes["duration"] = FieldNote(allowed)
        return
    if not text.isdecimal():
        params["DurationSeconds"] = text
        notes["duration"] = FieldNote(f"seconds: {allowed}", is_bad=True)
        return
    params["DurationSeconds"] = int(text)
    notes["duration"] = FieldNote(allowed, is_bad=not SHORTEST <= int(text) <= most)


def _external_id(
    text: str, role: RoleFacts | None, params: dict[str, object], notes: dict[str, FieldNote]
) -> None:
    if not text:
        wanted = bool(role and role.wants_external_id)
        notes["external_id"] = FieldNote("required by the trust policy" if wanted else "optional")
        return
    params["ExternalId"] = text
    fits = _EXTERNAL_ID.fullmatch(text) is not None
    notes["external_id"] = (
        FieldNote("ok") if fits else FieldNote("2-1224 characters: A-Z a-z 0-9 _+=,.@:/-", is_bad=True)
    )


def _mfa(
    text: str,
    role: RoleFacts | None,
    caller: CallerFacts,
    code: str,
    params: dict[str, object],
    notes: dict[str, FieldNote],
) -> None:
    wanted = "trust policy requires MFA; " if role and role.wants_mfa else ""
    if not caller.mfa_serial:
        why = "n/a for role sessions" if caller.is_role_session else "n/a: the caller has no MFA device"
        notes["mfa"] = FieldNote(why, is_bad=bool(text))
        return
    if not text:
        notes["mfa"] = FieldNote(f"{wanted}= fills in the code")
        return
    params["SerialNumber"] = caller.mfa_serial
    params["TokenCode"] = code if text == "=" else text
    fits = text == "=" or (len(text) == 6 and text.isdecimal())
    notes["mfa"] = FieldNote(
        f"{code} from the device" if text == "=" else "ok" if fits else "must be 6 digits", is_bad=not fits
    )


def _tags(text: str, caller: CallerFacts, params: dict[str, object], notes: dict[str, FieldNote]) -> None:
    inherited = f"inherited: {' '.join(caller.inherited_tags)}" if caller.inherited_tags else ""
    if not text:
        notes["tags"] = FieldNote(inherited or "key=value, transitive key=value*")
        return
    tags, transitive = [], []
    for word in text.split():
        key, equals, value = word.partition("=")
        if not equals or not key:
            notes["tags"] = FieldNote(f"{word}: write key=value", is_bad=True)
            return
        if value.endswith("*"):
            value = value[:-1]
            transitive.append(key)
        tags.append({"Key": key, "Value": value})
    params["Tags"] = tags
    if transitive:
        params["TransitiveTagKeys"] = transitive
    notes["tags"] = FieldNote(
        f"{len(tags)} tag{'s' if len(tags) != 1 else ''}; {inherited or 'needs sts:TagSession'}"
    )


def _source_identity(
    text: str, caller: CallerFacts, params: dict[str, object], notes: dict[str, FieldNote]
) -> None:
    fixed = caller.source_identity
    if not text:
        notes["source_identity"] = FieldNote(f"{fixed}, inherited" if fixed else "optional")
        return
    params["SourceIdentity"] = text
    most = caller.source_identity_maximum
    fits = _SOURCE_IDENTITY.fullmatch(text) is not None and len(text) <= most
    clash = bool(fixed) and text != fixed
    note = (
        f"the session already has {fixed}"
        if clash
        else "ok"
        if fits
        else f"2-{most} characters: A-Z a-z 0-9 _+=,.@-"
    )
    notes["source_identity"] = FieldNote(note, is_bad=not fits or clash)


def _policy(text: str, params: dict[str, object], notes: dict[str, FieldNote]) -> None:
    if not text:
        notes["policy"] = FieldNote("JSON, or ARNs of managed policies")
        return
    if text.startswith("arn:"):
        arns = text.replace(",", " ").split()
        params["PolicyArns"] = [{"arn": arn} for arn in arns]
        notes["policy"] = FieldNote(f"{len(arns)} managed, at most 10")
        return
    params["Policy"] = text
    try:
        json.loads(text)
    except ValueError as error:
        notes["policy"] = FieldNote(f"invalid JSON: {error}", is_bad=True)
    else:
        notes["policy"] = FieldNote("limits the session's permissions")
