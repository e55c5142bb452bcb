"""Which example resources does a Resource pattern stand for when a caller's access is evaluated?

Policy variables are replaced by the caller's values. Wildcards are replaced by resources of the model, or
else by words: first ones, and others that are tried if a Deny matched the first.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.authorization.context import caller_part
from sts_tui.simulation.authorization.request_context import HOME_REGION
from sts_tui.sts.identity import CallerIdentity

_WORDS: Final = ("any", "any/any")
"""The words in place of a `*`; the second one is an object, or a name with a path."""
_OTHER_WORDS: Final = ("example", "example/example")
_PART: Final = lazy_pattern(r"\$\{([^}]*)\}|([*?])")


class Examples(Struct, frozen=True):
    """Example ARNs that one pattern matches."""

    pattern: str
    """The pattern as the policy writes it."""
    first: tuple[str, ...]
    others: tuple[str, ...] = ()
    """ARNs to try after an explicit Deny, which may match only a part of the pattern."""

    def of(self, action: str) -> Examples:
        """The examples that an action works on, according to AWS's lists."""
        from sts_tui.account.policies.vocabulary import can_apply

        return Examples(
            self.pattern,
            tuple(one for one in self.first if can_apply(action, (one,))),
            tuple(one for one in self.others if can_apply(action, (one,))),
        )


def variables_of(
    caller: CallerIdentity, configuration: Configuration, settings: Settings
) -> Mapping[str, str]:
    """The values of policy variables that follow from the caller, by condition key in lower case."""
    values = caller_part(caller, configuration, settings).values
    return {key.lower(): value for key, value in values.items() if isinstance(value, str)}


def examples_of(
    pattern: str, variables: Mapping[str, str], account: str, configuration: Configuration
) -> Examples:
    """ARNs that a pattern other than `*` matches, those of the model first. `variables`: the result of
    `variables_of`; `account`: the id in place of a wildcard.
    """
    written, pattern = pattern, _with_segments(pattern, account)
    if not any(found[2] for found in _PART.finditer(pattern)):
        return Examples(written, (_filled(pattern, variables, ""),))
    known = tuple(_known(pattern, variables, configuration))
    first, others = (
        tuple(dict.fromkeys(_filled(pattern, variables, word) for word in words))
        for words in (_WORDS, _OTHER_WORDS)
    )
    return Examples(written, (*known, *first), others)


def with_values(resource: str, variables: Mapping[str, str]) -> str:
    """An ARN with its policy variables replaced by values and its wildcards by words. `variables`: the result
    of `variables_of`.
    """
    return _filled(resource, variables, _WORDS[0])


def _with_segments(pattern: str, account: str) -> str:
    """The pattern with its Region and account filled in, where these are just `*`."""
    parts = pattern.split(":", 5)
    if len(parts) < 6:
        return pattern
    for index, value in ((1, "aws"), (3, HOME_REGION), (4, account)):
        if parts[index] == "*" and value:
            parts[index] = "" if parts[2] in ("s3", "iam") and index == 3 else value
    if parts[2] == "s3" and not parts[5].startswith(("accesspoint", "job")):
        parts[4] = ""  # the ARNs of buckets and objects have no account
    return ":".join(parts)


def _known(pattern: str, variables: Mapping[str, str], configuration: Configuration) -> Iterator[str]:
    matcher = _matcher("".join(_regex_parts(pattern, variables)))
    for table in (configuration.roles, configuration.users, configuration.resources):
        yield from filter(matcher.fullmatch, table)


@lru_cache(maxsize=4096)
def _matcher(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.DOTALL)


def _regex_parts(pattern: str, variables: Mapping[str, str]) -> Iterator[str]:
    end = 0
    for found in _PART.finditer(pattern):
        yield re.escape(pattern[end : found.start()])
        wildcard = found[2]
        yield {"*": ".*", "?": "."}[wildcard] if wildcard else re.escape(_value(found, variables))
        end = found.end()
    yield re.escape(pattern[end:])


def _filled(pattern: str, variables: Mapping[str, str], word: str) -> str:
    """The text with variables and wildcards replaced. Only the last `*` becomes a path."""
    last = max((found.start() for found in _PART.finditer(pattern) if found[2] == "*"), default=-1)

    def replaced(found: re.Match[str]) -> str:
        if found[2] == "*":
            return word if found.start() == last else word.partition("/")[0]
        return word[0] if found[2] else _value(found, variables)

    return _PART.sub(replaced, pattern)


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    """The value of a variable; a variable without a value is kept, and the engine decides what it means."""
    inside: str = found[1]
    if inside in ("*", "?", "$"):
        return inside
    key, comma, default = inside.partition(",")
    written = default.strip().strip("'") if comma else found[0]
    return variables.get(key.strip().lower(), written)
