"""Which value replaces `${mfa:…}`, `${saml:…}`, `${oidc:…}`, `${token:…}`, `${x509:…}`, `${pod:…}`,
`${portal:…}`, `${context:…}`, `${last:…}` or `${key:…}`?
"""

from __future__ import annotations

import json
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.entities import OPAQUE_TOKENS, DirectoryUser, IdentityProvider
from sts_tui.simulation.identities import IdentityKind, UnknownIdentityError
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.last_call import LastCall
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.jmespath_language import query
from sts_tui.tours.reading.substitutions import Substitution, split_directory_user, split_overrides

_TYPES: Final = {"saml": ("SAML",), "oidc": ("OIDC", "Google"), "token": OPAQUE_TOKENS, "x509": ("X509",)}
"""Types of identity providers by the kind of substitution that signs their users in."""


class ValueSource:
    """Looks values up in a running simulation. Names are resolved in `account` first."""

    def __init__(self, simulation: Simulation, account: str | None) -> None:
        self._simulation = simulation
        self._account = account

    def value(self, found: Substitution, last: LastCall | None) -> str:
        """The text that replaces `found`; raises StepError, UnknownIdentityError."""
        match found.kind:
            case "mfa":
                return self._mfa_code(found.argument)
            case "key":
                return self._access_key(found.argument)
            case "last":
                return _last(found, last)
            case "portal" | "context":
                return self._of_center_user(found)
            case "pod":
                return self._pod_token(found.argument)
            case _:
                return self._artifact(found)

    def _mfa_code(self, who: str) -> str:
        """The next code not used yet; with `?next`, the code after the current one.

        `who` is a user (of several devices: the first), or the ARN or name of a virtual device.
        """
        from sts_tui.sts.issuing.mfa import following_code, next_code  # imports pyotp: on first use

        who, _, option = who.partition("?")
        if option not in ("", "next"):
            raise StepError(f"{option!r} is not an option of an MFA code", f"${{mfa:{who}?next}}")
        serial, now = self._mfa_serial(who), self._simulation.world.now
        if option == "next":
            return following_code(serial, now)
        code = next_code(serial, now, self._simulation.world.spent_mfa_steps(serial))
        if code is None:
            raise StepError(f"every code that {who}'s device can show now has been used", "wait 30s")
        return code

    def _mfa_serial(self, who: str) -> str:
        """The device's serial number; an unassigned device is found as well. Users come before devices."""
        configuration = self._simulation.world.configuration
        known = [device for user in configuration.users.values() for device in user.mfa_devices]
        known += [one for facts in configuration.accounts.values() for one in facts.virtual_mfa_devices]
        serials = [device.serial_number for device in known]
        if who in serials:
            return who
        named = [
            one
            for one in serials
            if one.startswith("arn:") and one.partition(":mfa/")[2].rpartition("/")[2] == who
        ]
        here = [one for one in named if account_of(one) == self._account] or named
        try:
            return self._serial_of_user(who)
        except (StepError, UnknownIdentityError):
            if len(here) != 1:
                raise
        return here[0]

    def _serial_of_user(self, who: str) -> str:
        identity = self._simulation.resolve(who, account=self._account)
        world = self._simulation.world
        user = world.configuration.users.get(identity.arn or "")
        if identity.kind is not IdentityKind.USER or user is None or not user.mfa_devices:
            raise StepError(f"{who} has no MFA device")
        return user.mfa_devices[0].serial_number

    def _access_key(self, who: str) -> str:
        identity = self._simulation.resolve(who, account=self._account)
        if identity.access_key_id is None:
            raise StepError(f"{who} has no access key")
        return identity.access_key_id

    def _of_center_user(self, found: Substitution) -> str:
        """The authorization code for a user of IAM Identity Center after signing in at the access portal, or
        the context assertion that an application gets for the user.
        """
        from sts_tui.simulation.sign_ins import (
            CannotSignInError,
            context_assertion,
            portal_code,
            portal_user,
        )

        issue = portal_code if found.kind == "portal" else context_assertion
        try:
            return issue(portal_user(found.argument, self._simulation.world), self._simulation.world)
        except CannotSignInError as error:
            raise StepError(str(error), error.hint) from None

    def _pod_token(self, text: str) -> str:
        """A new token of a pod's service account."""
        from sts_tui.simulation.workloads.workload_credentials import NoCredentialsError, PodPlace, pod_token

        place, overrides = split_overrides(text)
        try:
            return pod_token(PodPlace.of(place), self._simulation.world, overrides)[1]
        except NoCredentialsError as error:
            raise StepError(str(error), error.hint) from None

    def _artifact(self, found: Substitution) -> str:
        """A new assertion or token from a simulated identity provider."""
        provider_name, user_name, overrides = split_directory_user(found.argument)
        provider = self._provider(provider_name, found.kind)
        user = next((user for user in provider.users if user.name == user_name), None)
        if user is None:
            near = did_you_mean(user_name, [user.name for user in provider.users])
            raise StepError(f"{provider_name} has no user {user_name!r}", near)
        try:
            return self._signed_in(provider, user, overrides)
        except ValueError as error:
            raise StepError(f"{found}: {error}") from None

    def _provider(self, name: str, kind: str) -> IdentityProvider:
        providers = self._simulation.world.identity_providers
        provider = providers.get(name)
        if provider is None:
            raise StepError(f"there is no identity provider {name!r}", did_you_mean(name, providers))
        if provider.type not in _TYPES[kind]:
            right = next((one for one, types in _TYPES.items() if provider.type in types), None)
            hint = f"${{{right}:{name}/…}}" if right else "its people sign in at other providers"
            raise StepError(f"{name} is of type {provider.type}", hint)
        return provider

    def _signed_in(self, provider: IdentityProvider, user: DirectoryUser, overrides: dict[str, str]) -> str:
        world = self._simulation.world
        if provider.type in OPAQUE_TOKENS:
            from sts_tui.identity_providers.access_tokens import issue_access_token

            return issue_access_token(provider, user, now=world.now, overrides=overrides)
        if provider.type == "X509":
            from sts_tui.identity_providers.certificate_authority import issue_certificate

            return issue_certificate(provider, user, now=world.now, overrides=overrides)
        if provider.type != "SAML":
            from sts_tui.identity_providers.oidc import issue_oidc  # signing loads cryptography

            return issue_oidc(provider, user, now=world.now, overrides=overrides)
        from sts_tui.identity_providers.saml import issue_saml  # signing loads lxml and cryptography
        from sts_tui.simulation.workloads.sign_in import saml_provider_arns

        arns = saml_provider_arns(provider.name, world.in_force)
        return issue_saml(provider, user, now=world.now, overrides=overrides, provider_arns=arns)


def _last(found: Substitution, last: LastCall | None) -> str:
    looked_into = last.readable if last is not None else None
    if looked_into is None:
        raise StepError(f"{found}: there is no output yet")
    value = query(found.argument, looked_into)
    if value is None:
        raise StepError(f"{found}: the last output has no such value")
    return written(value)


def written(value: object) -> str:
    """A value of an output as a word: text unchanged, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
