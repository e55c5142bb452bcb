"""Which roles may a refused sign-in have been for? `Not authorized to perform sts:AssumeRoleWithWebIdentity`

AWS names neither caller nor role when a trust policy does not admit a token or an assertion, because there is
no caller before it is trusted. Candidates are the roles that trust a provider, listed with their conditions.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.world import World

_SENTENCE: Final = lazy_pattern(r"Not authorized to perform:?\s+sts:(AssumeRoleWith(?:WebIdentity|SAML))")
_ANY: Final = "*"
_SUBJECTS: Final = {"sts:AssumeRoleWithWebIdentity": "oidc", "sts:AssumeRoleWithSAML": "saml"}


class AskingRole(Struct, frozen=True, kw_only=True):
    """A role with a statement in its trust policy that admits a provider."""

    role: str
    """ARN."""
    provider: str
    """The provider as the statement names it: an ARN, or a host such as accounts.google.com."""
    statement: str
    """The statement's Sid, or `#` and its number."""
    asks: tuple[str, ...]
    """The conditions, in words: `StringEquals host:aud sts.amazonaws.com`."""
    step: str
    """The tour step that tests a sign-in."""


class SignInDenial(Struct, frozen=True, kw_only=True):
    """A sign-in that AWS refused without naming user or role."""

    action: str
    roles: tuple[AskingRole, ...]


def sign_in_denials(text: str, world: World) -> tuple[SignInDenial, ...]:
    """One for each operation that a text says was refused, with the roles of the model."""
    actions = dict.fromkeys(f"sts:{found[1]}" for found in _SENTENCE.finditer(text))
    return tuple(
        SignInDenial(action=action, roles=tuple(trusting_roles(action, world))) for action in actions
    )


def trusting_roles(action: str, world: World) -> Iterator[AskingRole]:
    """The roles of the model that trust a provider for `sts:AssumeRoleWithWebIdentity` or `…WithSAML`."""
    for role in world.in_force.roles.values():
        written = role.assume_role_policy_document.document.get("Statement")
        for number, statement in enumerate(written if isinstance(written, list) else [written], 1):
            if not isinstance(statement, Mapping) or not _allows(statement, action):
                continue
            for provider in _federated(statement):
                asks = tuple(_conditions(statement))
                yield AskingRole(
                    role=role.arn,
                    provider=provider,
                    statement=str(statement.get("Sid") or f"#{number}"),
                    asks=asks,
                    step=f"as {_SUBJECTS[action]}:{_short(provider)}/{_subject(statement)}@{role.role_name}",
                )


def _allows(statement: Mapping[str, Json], action: str) -> bool:
    patterns = _texts(statement.get("Action"))
    has_action = any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
    return statement.get("Effect") == "Allow" and has_action


def _federated(statement: Mapping[str, Json]) -> list[str]:
    principal = statement.get("Principal")
    return _texts(principal.get("Federated")) if isinstance(principal, Mapping) else []


def _conditions(statement: Mapping[str, Json]) -> Iterator[str]:
    condition = statement.get("Condition")
    for operator, keys in condition.items() if isinstance(condition, Mapping) else ():
        for key, values in keys.items() if isinstance(keys, Mapping) else ():
            yield f"{operator} {key} {' or '.join(_texts(values))}"


def _subject(statement: Mapping[str, Json]) -> str:
    """A subject that the statement requires; `*` if any subject is accepted."""
    condition = statement.get("Condition")
    for keys in condition.values() if isinstance(condition, Mapping) else ():
        for key, values in keys.items() if isinstance(keys, Mapping) else ():
            if key.lower().endswith(":sub") and (texts := _texts(values)):
                return texts[0]
    return _ANY


def _short(provider: str) -> str:
    """The host of an OIDC provider, the name of a SAML provider."""
    return provider.partition("-provider/")[2] or provider


def _texts(value: Json) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if one is not None]
