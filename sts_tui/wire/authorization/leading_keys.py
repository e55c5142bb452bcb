"""Which partition keys does a call of DynamoDB name? The values of `dynamodb:LeadingKeys`.

A request does not say which attribute is the partition key; the table defines it, and a model has no tables.
If an item's key has one attribute, or a query one equality, that is the partition key. Otherwise the key is
unknown, not absent: with `ForAllValues`, as in AWS's example, an absent key would be allowed.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

LEADING_KEYS: Final = "dynamodb:LeadingKeys"
_EQUALITY: Final = re.compile(r"([#\w.]+)\s*=\s*(:\w+)")


def leading_keys(members: Mapping[str, object], arn: str) -> list[str] | None:
    """The partition keys that a call names in the table of an ARN, binary ones in base64; empty for a call
    that names no item (Scan, DescribeTable); None if the request does not show which attribute is the key.
    `members`: the call's parameters by name, as sent.
    """
    table = arn.partition("/")[2].partition("/")[0]
    if any(name in members for name in ("Statement", "Statements", "TransactStatements")):
        return None  # PartiQL
    found = [_only_value(item) for item in _items(members, table)]
    if "KeyConditionExpression" in members or "KeyConditions" in members:
        found.append(_of_query(members))
    if any(value is None for value in found):
        return None
    return list(dict.fromkeys(value for value in found if value is not None))


def _only_value(item: Mapping[str, object]) -> str | None:
    """The value of an item's only attribute: text, a number or base64."""
    if len(item) != 1:
        return None
    return _value(next(iter(item.values())))


def _value(typed: object) -> str | None:
    value = next(iter(typed.values()), None) if isinstance(typed, Mapping) else None
    return value if isinstance(value, str) else None


def _of_query(members: Mapping[str, object]) -> str | None:
    """The partition key of a query, which is given by an equality; None if a second equality gives the sort
    key, because they cannot be distinguished.
    """
    conditions = members.get("KeyConditions")
    if isinstance(conditions, Mapping):
        equal = [one for one in conditions.values() if _is_equality(one)]
        values = equal[0].get("AttributeValueList") if len(equal) == 1 else None
        return _value(values[0]) if isinstance(values, list) and len(values) == 1 else None
    given = members.get("ExpressionAttributeValues")
    equalities = _EQUALITY.findall(str(members["KeyConditionExpression"]))
    if len(equalities) != 1 or not isinstance(given, Mapping):
        return None
    return _value(given.get(equalities[0][1]))


def _is_equality(condition: object) -> bool:
    return isinstance(condition, Mapping) and condition.get("ComparisonOperator") == "EQ"


def _items(members: Mapping[str, object], table: str) -> Iterator[Mapping[str, object]]:
    """Keys and whole items that a call names: of a single operation, a batch or a transaction."""
    for name in ("Key", "Item"):
        if isinstance(one := members.get(name), Mapping):
            yield one
    batch = members.get("RequestItems")
    named = batch.get(table) if isinstance(batch, Mapping) else None
    if isinstance(named, Mapping) and isinstance(named.get("Keys"), list):
        yield from (one for one in named["Keys"] if isinstance(one, Mapping))
    for write in named if isinstance(named, list) else ():
        for part in write.values() if isinstance(write, Mapping) else ():
            yield from _of_part(part)
    transacted = members.get("TransactItems")
    for item in transacted if isinstance(transacted, list) else ():
        for part in item.values() if isinstance(item, Mapping) else ():
            if isinstance(part, Mapping) and part.get("TableName") == table:
                yield from _of_part(part)


def _of_part(part: object) -> Iterator[Mapping[str, object]]:
    """The key or the item of one write."""
    if isinstance(part, Mapping):
        yield from (one for name in ("Key", "Item") if isinstance(one := part.get(name), Mapping))
