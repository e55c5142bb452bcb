"""Is what files say of identity providers complete, and can its tokens be what their `Type` says?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.checks.merged import Merged
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import shown
from sts_tui.account.entities import BUILT_IN_ISSUERS, OPAQUE_TOKENS
from sts_tui.account.json_value import RawObject

_NAME_THEIR_ISSUER: Final = ("SAML", "OIDC", "X509")


def check_identity_providers(merged: Merged, diagnostics: Diagnostics) -> None:
    """Every entry of `IdentityProviders`, after all files were merged."""
    for provider, place in _providers(merged):
        kind, issuer = provider.get("Type"), provider.get("Issuer")
        if kind in _NAME_THEIR_ISSUER and issuer is None:
            diagnostics.add(place, "has no Issuer")
        expected = BUILT_IN_ISSUERS.get(kind) if isinstance(kind, str) else None
        if expected is not None and issuer not in (None, expected):
            at = Place(place.source, (*place.steps, "Issuer"))
            diagnostics.add(at, f"the issuer of a {kind} provider is {expected}, not {shown(issuer)}")
        if kind in OPAQUE_TOKENS and not provider.get("ClientId"):
            diagnostics.add(place, "has no ClientId", hint="the id of the app that users sign in to")


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
