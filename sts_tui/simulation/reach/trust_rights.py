"""Whom does a role's trust policy admit? Read once per document.

A trust policy is plain when each of its Allows names principals and has no condition, and no Deny covers the
operation. Then a pair of source and role is decided by comparing ARNs. For any other trust policy
`needs_engine` is true; its principals are still the only candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from sts_tui.account.entities import Role
from sts_tui.account.format.patterns import ACCOUNT_ID, SESSION_NAME
from sts_tui.account.policy_document import PackedDocument
from sts_tui.iam.principals import ROOT_ARN
from sts_tui.simulation.reach.assume_rights import (
    ASSUME_ROLE,
    condition_keys,
    document_is_plain,
    listed,
    mentions_caller,
    mentions_kind,
    mentions_resource,
    relevant_statements,
    statements_of,
    surely_covers,
)

_PLAIN_KEYS: Final = frozenset(("Sid", "Effect", "Action", "Principal"))


class TrustRights(Struct, frozen=True, kw_only=True, eq=False):
    """Whom a trust policy may admit."""

    principals: tuple[str, ...]
    """ARNs and unique ids of `AWS` principals other than accounts."""
    accounts: tuple[str, ...]
    """Accounts named as a whole: their principals also need an Allow in their own policies."""
    mentioned: frozenset[str]
    """Every ARN and unique id that a statement names, a Deny included: each is decided separately."""
    everyone: bool
    services: tuple[str, ...]
    federated: tuple[str, ...]
    """ARNs or names of identity providers, which the engine always decides."""
    needs_engine: bool
    depends_on_caller: bool
    depends_on_resource: bool
    depends_on_kind: bool
    """Whether a condition could distinguish users from roles, or callers with MFA from those without."""
    needs_other_actions: bool
    """Whether a condition requires a tag or a source identity: then `sts:TagSession` or
    `sts:SetSourceIdentity` has to be allowed too, and an Allow of AssumeRole does not decide it.
    """

    @property
    def is_for_services(self) -> bool:
        """Whether it is plain and admits only AWS services."""
        return bool(self.services) and not (
            self.needs_engine or self.everyone or self.principals or self.accounts
        )


class Trusts(Mapping[str, TrustRights]):
    """What the trust policy of each role says, by ARN; read on first use."""

    def __init__(self, roles: Mapping[str, Role]) -> None:
        self._roles = roles
        self._known: dict[str, TrustRights] = {}
        self._by_content: dict[PackedDocument | str, TrustRights] = {}
        """Equal documents share their content and are read once."""

    def __getitem__(self, arn: str) -> TrustRights:
        found = self._known.get(arn)
        if found is None:
            found = self._known[arn] = self._trust_of(self._roles[arn])
        return found

    def _trust_of(self, role: Role) -> TrustRights:
        content = role.assume_role_policy_document.content
        if content is None:
            return trust_of(role)
        found = self._by_content.get(content)
        if found is None:
            found = self._by_content[content] = trust_of(role)
        return found

    @property
    def read(self) -> int:
        """How many trust policies were read."""
        return len(self._known)

    def __iter__(self) -> Iterator[str]:
        return iter(self._roles)

    def __len__(self) -> int:
        return len(self._roles)


def trust_of(role: Role) -> TrustRights:
    """Reads a trust policy."""
    document = role.assume_role_policy_document.document
    if (plain := _only_principal(document)) is not None:
        return _trust_in(*plain)
    return _read(document)


def _only_principal(document: Mapping[str, object]) -> tuple[str, str] | None:
    """(kind, name) of the only principal of a plain trust policy; None for any other policy."""
    statements = document.get("Statement")
    statement = statements[0] if isinstance(statements, list) and len(statements) == 1 else None
    if not isinstance(statement, dict) or not _PLAIN_KEYS.issuperset(statement):
        return None
    principal = statement.get("Principal")
    if not isinstance(principal, dict) or len(principal) != 1:
        return None
    ((kind, name),) = principal.items()
    if kind not in ("AWS", "Service") or not isinstance(name, str):
        return None
    is_plain = document_is_plain(document) and _is_plain_allow(statement)
    return (kind, name) if is_plain else None


@lru_cache(maxsize=4096)
def _trust_in(kind: str, name: str) -> TrustRights:
    """What a plain trust policy with one principal says: like `_read`, without reading a document. Cached for
    all such policies.
    """
    of_aws = kind == "AWS"
    account = account_named(name) if of_aws else None
    return TrustRights(
        principals=(name,) if of_aws and account is None and name != "*" else (),
        mentioned=frozenset((name,) if of_aws and account is None else ()),
        accounts=(account,) if account is not None else (),
        everyone=of_aws and name == "*",
        services=() if of_aws else (name,),
        federated=(),
        needs_engine=False,
        depends_on_caller=False,
        depends_on_kind=False,
        depends_on_resource=False,
        needs_other_actions=False,
    )


def _read(document: Mapping[str, object]) -> TrustRights:
    principals: dict[str, None] = {}
    accounts: dict[str, None] = {}
    services: dict[str, None] = {}
    federated: dict[str, None] = {}
    mentioned: set[str] = set()
    everyone = False
    relevant = list(relevant_statements(document))
    for statement in relevant:
        mentioned.update(_named_in(statement.get("Principal")), _named_in(statement.get("NotPrincipal")))
        if statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal", "*")  # with NotPrincipal it may be anyone
        if not isinstance(principal, dict):
            everyone = True
            continue
        for text in map(str, listed(principal.get("AWS"))):
            if text == "*":
                everyone = True
            elif account := account_named(text):
                accounts[account] = None
            else:
                principals[text] = None
        services.update(dict.fromkeys(map(str, listed(principal.get("Service")))))
    for statement in statements_of(document):
        principal = statement.get("Principal")
        if statement.get("Effect") == "Allow" and isinstance(principal, dict):
            federated.update(dict.fromkeys(map(str, listed(principal.get("Federated")))))
    needs_engine = not document_is_plain(document) or not all(map(_is_plain_allow, relevant))
    return TrustRights(
        principals=tuple(principals),
        mentioned=frozenset(mentioned),
        accounts=tuple(accounts),
        everyone=everyone,
        services=tuple(services),
        federated=tuple(federated),
        needs_engine=needs_engine,
        depends_on_caller=needs_engine and any(map(mentions_caller, relevant)),
        depends_on_kind=needs_engine and any(map(mentions_kind, relevant)),
        depends_on_resource=needs_engine and any(map(mentions_resource, relevant)),
        needs_other_actions=needs_engine and any(map(_asks_for_other_actions, relevant)),
    )


def session_names_in(role: Role) -> tuple[str, ...]:
    """The session names that the trust policy tests by `aws:userid`, which is the role's id, a colon and the
    name; with them one that it does not name. A pattern stands for a name that it matches.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    found: dict[str, None] = {}
    for statement in statements_of(role.assume_role_policy_document.document):
        conditions = statement.get("Condition")
        for block in conditions.values() if isinstance(conditions, Mapping) else ():
            for key, values in block.items() if isinstance(block, Mapping) else ():
                if str(key).lower() == "aws:userid":
                    texts = (str(each) for each in listed(values) if ":" in str(each))
                    found.update(dict.fromkeys(text.rpartition(":")[2] for text in texts))
    names = (name.replace("*", "any").replace("?", "x") for name in found if name != "*")
    valid = tuple(name for name in names if SESSION_NAME.fullmatch(name))
    return (*valid, "other") if found else ()


def _asks_for_other_actions(statement: Mapping[str, object]) -> bool:
    keys = [key.lower() for key in condition_keys(statement)]
    return any(key.startswith("aws:requesttag/") or key == "sts:sourceidentity" for key in keys)


def _named_in(principal: object) -> list[str]:
    if not isinstance(principal, dict):
        return []
    return [str(each) for each in listed(principal.get("AWS")) if not account_named(str(each))]


def account_named(text: str) -> str | None:
    """The account of a principal that is a whole account; None for any other."""
    if ACCOUNT_ID.fullmatch(text):
        return text
    found = ROOT_ARN.fullmatch(text)
    return found[1] if found else None


def surely_assumes(statement: Mapping[str, object]) -> bool:
    """Whether a statement's Action certainly covers `sts:AssumeRole`."""
    actions = statement.get("Action")
    if actions == ASSUME_ROLE:
        return True
    return any(isinstance(each, str) and surely_covers(each) for each in listed(actions))


def _is_plain_allow(statement: Mapping[str, object]) -> bool:
    principal = statement.get("Principal")
    return (
        statement.get("Effect") == "Allow"
        and _PLAIN_KEYS.issuperset(statement)
        and surely_assumes(statement)
        and (principal == "*" or (isinstance(principal, dict) and "CanonicalUser" not in principal))
    )
