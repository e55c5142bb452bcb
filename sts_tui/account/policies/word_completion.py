"""Which actions and condition keys in AWS's lists begin with the typed text?

The lists are those of `vocabulary`. The first use of a service reads its file, which can take tens of
milliseconds, so screens call this in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sts_tui.account.policies import vocabulary
from sts_tui.account.policies.global_condition_keys import AS_WRITTEN

MOST = 50
"""The default maximum number of completions."""


def actions_like(typed: str, most: int = MOST) -> list[str]:
    """Actions as AWS spells them that begin with `typed`, ignoring case. Without a colon in `typed`,
    services: `s3:`. The shortest names come first, because longer ones can be reached by typing more.

    At most `most` entries.
    """
    service, colon, name = typed.partition(":")
    lowered = service.lower()
    if not colon:
        found = [f"{each}:" for each in vocabulary.services() if each.startswith(lowered)]
    else:
        names = vocabulary.actions_of(lowered)
        found = [f"{lowered}:{each}" for each in names if each.lower().startswith(name.lower())]
    return sorted(found, key=lambda each: (len(each), each))[:most]


def condition_keys_like(typed: str, services: frozenset[str] = frozenset(), most: int = MOST) -> list[str]:
    """Condition keys as AWS spells them that begin with `typed`, ignoring case: the global ones, then those
    of `services` and of the typed service prefix. At most `most` entries.
    """
    lowered = typed.lower()
    of = {*services, *([lowered.partition(":")[0]] if ":" in lowered else [])}
    candidates = (*AS_WRITTEN.values(), *_of_services(sorted(of)))
    found = [key for key in dict.fromkeys(candidates) if key.lower().startswith(lowered)]
    return list(islice(sorted(found, key=lambda key: (not key.startswith("aws:"), len(key), key)), most))


def _of_services(services: list[str]) -> Iterator[str]:
    for service in services:
        if service not in ("aws", ""):
            yield from vocabulary.condition_keys_of(service)
