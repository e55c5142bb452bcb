"""Which condition keys do the policies of a model mention? Other keys cannot change a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.authorization.every_document import every_document

SESSION_NAMES: Final = "principal:session"
"""Added to the keys if a Principal element names a session."""
_NAMES_SESSIONS: Final = re.compile(r":assumed-role/|:federated-user/|AROA\w+:")
_VARIABLE: Final = re.compile(r"\$\{([^},]+)")


def condition_keys_of(configuration: Configuration) -> frozenset[str]:
    """The condition keys and policy variables in all policies, in lower case; also `SESSION_NAMES`."""
    found: set[str] = set()
    for written in every_document(configuration):
        for key in _keys(written.document):
            found.add(key.strip().lower())
    return frozenset(found)


def _keys(value: Any) -> Iterator[str]:
    """Every condition key and policy variable in a document."""
    match value:
        case str():
            yield from _VARIABLE.findall(value)
        case Mapping():
            for name, inner in value.items():
                if name == "Condition" and isinstance(inner, Mapping):
                    for tests in inner.values():
                        yield from tests if isinstance(tests, Mapping) else ()
                if name in ("Principal", "NotPrincipal") and _NAMES_SESSIONS.search(str(inner)):
                    yield SESSION_NAMES
                yield from _keys(inner)
        case list():
            for one in value:
                yield from _keys(one)
