"""Which calls change the policy of a Lambda function into another one? Lambda writes it statement by
statement. A changed statement is removed and added again with the same id. Elements that `AddPermission` has
no parameter for cannot be written.
https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.json_value import Json
from sts_tui.simulation.operations.resource_policies.functions import CONDITIONS

Call = tuple[str, dict[str, Json]]
_ELEMENTS: Final = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
_FLAGS: Final = ("InvokedViaFunctionUrl",)


class NotWritableError(ValueError):
    """No call writes this document; the message says which part of it and why."""


def function_policy_calls(function: str, before: str, after: str) -> list[Call]:
    """RemovePermission and AddPermission calls, in an order without duplicate ids; empty if nothing changes.

    `before` and `after` are documents as JSON text. Raises NotWritableError.
    """
    old, new = _statements(before), _statements(after)
    gone = [sid for sid, statement in old.items() if new.get(sid) != statement]
    added = [statement for sid, statement in new.items() if old.get(sid) != statement]
    adding = [_added(function, statement) for statement in added]
    return [*(_removed(function, sid) for sid in gone), *adding]


def _removed(function: str, sid: str) -> Call:
    return "lambda:RemovePermission", {"FunctionName": function, "StatementId": sid}


def _added(function: str, statement: Mapping[str, Json]) -> Call:
    sid = str(statement["Sid"])
    for element in statement.keys() - _ELEMENTS:
        raise NotWritableError(f"{sid}: AddPermission has no parameter for {element}")
    if statement.get("Effect") != "Allow":
        raise NotWritableError(f"{sid}: AddPermission adds statements with Effect Allow only")
    if statement.get("Resource", function) != function:
        raise NotWritableError(f"{sid}: the Resource is the function itself, {function}")
    action = statement.get("Action")
    if not isinstance(action, str):
        raise NotWritableError(f"{sid}: AddPermission takes one action; write a statement for each")
    params: dict[str, Json] = {
        "FunctionName": function,
        "StatementId": sid,
        "Action": action,
        "Principal": _principal(sid, statement.get("Principal")),
    }
    return "lambda:AddPermission", {**params, **dict(_conditions(sid, statement.get("Condition")))}


def _principal(sid: str, principal: Json | None) -> str:
    """`*`, a service, an account or an ARN."""
    if isinstance(principal, Mapping) and len(principal) == 1:
        kind, name = next(iter(principal.items()))
        if isinstance(name, str) and kind in ("AWS", "Service"):
            return name
    if principal == "*":
        return "*"
    raise NotWritableError(f"{sid}: AddPermission takes one service, account or ARN as Principal")


def _conditions(sid: str, condition: Json | None) -> Iterator[tuple[str, Json]]:
    if condition is None:
        return
    if not isinstance(condition, Mapping):
        raise NotWritableError(f"{sid}: Condition is not an object")
    names = {(operator.lower(), key.lower()): name for name, operator, key in CONDITIONS}
    for operator, block in condition.items():
        for key, value in block.items() if isinstance(block, Mapping) else ():
            name = names.get((operator.lower(), key.lower()))
            if name is None or not isinstance(value, str):
                raise NotWritableError(f"{sid}: AddPermission has no parameter for {operator} {key}")
            yield name, value == "true" if name in _FLAGS else value


def _statements(text: str) -> dict[str, Mapping[str, Json]]:
    document = json.loads(text) if text else {}
    listed = document.get("Statement", []) if isinstance(document, Mapping) else []
    found: dict[str, Mapping[str, Json]] = {}
    for statement in listed if isinstance(listed, list) else [listed]:
        if not isinstance(statement, Mapping) or not isinstance(statement.get("Sid"), str):
            raise NotWritableError("every statement needs a Sid: it is its StatementId")
        if statement["Sid"] in found:
            raise NotWritableError(f"{statement['Sid']} is the Sid of two statements")
        found[statement["Sid"]] = statement
    return found
