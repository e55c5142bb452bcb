"""Which roles' trust policies name a principal? An index, made once for a configuration. Conditions, actions
and Denies are not read: the roles found are candidates, and no other role can be assumed by the principal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.simulation.bounded_cache import ByIdentity
from sts_tui.simulation.reach.assume_rights import listed
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.reach.trust_rights import account_named

_ANYONE: Final = {"AWS": "*"}


class TrustIndex:
    """The roles (ARNs), by the principals that an Allow of their trust policies names."""

    def __init__(self, roles: Mapping[str, Role]) -> None:
        self._by_text: dict[str, list[str]] = {}
        self._by_account: dict[str, list[str]] = {}
        self._by_session: dict[tuple[str | None, str], list[str]] = {}
        """By (account, role name) of the role sessions that trust policies name."""
        self._for_anyone: list[str] = []
        self.of_providers: Final[list[str]] = []
        """The roles that trust an identity provider."""
        for arn, role in roles.items():
            for principal in _named(role.assume_role_policy_document.document):
                if "Federated" in principal:
                    self.of_providers.append(arn)
                for text in _texts(principal):
                    self._by_text.setdefault(text, []).append(arn)
        for text, found in self._by_text.items():
            if text == "*":
                self._for_anyone += found
            elif ":assumed-role/" in text:
                name = text.partition(":assumed-role/")[2].partition("/")[0]
                self._by_session.setdefault((account_of(text), name), []).extend(found)
            elif account := account_named(text):
                self._by_account.setdefault(account, []).extend(found)

    def that_name(self, arn: str) -> Iterator[str]:
        """The roles whose trust policies name this user or role by its ARN; each once."""
        yield from dict.fromkeys(self._by_text.get(arn, ()))

    def that_may_admit(self, source: Source) -> Iterator[str]:
        """The roles whose trust policies may admit a user or role, judged by names only; each once."""
        named = (
            *self._by_text.get(source.arn, ()),
            *self._by_text.get(source.unique_id, ()),
            *self._by_session.get((source.account, source.label), ()),
            *(each for each in self._for_anyone if account_of(each) == source.account),
        )
        elsewhere = (*self._by_account.get(source.account, ()), *self._for_anyone)
        yield from dict.fromkeys((*named, *_that_rights_name(source, elsewhere)))

    def that_trust_service(self, service: str) -> Iterator[str]:
        """The roles whose trust policies name an AWS service or everyone."""
        yield from dict.fromkeys((*self._by_text.get(service, ()), *self._for_anyone))


def _that_rights_name(source: Source, roles: Iterable[str]) -> Iterator[str]:
    """Of roles whose trust policies name the source's account or everyone: those that the source's own
    policies may name.
    """
    rights = source.rights
    if rights.everything or "*" in rights.possible:
        yield from roles
    elif rights.possible:
        yield from (each for each in roles if rights.could_allow(each))


def _named(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The Principal of every Allow; `{"AWS": "*"}` also for a statement that names its principals in another
    way.
    """
    statements = document.get("Statement")
    for statement in statements if isinstance(statements, list) else listed(statements):
        if isinstance(statement, dict) and statement.get("Effect") != "Deny":
            principal = statement.get("Principal")
            yield principal if isinstance(principal, dict) else _ANYONE


def _texts(principal: Mapping[str, object]) -> Iterator[str]:
    """The names of AWS principals and services."""
    for kind in ("AWS", "Service"):
        named = principal.get(kind)
        if isinstance(named, str):
            yield named
        elif named is not None:
            yield from map(str, listed(named))


_INDEXES: Final[ByIdentity[Mapping[str, Role], TrustIndex]] = ByIdentity(2)


def trust_index(roles: Mapping[str, Role]) -> TrustIndex:
    """The index of these roles, made on first use."""
    found = _INDEXES.get(roles)
    if found is None:
        found = TrustIndex(roles)
        _INDEXES.put(roles, found)
    return found
