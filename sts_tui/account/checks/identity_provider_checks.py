"""Is the data of identity providers complete, and does it fit their `Type`?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.checks.known_entities import KnownEntities
from sts_tui.account.checks.merged import Merged
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.entities import BUILT_IN_ISSUERS, OPAQUE_TOKENS
from sts_tui.account.identity_pools import is_of_other_partition
from sts_tui.account.json_value import RawObject

_KINDS_OF_ROLES: Final = ("authenticated", "unauthenticated")
_RESOLUTIONS: Final = ("AuthenticatedRole", "Deny")
_MATCHES: Final = ("Equals", "Contains", "StartsWith", "NotEqual")
MOST_RULES: Final = 25
"""The maximum number of rules for one login provider.
https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html"""
_NAME_THEIR_ISSUER: Final = ("SAML", "OIDC", "X509")


def check_identity_providers(merged: Merged, known: KnownEntities, diagnostics: Diagnostics) -> None:
    """Check every entry of `IdentityProviders`, after all files are merged."""
    for provider, place in _providers(merged):
        kind, issuer = provider.get("Type"), provider.get("Issuer")
        if kind in _NAME_THEIR_ISSUER and issuer is None:
            diagnostics.add(place, "has no Issuer")
        expected = BUILT_IN_ISSUERS.get(kind) if isinstance(kind, str) else None
        if expected is not None and issuer not in (None, expected):
            at = Place(place.source, (*place.steps, "Issuer"))
            diagnostics.add(at, f"the issuer of a {kind} provider is {expected}, not {shown(issuer)}")
        pool = provider.get("IdentityPool")
        if kind == "Cognito":
            _check_pool(provider, pool if isinstance(pool, dict) else {}, place, known, diagnostics)
        elif pool is not None:
            at = Place(place.source, (*place.steps, "IdentityPool"))
            diagnostics.add(at, f"an IdentityPool belongs to a provider of type Cognito, not {shown(kind)}")
        if kind in OPAQUE_TOKENS and not provider.get("ClientId"):
            diagnostics.add(place, "has no ClientId", hint="the id of the app that users sign in to")


def _check_pool(
    provider: RawObject, pool: RawObject, place: Place, known: KnownEntities, diagnostics: Diagnostics
) -> None:
    """https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html"""
    at = Place(place.source, (*place.steps, "IdentityPool"))

    def error(message: str, *steps: str | int, hint: str = "", lenient: bool = False) -> None:
        diagnostics.add(Place(at.source, (*at.steps, *steps)), message, hint=hint, lenient=lenient)

    if provider.get("Users"):
        hint = "they are users of the login providers of the pool"
        users = Place(place.source, (*place.steps, "Users"))
        diagnostics.add(users, "a Cognito identity pool has no Users of its own", hint=hint)
    if is_of_other_partition(pool.get("IdentityPoolId")):
        message = "identity pools of GovCloud and China are not simulated: no one gets a session of it"
        error(message, "IdentityPoolId", lenient=True)
    account = pool.get("AccountId")
    if account is None and len(known.accounts) > 1:
        error("has no AccountId", hint="the files have several accounts")
    elif isinstance(account, str) and not known.has_account(account):
        error(f"there is no account {account}", "AccountId", hint=did_you_mean(account, known.accounts))
    roles = pool.get("Roles")
    for kind, arn in roles.items() if isinstance(roles, dict) else ():
        if kind not in _KINDS_OF_ROLES:
            error(f"{shown(kind)} is neither authenticated nor unauthenticated", "Roles", kind)
        elif isinstance(arn, str) and known.is_missing(arn):
            hint = known.nearest(arn)
            message = f"there is no role {shown(arn)}"
            error(message, "Roles", kind, hint=hint, lenient=known.has_raw_dump)
    for steps, message in _faults_of_mappings(pool.get("RoleMappings")):
        error(message, "RoleMappings", *steps)


def _faults_of_mappings(mappings: object) -> Iterator[tuple[Steps, str]]:
    for name, mapping in mappings.items() if isinstance(mappings, dict) else ():
        for steps, message in _mapping_faults(mapping):
            yield (name, *steps), message


def _mapping_faults(mapping: object) -> Iterator[tuple[Steps, str]]:
    """What is wrong with one RoleMapping, with the path."""
    if not isinstance(mapping, dict):
        yield (), f"{shown(mapping)} is not an object"
        return
    kind, resolution = mapping.get("Type"), mapping.get("AmbiguousRoleResolution")
    if kind not in ("Token", "Rules"):
        yield ("Type",), f"{shown(kind)} is neither Token nor Rules"
    if resolution not in _RESOLUTIONS:
        yield ("AmbiguousRoleResolution",), f"{shown(resolution)} is neither {' nor '.join(_RESOLUTIONS)}"
    configured = mapping.get("RulesConfiguration")
    rules = configured.get("Rules") if isinstance(configured, dict) else None
    if kind == "Rules" and not isinstance(rules, list):
        yield ("RulesConfiguration",), "a mapping of type Rules has no RulesConfiguration with Rules"
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        steps = ("RulesConfiguration", "Rules", index)
        members = rule if isinstance(rule, dict) else {}
        for key in ("Claim", "MatchType", "Value", "RoleARN"):
            if not isinstance(members.get(key), str):
                yield steps, f"the rule has no {key}"
        if isinstance(members.get("MatchType"), str) and members["MatchType"] not in _MATCHES:
            yield (*steps, "MatchType"), f"{shown(members['MatchType'])} is none of {', '.join(_MATCHES)}"
    if isinstance(rules, list) and len(rules) > MOST_RULES:
        yield ("RulesConfiguration",), f"at most {MOST_RULES} rules are allowed"


def _providers(merged: Merged) -> Iterator[tuple[RawObject, Place]]:
    """Each merged provider, with the place of the first file that has it."""
    places: dict[object, Place] = {}
    for fragment in merged.tops:
        listed = fragment.raw.get("IdentityProviders")
        for index, one in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(one, dict) and isinstance(one.get("Name"), str):
                places.setdefault(one["Name"], Place(fragment.place.source, ("IdentityProviders", index)))
    providers = merged.raw.get("IdentityProviders")
    for one in providers if isinstance(providers, list) else ():
        if isinstance(one, dict) and isinstance(name := one.get("Name"), str) and name in places:
            yield one, places[name]
