"""Which account files hold control characters in every text that the format takes?

Made from the table of the format (`FORMATS`, `DUMP`) and the kinds of value, so that a new key is covered
without a change here. Every key of every object of a model gets the worst value that its row allows; what the
loader still rejects (such as a reference to a missing entity) is restored one value at a time.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Final

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.format import document_kinds, object_kinds, plain_kinds
from sts_tui.account.format.file_format import DUMP, FORMATS
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.loading.load import from_json
from sts_tui.account.policies.policy_kind import PolicyKind
from tests.support.explorer import SAMPLE

HOSTILE: Final = {
    "OSC 52": "\x1b]52;c;aGFjaw==\x07",
    "OSC 8": "\x1b]8;;https://evil.example\x1b\\",
    "C1": "\x9b31m\x9d0;title\x9c",
    "CSI": "\x1b[2J\x1b[31m",
    "bidi": "\u202egnp.\u2066",
    "zero width": "a\u200bb\u200d\ufeff",
    "breaks": "one\r\ntwo\x0b\x0c\u2028",
}
PAYLOAD: Final = "X".join(HOSTILE.values())
MARK: Final = "aGFjaw=="
"""A printable part of the most dangerous payload: if it is visible, the payload was shown as text."""
SHORT: Final = (
    PAYLOAD,
    HOSTILE["OSC 52"],
    HOSTILE["C1"] + MARK,
    HOSTILE["bidi"] + HOSTILE["zero width"] + MARK,
)
"""The worst first; the later ones pass formats that exclude C0 only."""
LATIN_1: Final = HOSTILE["C1"] + MARK
"""What a policy document of our own files may hold: IAM takes U+0009, U+000A, U+000D and U+0020 to U+00FF."""
DUMP_ACCOUNT: Final = "333344445555"
MOST_ROUNDS: Final = 40
TWIN: Final = "-twin"
GONE: Final = object()
ACCOUNT: Final = re.compile(r"\b[0-9]{12}\b")


REFERENCES: Final = {
    ("Account", "AccountId"),
    ("DirectoryUser", "Roles"),
    ("OpenIDConnectProvider", "IdentityProvider"),
    ("SAMLProvider", "IdentityProvider"),
    ("TrustAnchor", "IdentityProvider"),
    ("Organization", "DelegatedAdministrators"),
    ("Organization", "Features"),
    ("Organization", "ManagementAccountId"),
    ("Workload", "Identity"),
    ("WorkloadHop", "RoleArn"),
    ("AccountAssignment", "PermissionSetArn"),
    ("AccountAssignment", "PrincipalId"),
    ("GroupMembership", "GroupId"),
    ("MemberId", "UserId"),
    ("CustomerManagedPolicyReference", "Path"),
    ("PermissionSetPolicy", "Name"),
    ("IdentityCenterInstance", "PortalSessionDuration"),
    ("IdentityPool", "RoleMappings"),
    ("IdentityPool", "Roles"),
    ("PermissionSet", "SessionDuration"),
}
"""Keys whose text is an error unless it names something that exists, or is a duration."""
FAR_OFF: Final = {("CustomerManagedPolicyReference", "Path"), ("PermissionSetPolicy", "Name")}
"""References whose error is reported elsewhere: at the assignment that cannot be provisioned."""


PLAIN: Final = (plain_kinds.INTEGER, plain_kinds.NUMBER, plain_kinds.BOOLEAN, plain_kinds.INSTANT)
WORST: Final[Mapping[Any, Callable[[Any], Any]]] = {
    plain_kinds.ENTITY_ARN: lambda old: (old or f"arn:aws:iam::{DUMP_ACCOUNT}:odd/") + PAYLOAD,
    plain_kinds.JSON_OBJECT: lambda old: {**(old or {}), PAYLOAD: PAYLOAD},
    plain_kinds.TEXT_BY_KEY: lambda old: {**(old or {}), PAYLOAD: PAYLOAD},
    plain_kinds.JSON_OBJECTS: lambda old: [*(old or []), {"Key": PAYLOAD, "Value": PAYLOAD, "arn": PAYLOAD}],
    plain_kinds.TEXTS_BY_KEY: lambda old: {**(old or {}), PAYLOAD: [PAYLOAD]},
}
"""Every other kind of value → its hostile value; a kind that is missing here fails the test."""


class Poison:
    """Walks objects of the format and makes every text hostile. `lenient`: as in a raw dump, where a
    pattern that does not match is a warning.
    """

    def __init__(self, lenient: bool = False) -> None:
        self._lenient = lenient
        self._number = 0

    def object(self, raw: Mapping[str, Any], object_format: ObjectFormat, depth: int = 0) -> dict[str, Any]:
        """A copy of `raw` with every key of its format, hostile where the row allows it."""
        filled = dict(raw)
        is_twin = str(raw.get(object_format.identity, TWIN)).endswith(TWIN)
        names = () if is_twin else (object_format.identity, "Arn")  # others refer to it
        for key, row in object_format.keys.items():
            if key in names or (object_format.name, key) in FAR_OFF:
                continue
            value = self.value(filled.get(key), row, depth)
            if value is not None:
                filled[key] = value
        if self._lenient:
            filled[f"New{PAYLOAD}"] = {PAYLOAD: [PAYLOAD]}
        return filled

    def value(self, old: Any, row: KeyFormat, depth: int) -> Any:
        """None leaves the key out."""
        kind = row.kind
        if row.format:
            is_one = kind is object_kinds.SINGLE_OBJECT
            return self._single(old, row, depth) if is_one else self._list(old, row, depth)
        if kind in (document_kinds.DOCUMENT, document_kinds.SESSION_POLICY):
            return self._document(old, row.policy or PolicyKind.SESSION)
        if kind in PLAIN:
            return PAYLOAD if self._lenient and old is None else old
        if kind is plain_kinds.TEXT:
            return self._text(old, row)
        if kind in (plain_kinds.TEXTS, object_kinds.ROLE_REFERENCES):
            return self._texts(old, row)
        return WORST[kind](old)

    def _single(self, old: Any, row: KeyFormat, depth: int) -> Any:
        return self.object(old or {}, FORMATS[row.format], depth + 1) if old or depth < 4 else None

    def _list(self, old: Any, row: KeyFormat, depth: int) -> Any:
        object_format = FORMATS[row.format]
        if not old and (depth > 3 or object_format.identity == "AccountId"):
            return None
        items = [
            each if isinstance(each, dict) else {object_format.text_stands_for: each} for each in old or [{}]
        ]
        poisoned = [self.object(each, object_format, depth + 1) for each in items]
        return poisoned[: row.most]

    def _text(self, old: str | None, row: KeyFormat) -> str | None:
        for payload in SHORT:
            for text in ((old or "") + payload, payload):
                if self._lenient or fits(row, text):
                    return text
        return old

    def _texts(self, old: list[Any] | None, row: KeyFormat) -> list[Any] | None:
        if row.choices:
            return old
        self._number += 1
        return [*(old or []), f"{self._number}{PAYLOAD}"][: row.most]

    def _document(self, old: Any, kind: PolicyKind) -> Any:
        """The policy with one more hostile statement, and its conditions hostile."""
        if not isinstance(old, dict):
            old = {"Version": "2012-10-17", "Statement": []}
        worst = PAYLOAD if self._lenient else LATIN_1
        document = copy.deepcopy(old)
        statements = document.get("Statement")
        statements = [statements] if isinstance(statements, dict) else list(statements or [])
        conditions = {"StringNotEquals": {f"aws:RequestTag/{MARK}": [worst]}}
        statement: dict[str, Any] = {"Effect": "Deny", "Action": ["s3:ListBucket"], "Condition": conditions}
        if kind.is_resource_based or kind is PolicyKind.RCP:
            statement["Principal"] = "*"
        if kind is PolicyKind.TRUST:
            statement |= {"Action": ["sts:SetSourceIdentity"], "Principal": {"AWS": "*"}}
        else:
            statement["Resource"] = [f"arn:aws:s3:::{MARK}-{worst}"]
        if kind.is_resource_based and kind is not PolicyKind.RCP and kind is not PolicyKind.TRUST:
            document["Id"] = worst
        if self._lenient:
            statement |= {"Sid": PAYLOAD, f"Odd{PAYLOAD}": PAYLOAD, "NotAction": PAYLOAD}
            conditions[PAYLOAD] = {PAYLOAD: [PAYLOAD]}
        document["Statement"] = [*statements, statement]
        return document


def with_twins(value: Any, object_format: ObjectFormat) -> Any:
    """The same object, in which every list of objects has a copy of its first object with a different name,
    to which nothing refers.
    """
    whole = dict(value)
    for key, each in object_format.keys.items():
        inner = FORMATS.get(each.format)
        if inner is None or not whole.get(key):
            continue
        if isinstance(whole[key], dict):
            whole[key] = with_twins(whole[key], inner)
            continue
        items = [with_twins(one, inner) for one in whole[key] if isinstance(one, dict)]
        name = items[0].get(inner.identity) if items else None
        if isinstance(name, str) and inner.name != "Account":
            items.append({**copy.deepcopy(items[0]), inner.identity: name + TWIN})
        whole[key] = items or whole[key]
    return whole


@cache
def hostile_account() -> dict[str, Any]:
    """The sample, hostile wherever that is not an error, and a second account that is a raw dump and hostile
    everywhere. Workloads, organization and identity providers work. No test changes it.
    """
    sample = json.loads(SAMPLE.read_text()) | {"IdentityCenter": _identity_center()}
    sample["IdentityProviders"] = [*sample.get("IdentityProviders", []), *_of_an_app()]
    twins = accepted(with_twins(sample, FORMATS["AccountModel"]), sample)
    strict = accepted(Poison().object(twins, FORMATS["AccountModel"]), twins)
    plain = json.dumps(twins["Accounts"][0]).replace(sample["Accounts"][0]["AccountId"], DUMP_ACCOUNT)
    dumped = with_arns(json.loads(plain), FORMATS["Account"], DUMP_ACCOUNT) | {"RawDump": True}
    lenient = Poison(lenient=True).object(dumped, FORMATS["Account"])
    lenient |= {"AccountId": DUMP_ACCOUNT, "RawDump": True}
    accounts = strict["Accounts"]
    return accepted({**strict, "Accounts": [*accounts, lenient]}, {**strict, "Accounts": [*accounts, dumped]})


def _identity_center() -> dict[str, Any]:
    """What the sample does not have: people, a permission set and its assignment in the first account."""
    account = json.loads(SAMPLE.read_text())["Accounts"][0]["AccountId"]
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    return {
        "Instances": [
            {"AccessControlAttributes": [{"Key": "team", "Value": {"Source": ["${path:userName}"]}}]}
        ],
        "Users": [{"UserName": "ann", "DisplayName": "Ann"}],
        "Groups": [{"DisplayName": "developers"}],
        "GroupMemberships": [{"GroupId": "developers", "MemberId": {"UserId": "ann"}}],
        "PermissionSets": [
            {
                "Name": "Developer",
                "InlinePolicy": {"Version": "2012-10-17", "Statement": [allow]},
                "AttachedManagedPolicies": [{"Arn": "arn:aws:iam::aws:policy/AdministratorAccess"}],
                "CustomerManagedPolicyReferences": [{"Name": "OrdersReadWrite"}],
            }
        ],
        "AccountAssignments": [
            {
                "AccountId": account,
                "PermissionSetArn": "Developer",
                "PrincipalType": "USER",
                "PrincipalId": "ann",
            }
        ],
    }


def _of_an_app() -> list[dict[str, Any]]:
    """An identity pool and a social provider."""
    account = json.loads(SAMPLE.read_text())["Accounts"][0]["AccountId"]
    pool = {
        "AccountId": account,
        "AllowUnauthenticatedIdentities": True,
        "DeveloperProviderName": "login.app",
        "SupportedLoginProviders": {"graph.facebook.com": "4711"},
        "CognitoIdentityProviders": [{"ProviderName": "cognito-idp.us-east-1.amazonaws.com/us-east-1_app"}],
        "IdentityPoolTags": {"team": "app"},
        "PrincipalTags": {"graph.facebook.com": {"UseDefaults": True}},
    }
    people = [{"Name": "fay", "Claims": {"id": "1"}}]
    return [
        {"Name": "app", "Type": "Cognito", "IdentityPool": pool},
        {"Name": "facebook", "Type": "Facebook", "ClientId": "4711", "Users": people},
    ]


@cache
def hostile_dump() -> dict[str, Any]:
    """The output of `aws iam get-account-authorization-details` with hostile copies of entities, and with the
    sample's workloads. No test changes it.
    """
    sample = json.loads(SAMPLE.read_text())
    account = with_twins(sample["Accounts"][0], FORMATS["Account"])
    alone = [
        one for one in sample["Workloads"] if set(ACCOUNT.findall(json.dumps(one))) <= {account["AccountId"]}
    ]
    own = {
        "StartTime": sample["StartTime"],
        "Workloads": [one for one in alone if one["Identity"].startswith("arn:")],
    }
    lists = {
        key: [with_arns(each, FORMATS[row.format], account["AccountId"]) for each in account[key]]
        for key, row in DUMP.keys.items()
        if key in account
    }
    dump = Poison(lenient=True).object(lists, DUMP)
    return accepted({**own, **dump}, {**own, **lists})


def with_arns(entity: Mapping[str, Any], entity_format: ObjectFormat, account: str) -> dict[str, Any]:
    """An entity as AWS prints it: with its ARN, and those of the entities in it."""
    whole = dict(entity)
    for key, row in entity_format.keys.items():
        if row.kind is object_kinds.LIST_OF_OBJECTS and key in whole:
            whole[key] = [with_arns(each, FORMATS[row.format], account) for each in whole[key]]
    if (row := entity_format.keys.get("Arn")) and entity_format.identity not in ("Arn", "Url"):
        kind = {
            "ManagedPolicy": "policy",
            "InstanceProfile": "instance-profile",
            "SAMLProvider": "saml-provider",
        }.get(entity_format.name, entity_format.name.lower())
        path, name = entity.get("Path", "/"), entity[entity_format.identity]
        whole.setdefault(row.key, f"arn:aws:iam::{account}:{kind}{path}{name}")
    return whole


def accepted(model: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """`model`, in which every value that the loader rejects is less hostile, or else as it is in `before`
    (omitted if it is not there).
    """
    for _ in range(MOST_ROUNDS):
        try:
            from_json(model)
        except AccountFileError as error:
            for path in dict.fromkeys(one.path for one in error.diagnostics):
                put_back(model, before, list(steps_of(path)), str(error))
            model = pruned(model)
        else:
            return model
    raise AssertionError(f"still rejected after {MOST_ROUNDS} rounds")


def pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: pruned(each) for key, each in value.items() if each is not GONE}
    if isinstance(value, list):
        return [pruned(each) for each in value if each is not GONE]
    return value


def steps_of(path: str) -> Iterator[str | int]:
    """The steps of a printed JSON path, up to the first key that is not a plain word."""
    for part in re.finditer(r"\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[", path, re.ASCII):
        if part[0] == "[":
            return
        yield part[1] if part[2] is None else int(part[2])


def put_back(model: Any, before: Any, steps: list[str | int], why: str) -> None:
    """Make the value at a place less hostile or restore it; if it is already restored, what contains it."""
    while steps:
        now, then = at(model, steps), at(before, steps)
        if now is GONE:
            return
        if now is not None and now != then:
            last = GONE if then is None else copy.deepcopy(then)
            at(model, steps[:-1])[steps[-1]] = weaker(now) if isinstance(now, str) and weaker(now) else last
            return
        steps = steps[:-1]
    raise AssertionError(f"an error that no change of a hostile place explains: {why}")


def weaker(text: str) -> str:
    """The text with the next payload instead of its present one; empty after the last."""
    for payload, following in pairwise(SHORT):
        if payload in text:
            return text.replace(payload, following)
    return ""


def at(value: Any, steps: Steps | list[str | int]) -> Any:
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def hostile_keys(model: Mapping[str, Any], object_format: ObjectFormat) -> Iterator[tuple[str, str]]:
    """(format, key) of every key whose own value, not that of an object in it, holds the payload's mark."""
    for key, row in object_format.keys.items():
        value = model.get(key)
        if row.format:
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    yield from hostile_keys(each, FORMATS[row.format])
        elif value is not None and MARK in json.dumps(value):
            yield object_format.name, key


def fits(row: KeyFormat, text: str) -> bool:
    """Whether the row of the format allows this text, as far as the table says."""
    if row.choices or (row.most is not None and len(text) > row.most):
        return False
    return row.pattern is None or row.pattern.fullmatch(text) is not None


def texts_of(object_format: ObjectFormat, *, lenient: bool) -> set[tuple[str, str]]:
    """(format, key) of every key that can be hostile in an object of the format and in those within it."""
    found: dict[str, ObjectFormat] = {}
    within = [object_format]
    while within:
        one = within.pop()
        if one.name not in found:
            found[one.name] = one
            within += [FORMATS[row.format] for row in one.keys.values() if row.format]
    return {
        (one.name, key) for one in found.values() for key, row in one.keys.items() if _is_text(row, lenient)
    }


def _is_text(row: KeyFormat, lenient: bool) -> bool:
    if row.format or isinstance(row.kind, plain_kinds.Number | plain_kinds.Boolean | plain_kinds.Instant):
        return False
    if row.kind is plain_kinds.TEXT and not lenient:
        return any(fits(row, payload) for payload in SHORT)
    return lenient or not row.choices
