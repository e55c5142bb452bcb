"""Does any policy of a model mention source identities? Then sessions of a role may carry one.

The text of the documents is searched, which is much faster than reading them.
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.policy_document import PackedDocument, WrittenPolicy
from sts_tui.simulation.authorization.every_document import every_document
from sts_tui.simulation.bounded_cache import ByIdentity

_WORD: Final = "sourceidentity"
_KNOWN: Final[ByIdentity[Configuration, bool]] = ByIdentity(2)


def speaks_of_identities(configuration: Configuration) -> bool:
    """Whether any policy names `sts:SourceIdentity` or `sts:SetSourceIdentity`; an SCP can ask for one."""
    known = _KNOWN.get(configuration)
    if known is None:
        known = any(_WORD in _text(one).lower() for one in every_document(configuration))
        _KNOWN.put(configuration, known)
    return known


def _text(written: WrittenPolicy) -> str:
    held = written.content
    if isinstance(held, PackedDocument):
        return held.json.decode()
    return held if held is not None else str(written.document)
