"""Which requests is a statement about, as Access Analyzer's checks compare them: patterns, conditions,
principals?
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from msgspec import Struct

from sts_tui.account.json_value import Json, JsonObject
from sts_tui.iam.patterns.pattern_relations import covers, meet


class Pair(Struct, frozen=True):
    """An action and a resource, both as patterns."""

    action: str
    resource: str


class ComparedStatement(Struct, frozen=True, kw_only=True):
    """One statement; actions in lower case."""

    index: int
    sid: str | None
    is_allow: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditions: frozenset[str]
    """Each operator and key with its values, as text: equal texts are equal conditions."""
    principal: str
    """The principal as text; empty in an identity-based policy."""

    def pairs(self) -> Iterator[Pair]:
        """Each action with each resource; NotAction and NotResource count as everything."""
        for action in self.actions or ("*",):
            for resource in self.resources or ("*",):
                yield Pair(action, resource)

    def covers(self, pair: Pair) -> bool:
        """Whether the statement covers every request of the pair."""
        return self._covers(pair.action, self.actions, self.not_actions) and self._covers(
            pair.resource, self.resources, self.not_resources
        )

    @staticmethod
    def _covers(pattern: str, listed: tuple[str, ...], excluded: tuple[str, ...]) -> bool:
        if excluded:
            return not any(meet(one, pattern) for one in excluded)
        return any(covers(one, pattern) for one in listed or ("*",))

    def meets(self, pair: Pair) -> bool:
        """Whether the statement covers some request of the pair."""
        return self._meets(pair.action, self.actions, self.not_actions) and self._meets(
            pair.resource, self.resources, self.not_resources
        )

    @staticmethod
    def _meets(pattern: str, listed: tuple[str, ...], excluded: tuple[str, ...]) -> bool:
        if excluded:
            return not any(covers(one, pattern) for one in excluded)
        return any(meet(one, pattern) for one in listed or ("*",))


def statements_of(document: JsonObject) -> tuple[ComparedStatement, ...]:
    """Every statement of a valid document."""
    found = document.get("Statement")
    listed = found if isinstance(found, list) else [found]
    return tuple(_statement(index, one) for index, one in enumerate(listed) if isinstance(one, Mapping))


def _statement(index: int, one: Mapping[str, Json]) -> ComparedStatement:
    sid = one.get("Sid")
    principal = {name: one[name] for name in ("Principal", "NotPrincipal") if name in one}
    return ComparedStatement(
        index=index,
        sid=sid if isinstance(sid, str) and sid else None,
        is_allow=one.get("Effect") == "Allow",
        actions=tuple(text.lower() for text in _texts(one.get("Action"))),
        not_actions=tuple(text.lower() for text in _texts(one.get("NotAction"))),
        resources=tuple(_texts(one.get("Resource"))),
        not_resources=tuple(_texts(one.get("NotResource"))),
        conditions=frozenset(_conditions(one.get("Condition"))),
        principal=json.dumps(principal, sort_keys=True) if principal else "",
    )


def _conditions(condition: Json) -> Iterator[str]:
    for operator, keys in condition.items() if isinstance(condition, Mapping) else ():
        for key, values in keys.items() if isinstance(keys, Mapping) else ():
            listed = values if isinstance(values, list) else [values]
            yield json.dumps([operator, key.lower(), sorted(map(str, listed))])


def _texts(value: Json) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
