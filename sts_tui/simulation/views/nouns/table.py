"""Which nouns exist, by the command that shows each, and in which order does pane 1 cycle through them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.simulation.views.nouns.noun import Noun
from sts_tui.simulation.views.nouns.organization import ACCOUNTS, ORGANIZATION
from sts_tui.simulation.views.nouns.others import PROVIDERS, RESOURCES, WORKLOADS
from sts_tui.simulation.views.nouns.policies import GUARDRAILS, POLICIES
from sts_tui.simulation.views.nouns.principals import GROUPS, KEYS, USERS

ROLES: Final = "roles"
"""The noun whose rows are made in `views.rows`."""

NOUNS: Final[Mapping[str, Noun]] = {
    noun.id: noun
    for noun in (
        USERS,
        GROUPS,
        KEYS,
        POLICIES,
        RESOURCES,
        GUARDRAILS,
        WORKLOADS,
        PROVIDERS,
        ACCOUNTS,
        ORGANIZATION,
    )
}
ORDER: Final = (ROLES, *NOUNS)

_ALSO: Final = {
    "role": ROLES,
    "access-keys": "keys",
    "key": "keys",
    "scps": "guardrails",
    "rcps": "guardrails",
    "idps": "providers",
    "org": "organization",
    "units": "organization",
}


def noun_called(word: str) -> str | None:
    """The id of the noun that a word names: `users`, `user`, `scps`; None if it names none."""
    word = word.lower()
    if word in ORDER:
        return word
    return _ALSO.get(word) or next((noun.id for noun in NOUNS.values() if noun.one == word), None)
