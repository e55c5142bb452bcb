"""Which value does a policy variable have in a request?

`${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}`, `${?}`, `${$}`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.iam.patterns.wildcards import Token, Tokens, tokens_of
from sts_tui.start_up.named_tuple import NamedTuple

Values: TypeAlias = Mapping[str, str | tuple[str, ...]]
"""A request's context: condition key in lower case → value; a tuple for a multivalued key."""

_VARIABLE: Final = lazy_pattern(
    r"""\$\{ (?: (?P<escape>[*?$])
           | (?P<key>[^{},'$*?]+?) \s* (?: , \s* '(?P<default>[^']*)' \s* )? ) \}""",
    re.VERBOSE,
)


class MalformedVariableError(ValueError):
    """A `${` that begins neither a variable nor an escape."""


class Variable(NamedTuple):
    """A policy variable, which is replaced by a value of the request."""

    key: str
    """The condition key in lower case, because keys are compared without case."""
    default: str | None


Template: TypeAlias = tuple[Token | Variable, ...]


def template_of(text: str, *, wildcards: bool) -> Template:
    """Parse a text with variables. `wildcards`: whether `*` and `?` in it are wildcards or literal
    characters.

    Raises MalformedVariableError for a `${` without its `}`.
    """
    template: list[Token | Variable] = []
    position = 0
    for found in _VARIABLE.finditer(text):
        template.extend(_plain(text[position : found.start()], wildcards))
        position = found.end()
        if found["escape"]:
            template.append(found["escape"])
        else:
            template.append(Variable(found["key"].strip().lower(), found["default"]))
    template.extend(_plain(text[position:], wildcards))
    return tuple(template)


def _plain(text: str, wildcards: bool) -> Tokens:
    if "${" in text:
        raise MalformedVariableError(f"{text!r} opens a variable that it does not close")
    if not text:
        return ()
    return tokens_of(text) if wildcards else (text,)


def variables_in(text: str) -> list[Variable]:
    """The variables in a text, in order. For explanations."""
    return [
        Variable(found["key"].strip().lower(), found["default"])
        for found in _VARIABLE.finditer(text)
        if found["key"] is not None
    ]


def is_plain(template: Template) -> bool:
    """Whether the template has no variables, so that it does not depend on the request."""
    return not any(isinstance(part, Variable) for part in template)


def substituted(template: Template, values: Values, *, wildcards_in_values: bool = False) -> Tokens | None:
    """The tokens with every variable replaced; None if a variable has neither a single value nor a default.

    A `*` in the value of a variable is a literal character, unless the setting says otherwise.
    """
    tokens: list[Token] = []
    for part in template:
        if not isinstance(part, Variable):
            tokens.append(part)
            continue
        value = values.get(part.key, part.default)
        if value is None or isinstance(value, tuple):
            return None
        tokens.extend(tokens_of(value) if wildcards_in_values else (value,))
    return tuple(tokens)
