"""What do the policies of a principal say about `sts:AssumeRole`? Read once per set of policies.

Most statements decide a pair of source and target without the engine: an Allow of `sts:AssumeRole` on a
resource, without a condition. `AssumeRights` holds these as plain text and patterns. Everything else (a
condition, a Deny that covers the action, a policy variable, a boundary, an element that is not understood)
makes the answer depend on more than the pair; then `needs_engine` is true, and the engine evaluates each
pair.

A statement counts as plain only if each of its elements is listed here; anything else goes to the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

from msgspec import Struct

from sts_tui.account.policies.global_condition_keys import comes_from_identity, is_of_role_session
from sts_tui.account.policy_document import PackedDocument, WrittenPolicy

ASSUME_ROLE: Final = "sts:AssumeRole"
_ASSUME_ROLE: Final = ASSUME_ROLE.lower()
_DOCUMENT_KEYS: Final = frozenset(("Version", "Id", "Statement"))
_PLAIN_KEYS: Final = frozenset(("Sid", "Effect", "Action", "Resource"))
_VERSIONS: Final = ("2012-10-17", "2008-10-17", None)
_SAME_FOR_ALL_KINDS: Final = frozenset(
    ("aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths")
)
_SAME_FOR_ONE_KIND: Final = frozenset(
    (*_SAME_FOR_ALL_KINDS, "aws:principaltype", "aws:multifactorauthpresent", "aws:multifactorauthage")
)


class AssumeRights(Struct, frozen=True, kw_only=True, eq=False):
    """What one set of policies says about `sts:AssumeRole`."""

    everything: bool
    """A plain Allow on `*`."""
    exact: tuple[str, ...]
    """Role ARNs that a plain Allow names."""
    patterns: tuple[str, ...]
    """Resources with wildcards that a plain Allow names."""
    possible: tuple[str, ...]
    """Resources of every Allow that could cover the action, plain or not; `*` for what cannot be read."""
    needs_engine: bool
    depends_on_caller: bool
    """Whether a condition or a variable makes the answer differ between principals with the same policies."""
    depends_on_resource: bool
    """Whether a statement that matters names particular resources or tests a key of the resource."""
    denied: tuple[str, ...] = ()
    """Resources of every statement other than an Allow that could cover the action; `*` for what cannot be
    read.
    """
    unknown: tuple[str, ...] = ()
    """Names of attached policies whose documents the files do not hold."""

    @property
    def concerns_sts(self) -> bool:
        """Whether anything here could allow a caller to assume a role."""
        return bool(self.possible)

    def could_allow(self, role_arn: str) -> bool:
        """Whether an Allow could name the role. In doubt: yes."""
        return any(_may_name(pattern, role_arn) for pattern in self.possible)

    def could_deny(self, role_arn: str) -> bool:
        """Whether a statement could deny the role. In doubt: yes."""
        return any(_may_name(pattern, role_arn) for pattern in self.denied)


_NOTHING: Final = AssumeRights(
    everything=False,
    exact=(),
    patterns=(),
    possible=(),
    needs_engine=False,
    depends_on_caller=False,
    depends_on_resource=False,
)
"""The rights of a principal whose policies are about other services."""


def rights_of(documents: Iterable[WrittenPolicy | None], unknown: tuple[str, ...] = ()) -> AssumeRights:
    """Reads identity-based policies; `unknown` names those without a document."""
    found = _Found()
    for written in documents:
        if written is None or not may_be_relevant(written):
            continue
        relevant = list(relevant_statements(written.document))
        is_readable = bool(relevant) and document_is_plain(written.document)
        for statement in relevant:
            found.add(statement, is_readable=is_readable)
    if unknown:  # only the engine counts these, as undecided
        found.needs_engine = True
        found.possible.append("*")
    return found.rights(unknown)


class _Found:
    """What the statements that concern AssumeRole say, while they are read."""

    def __init__(self) -> None:
        self._exact: list[str] = []
        self._patterns: list[str] = []
        self.possible: list[str] = []
        self._denied: list[str] = []
        self.needs_engine = self._depends_on_caller = self._depends_on_resource = False

    def add(self, statement: Mapping[str, object], *, is_readable: bool) -> None:
        """`is_readable`: nothing in the statement's document changes the meaning of its elements
        (`document_is_plain`).
        """
        resources = listed(statement.get("Resource"))
        plain = _plainly_allowed(statement, resources) if is_readable else ()
        if plain:
            self.possible += plain
            self._exact += [each for each in plain if not _has_wildcard(each)]
            self._patterns += [each for each in plain if _has_wildcard(each)]
            return
        self.needs_engine = True
        self._depends_on_caller = self._depends_on_caller or mentions_caller(statement)
        self._depends_on_resource = self._depends_on_resource or mentions_resource(statement)
        named = [str(each) for each in resources] if resources else ["*"]
        if statement.get("Effect") != "Deny":
            self.possible += named
        if statement.get("Effect") != "Allow":
            self._denied += named if is_readable else ["*"]

    def rights(self, unknown: tuple[str, ...]) -> AssumeRights:
        if not (self.needs_engine or self.possible):
            return _NOTHING
        patterns = tuple(dict.fromkeys(each for each in self._patterns if each != "*"))
        return AssumeRights(
            everything="*" in self._patterns,
            exact=tuple(dict.fromkeys(self._exact)),
            patterns=patterns,
            possible=tuple(dict.fromkeys(self.possible)),
            needs_engine=self.needs_engine,
            depends_on_caller=self._depends_on_caller,
            depends_on_resource=self._depends_on_resource or bool(self._exact) or bool(patterns),
            denied=tuple(dict.fromkeys(self._denied)),
            unknown=unknown,
        )


def _may_name(pattern: str, arn: str) -> bool:
    """Whether a Resource pattern could match an ARN: compared up to the first wildcard or variable."""
    if pattern == arn:
        return True
    if pattern.count(":") < 5:  # AWS completes such an ARN
        return True
    ends = [at for mark in ("*", "?", "${") if (at := pattern.find(mark)) >= 0]
    return arn.startswith(pattern[: min(ends)]) if ends else pattern == arn


def listed(value: object) -> list[object]:
    """An element as a list: in a policy, one value without brackets is a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def statements_of(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Every statement that is an object; others are skipped (`document_is_plain` is false for their
    document).
    """
    return (each for each in listed(document.get("Statement")) if isinstance(each, dict))


def document_is_plain(document: Mapping[str, object]) -> bool:
    """Whether the document has a known version and only known elements, so that its statements can be read
    one by one.
    """
    return (
        _DOCUMENT_KEYS.issuperset(document)
        and document.get("Version") in _VERSIONS
        and all(isinstance(each, dict) for each in listed(document.get("Statement")))
    )


@cache
def _mark() -> re.Pattern[bytes]:
    """Found in the JSON of every document that could cover `sts:AssumeRole`: a string that begins like `sts`,
    up to a wildcard, or NotAction.
    """
    return re.compile(rb'"(?:[*?]|[sS](?:[*?]|[tT](?:[*?]|[sS]))|NotAction")')


def may_be_relevant(written: WrittenPolicy) -> bool:
    """False only if no statement could cover `sts:AssumeRole`, judged by the text of a packed document. Most
    policies are about other services, and parsing them takes longer than all else.
    """
    content = written.content
    if not isinstance(content, PackedDocument):
        return True
    return _mark().search(content.json) is not None or b"\\" in content.json  # an escape may hide a mark


def relevant_statements(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The statements that could cover `sts:AssumeRole`, Deny included. In doubt a statement is included."""
    written = document.get("Statement")
    for statement in written if isinstance(written, list) else listed(written):
        if isinstance(statement, dict) and could_cover(statement, _ASSUME_ROLE):
            yield statement


@lru_cache(maxsize=16_384)
def may_cover(pattern: str, action: str = _ASSUME_ROLE) -> bool:
    """Whether an Action pattern could match an action (in lower case): compared up to the first wildcard."""
    lowered = pattern.lower()
    if lowered == action or lowered == "*":
        return True
    head = min((at for at in (lowered.find("*"), lowered.find("?")) if at >= 0), default=-1)
    return head >= 0 and action.startswith(lowered[:head])


def could_cover(statement: Mapping[str, object], action: str) -> bool:
    """Whether a statement's Action or NotAction could cover an action. In doubt: yes."""
    if "NotAction" in statement:
        return True
    lowered = action.lower()
    actions = statement.get("Action")
    if isinstance(actions, str):
        return may_cover(actions, lowered)
    for each in actions if isinstance(actions, list) else listed(actions):
        if may_cover(each if each.__class__ is str else str(each), lowered):
            return True
    return False


def surely_covers(action: str) -> bool:
    """Whether an Action pattern certainly matches `sts:AssumeRole`: by name, or by a final `*`."""
    lowered = action.lower()
    return lowered == _ASSUME_ROLE or (
        lowered.endswith("*")
        and "?" not in lowered
        and lowered.count("*") == 1
        and _ASSUME_ROLE.startswith(lowered[:-1])
    )


def _plainly_allowed(statement: Mapping[str, object], resources: list[object]) -> list[str]:
    """The resources of a plain Allow; empty where the engine has to decide."""
    if (
        statement.get("Effect") != "Allow"
        or not _PLAIN_KEYS.issuperset(statement)
        or not any(isinstance(each, str) and surely_covers(each) for each in listed(statement.get("Action")))
    ):
        return []
    plain = [each for each in resources if isinstance(each, str) and _is_plain_resource(each)]
    return plain if len(plain) == len(resources) else []


def _is_plain_resource(resource: str) -> bool:
    """Whether it is a whole ARN or `*`. The engine decides incomplete ARNs and policy variables."""
    return resource == "*" or (
        resource.startswith("arn:") and resource.count(":") >= 5 and "${" not in resource
    )


def _has_wildcard(resource: str) -> bool:
    return "*" in resource or "?" in resource


def mentions_caller(statement: Mapping[str, object]) -> bool:
    """Whether a condition or variable of a statement differs between principals of one account."""
    if _holds_variable(statement):
        return True
    return any(
        comes_from_identity(key) and key.lower() not in _SAME_FOR_ONE_KIND
        for key in condition_keys(statement)
    )


def mentions_kind(statement: Mapping[str, object]) -> bool:
    """Whether a condition of a statement could distinguish users from roles, or callers with MFA from those
    without.
    """
    return any(
        is_of_role_session(key) or (comes_from_identity(key) and key.lower() not in _SAME_FOR_ALL_KINDS)
        for key in condition_keys(statement)
    )


def mentions_resource(statement: Mapping[str, object]) -> bool:
    """Whether a statement is about particular resources, by its element or by a condition."""
    resources = listed(statement.get("Resource"))
    return (
        "NotResource" in statement
        or any(each != "*" for each in resources)
        or any("resource" in key.lower() for key in condition_keys(statement))
    )


def condition_keys(statement: Mapping[str, object]) -> Iterator[str]:
    """The condition keys that a statement tests."""
    conditions = statement.get("Condition")
    if isinstance(conditions, dict):
        for block in conditions.values():
            if isinstance(block, dict):
                yield from map(str, block)


def _holds_variable(value: object) -> bool:
    match value:
        case str():
            return "${" in value
        case Mapping():
            return any(_holds_variable(each) for each in value.values())
        case list() | tuple():
            return any(_holds_variable(each) for each in value)
    return False
