"""Which words of a policy can be at the cursor? Actions, condition keys, elements, ARNs of the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.policies.condition_operators import CONDITION_OPERATORS
from sts_tui.account.policies.policy_grammar import DOCUMENT_ELEMENTS, EFFECTS, STATEMENT_ELEMENTS, VERSIONS
from sts_tui.account.policies.word_completion import actions_like, condition_keys_like
from sts_tui.tui.text.json_source import JsonPlace

MOST: Final = 30
_PRINCIPALS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_OPERATORS: Final = tuple(row.name for row in CONDITION_OPERATORS)


class KnownArns(Struct, frozen=True):
    """ARNs of the model that a policy can name."""

    resources: tuple[str, ...]
    principals: tuple[str, ...]
    providers: tuple[str, ...]


def known_arns(configuration: Configuration) -> KnownArns:
    principals = (*configuration.roles, *configuration.users)
    return KnownArns(
        resources=(*configuration.resources, *principals),
        principals=principals,
        providers=(*configuration.saml_providers, *configuration.oidc_providers),
    )


def words_at(place: JsonPlace, services: frozenset[str], arns: KnownArns) -> list[str]:
    """Whole words that begin with what is typed there, the most likely first. `services`: the prefixes of the
    document's actions, whose condition keys are offered before others.
    """
    keys = place.keys
    inside = keys[-1] if keys else ""
    if "Condition" in keys and inside != "Condition":
        if place.is_key:
            return condition_keys_like(place.typed, services, MOST)
        return _like(("true", "false"), place) if keys[keys.index("Condition") + 1] == "Bool" else []
    if place.is_key:
        return _like(_members(keys), place)
    if not place.typed and inside not in ("Effect", "Version"):
        return []
    if inside in ("Action", "NotAction"):
        return actions_like(place.typed, MOST)
    return _like(_values(keys, inside, arns), place)


def _members(keys: tuple[str, ...]) -> Iterable[str]:
    match keys:
        case ():
            return DOCUMENT_ELEMENTS
        case ("Statement",):
            return STATEMENT_ELEMENTS
        case (*_, "Condition"):
            return _OPERATORS
        case (*_, "Principal" | "NotPrincipal"):
            return _PRINCIPALS
        case _:
            return ()


def _values(keys: tuple[str, ...], inside: str, arns: KnownArns) -> Iterable[str]:
    match keys:
        case (*_, "Effect"):
            return EFFECTS
        case ("Version",):
            return VERSIONS
        case (*_, "Resource" | "NotResource"):
            return (
                *arns.resources,
                *(f"{arn}/*" for arn in arns.resources if arn.startswith("arn:aws:s3:::")),
            )
        case (*_, "AWS"):
            return arns.principals
        case (*_, "Federated"):
            return arns.providers
        case _:
            return ()


def _like(words: Iterable[str], place: JsonPlace) -> list[str]:
    typed = place.typed.casefold()
    return [word for word in words if word.casefold().startswith(typed)][:MOST]
