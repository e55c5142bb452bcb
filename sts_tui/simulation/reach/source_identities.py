"""Does any policy of a model speak of source identities? Then sessions of a role may carry one.

Looked for in the text of the documents, which is much faster than to read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.policy_document import PackedDocument, WrittenPolicy
from sts_tui.simulation.bounded_cache import ByIdentity

_WORD: Final = "sourceidentity"
_KNOWN: Final[ByIdentity[Configuration, bool]] = ByIdentity(2)


def speaks_of_identities(configuration: Configuration) -> bool:
    """Whether a trust policy or an identity policy names `sts:SourceIdentity` or `sts:SetSourceIdentity`."""
    known = _KNOWN.get(configuration)
    if known is None:
        known = any(_WORD in _text(one).lower() for one in _documents(configuration))
        _KNOWN.put(configuration, known)
    return known


def _documents(configuration: Configuration) -> Iterator[WrittenPolicy]:
    for role in configuration.roles.values():
        yield role.assume_role_policy_document
        yield from (each.policy_document for each in role.role_policy_list)
    for user in configuration.users.values():
        yield from (each.policy_document for each in user.user_policy_list)
    for group in configuration.groups.values():
        yield from (each.policy_document for each in group.group_policy_list)
    for policy in configuration.policies.values():
        yield from (each.document for each in policy.policy_version_list if each.document)


def _text(written: WrittenPolicy) -> str:
    held = written.content
    if isinstance(held, PackedDocument):
        return held.json.decode()
    return held if held is not None else str(written.document)
