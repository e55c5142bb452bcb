"""What is the JSON Schema of the account file? It is generated from the table that the loader uses for its
checks.

https://json-schema.org/draft/2020-12/schema
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.account.format.document_kinds import definition
from sts_tui.account.format.file_format import DETAIL_LISTS, DUMP, FORMATS
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.json_value import RawObject
from sts_tui.account.policies.condition_operators import every_operator
from sts_tui.account.policies.policy_actions import TRUST_ACTIONS
from sts_tui.account.policies.policy_grammar import EFFECTS, VERSIONS
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_principals import PRINCIPAL_TYPES

SCHEMA_ID: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> RawObject:
    """The schema as a JSON value. The loader checks more: references, AWS's write-time rules."""
    definitions: RawObject = {name: _object(object_format) for name, object_format in FORMATS.items()}
    for kind in PolicyKind:
        definitions[definition(kind)] = _policy(kind)
        definitions[f"{definition(kind)}Statement"] = _statement(kind)
    definitions["Condition"] = _condition()
    definitions["Principal"] = _principal()
    definitions["RawDump"] = _dump()
    return {
        "$schema": SCHEMA_ID,
        "title": "sts-tui account file",
        "description": "Accounts, their organization, identity providers and workloads; or a raw dump of "
        "`aws iam get-account-authorization-details`.",
        "if": {"required": ["Accounts"]},
        "then": {"$ref": "#/$defs/AccountModel"},
        "else": {"anyOf": [{"$ref": "#/$defs/AccountModel"}, {"$ref": "#/$defs/RawDump"}]},
        "$defs": definitions,
    }


def _object(object_format: ObjectFormat) -> RawObject:
    schema: RawObject = {
        "type": "object",
        "properties": {key: _member(key_format) for key, key_format in object_format.keys.items()},
        "additionalProperties": False,
    }
    required = [key for key, key_format in object_format.keys.items() if key_format.required]
    if "Arn" in object_format.keys and object_format.identity != "Arn":
        required = [key for key in required if key != object_format.identity]
        schema["anyOf"] = [{"required": [object_format.identity]}, {"required": ["Arn"]}]
    if object_format.name in _MAY_BE_OVERLAY:
        required = []
    if required:
        schema["required"] = required
    if object_format.about:
        schema["description"] = object_format.about
    if object_format.name == "Account":
        return _lenient_when_dumped(schema)
    if object_format.text_stands_for:
        text = _member(object_format.keys[object_format.text_stands_for])
        return {"anyOf": [text, schema]}
    return schema


_MAY_BE_OVERLAY: Final = frozenset({"Role", "Organization", "IdentityProvider", "Workload"})
"""Objects from which one file may omit what another has. Only the loader sees all files together."""


def _lenient_when_dumped(schema: RawObject) -> RawObject:
    dumped = {"properties": {"RawDump": {"const": True}}, "required": ["RawDump"]}
    return {"type": "object", "if": dumped, "then": True, "else": schema}


def _dump() -> RawObject:
    """A raw dump: lists of objects with names. The schema requires nothing else of AWS's output."""
    own = {
        key: _member(key_format)
        for key, key_format in FORMATS["AccountModel"].keys.items()
        if key != "Accounts"
    }
    lists = {key: {"type": "array", "items": {"type": "object"}} for key in DETAIL_LISTS}
    return {
        "type": "object",
        "description": DUMP.about,
        "properties": {**own, **lists, "Accounts": False},
        "anyOf": [{"required": [key]} for key in DETAIL_LISTS],
    }


def _member(key_format: KeyFormat) -> RawObject:
    schema = key_format.kind.schema(key_format)
    if key_format.about:
        schema = {**schema, "description": key_format.about}
    return schema if key_format.required else {**_or_null(schema)}


def _or_null(schema: RawObject) -> RawObject:
    """Also accept null, which the AWS CLI's --query writes for an absent value."""
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    return schema


def _one_or_many(items: Mapping[str, object], *, minimum: int = 1) -> RawObject:
    listed: RawObject = {"type": "array", "items": items}
    if minimum:
        listed["minItems"] = minimum
    return {"anyOf": [items, listed]}


def _policy(kind: PolicyKind) -> RawObject:
    statement = {"$ref": f"#/$defs/{definition(kind)}Statement"}
    properties: RawObject = {"Version": {"enum": list(VERSIONS)}, "Statement": _one_or_many(statement)}
    if kind.is_resource_based:
        properties["Id"] = {"type": "string"}
    return {
        "type": "object",
        "description": kind.value,
        "properties": properties,
        "required": ["Statement"],
        "additionalProperties": False,
    }


def _statement(kind: PolicyKind) -> RawObject:
    texts = _one_or_many({"type": "string"})
    actions = (
        _one_or_many({"type": "string", "examples": list(TRUST_ACTIONS)})
        if kind is PolicyKind.TRUST
        else texts
    )
    properties: RawObject = {
        "Sid": {"type": "string"},
        "Effect": {"enum": list(EFFECTS) if kind is not PolicyKind.RCP else ["Deny"]},
        "Action": actions,
        "Condition": {"$ref": "#/$defs/Condition"},
    }
    needed: list[RawObject] = [{"anyOf": [{"required": ["Action"]}]}]
    if kind is not PolicyKind.RCP:
        properties["NotAction"] = actions
        needed = [{"oneOf": [{"required": ["Action"]}, {"required": ["NotAction"]}]}]
    if kind is not PolicyKind.TRUST:
        properties |= {"Resource": texts, "NotResource": texts}
        if not kind.is_resource_based:
            needed.append({"oneOf": [{"required": ["Resource"]}, {"required": ["NotResource"]}]})
    required = ["Effect"]
    if kind.is_resource_based:
        properties["Principal"] = {"$ref": "#/$defs/Principal"}
        if kind is not PolicyKind.TRUST:
            properties["NotPrincipal"] = {"$ref": "#/$defs/Principal"}
        else:
            required.append("Principal")
    if kind is PolicyKind.RCP:
        properties["Principal"] = {"const": "*"}
        required.append("Principal")
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "allOf": needed,
        "additionalProperties": False,
    }


def _condition() -> RawObject:
    value = _one_or_many({"type": ["string", "number", "boolean"]}, minimum=0)
    tests = {"type": "object", "additionalProperties": value}
    return {
        "type": "object",
        "properties": {operator: tests for operator in every_operator()},
        "additionalProperties": False,
    }


def _principal() -> RawObject:
    names = _one_or_many({"type": "string"})
    by_type = {
        "type": "object",
        "properties": {name: names for name in PRINCIPAL_TYPES},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [{"const": "*"}, by_type]}
