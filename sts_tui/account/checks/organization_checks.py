"""Do organization, identity providers and workloads refer to things that exist?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.checks.known_entities import KnownEntities
from sts_tui.account.checks.merged import Fragment, Merged
from sts_tui.account.checks.workload_keys import workload_warnings
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.format.derivation import without_scheme
from sts_tui.account.format.patterns import ACCESS_KEY_ID
from sts_tui.account.json_value import RawObject
from sts_tui.account.policies.policy_principals import SERVICE_NAME

MOST_LEVELS: Final = 5
"""The maximum depth of organizational units below the root.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""


_TRUSTED_TYPES: Final = (
    ("SAMLProviders", "SAML"),
    ("OpenIDConnectProviders", "OIDC"),
    ("TrustAnchors", "X509"),
)
"""(list of an account, type): the `IdentityProvider` of its entries must name a simulated provider of this
type.
"""


def check_tops(merged: Merged, known: KnownEntities, diagnostics: Diagnostics) -> None:
    """Check everything except `Accounts`. Errors are reported in the file that contains them."""
    check = _Tops(known, diagnostics)
    check.organization(merged)
    for fragment in merged.tops:
        for steps, provider in _objects(fragment, "IdentityProviders"):
            for index, user in enumerate(_list(provider.get("Users"))):
                if isinstance(user, dict):
                    for at, role in enumerate(_list(user.get("Roles"))):
                        check.role(fragment, (*steps, "Users", index, "Roles", at), role)
        for steps, workload in _objects(fragment, "Workloads"):
            check.workload(fragment, steps, workload)
    check.providers(merged)


class _Tops:
    def __init__(self, known: KnownEntities, diagnostics: Diagnostics) -> None:
        self._known = known
        self._diagnostics = diagnostics

    def _error(self, fragment: Fragment, steps: Steps, message: str, hint: str = "") -> None:
        self._diagnostics.add(Place(fragment.place.source, steps), message, hint=hint)

    def role(self, fragment: Fragment, steps: Steps, arn: object) -> None:
        if isinstance(arn, str) and self._known.is_missing(arn) and ":role/" in arn:
            self._error(fragment, steps, f"there is no role {shown(arn)}", self._known.nearest(arn))
        elif isinstance(arn, str) and ":role/" not in arn:
            self._error(fragment, steps, f"{shown(arn)} is not the ARN of a role")

    def workload(self, fragment: Fragment, steps: Steps, workload: RawObject) -> None:
        identity = workload.get("Identity")
        is_checked = isinstance(identity, str) and identity not in self._known.deleted
        if is_checked and (message := self._why_no_identity(str(identity), workload.get("Name"))):
            self._error(fragment, (*steps, "Identity"), *message)
        for index, hop in enumerate(_list(workload.get("AssumeRoles"))):
            if isinstance(hop, dict):
                self.role(fragment, (*steps, "AssumeRoles", index, "RoleArn"), hop.get("RoleArn"))
        for warning in workload_warnings(workload, self._known):
            place = Place(fragment.place.source, (*steps, *warning.steps))
            self._diagnostics.add(place, warning.message, hint=warning.hint, lenient=True)

    def _why_no_identity(self, identity: str, name: object) -> tuple[str, str] | None:
        kind, _, rest = identity.partition(":")
        if kind == "workload":
            if rest == name:
                return "a workload cannot use its own credentials as stolen ones", ""
            if rest not in self._known.workloads:
                return f"there is no workload {shown(rest)}", did_you_mean(
                    rest, sorted(self._known.workloads)
                )
            return None
        if kind == "service":
            return None if SERVICE_NAME.fullmatch(rest) else (f"{shown(rest)} is not a service principal", "")
        if kind == "pod":
            return self._why_no_pod(rest)
        if kind == "app":
            return self._why_no_visitor(rest)
        if kind == "arn":
            return self._why_no_user(identity)
        if "/" not in identity and ACCESS_KEY_ID.fullmatch(identity):
            return self._why_no_key(identity)
        if "/" not in identity:
            known = (
                "a user's ARN, an access key id, service:NAME, PROVIDER/USER, "
                "pod:CLUSTER/NAMESPACE/SERVICE-ACCOUNT, app:POOL, app:POOL/PROVIDER/USER"
            )
            return f"{shown(identity)} is not {known} or workload:NAME", ""
        return self._why_no_directory_user(identity)

    def _why_no_key(self, key: str) -> tuple[str, str] | None:
        """Why the identity of a workload is not a long-term key of a user, and a hint; None if it is."""
        known = [one for keys in self._known.access_keys().values() for one in keys]
        if key in known:
            return None
        return f"no user has the access key {shown(key)}", did_you_mean(key, known)

    def _why_no_visitor(self, text: str) -> tuple[str, str] | None:
        """Why the identity is not a guest of an identity pool or a login provider's user; None if it is."""
        pool, slash, person = text.partition("/")
        if pool not in self._known.identity_pools:
            hint = did_you_mean(pool, sorted(self._known.identity_pools))
            return f"there is no identity pool {shown(pool)}", hint
        if not slash:
            return None
        if "/" not in person:
            return f"{shown(person)} is not PROVIDER/USER", ""
        return self._why_no_directory_user(person)

    def _why_no_directory_user(self, identity: str) -> tuple[str, str] | None:
        provider, _, user = identity.partition("/")
        if provider not in self._known.identity_providers:
            hint = did_you_mean(provider, self._known.identity_providers)
            return f"there is no identity provider {shown(provider)}", hint
        users = self._known.identity_providers[provider][1]
        if user not in users:
            return f"{provider} has no user {shown(user)}", did_you_mean(user, sorted(users))
        return None

    def _why_no_pod(self, place: str) -> tuple[str, str] | None:
        """Why no pod has this service account, and a hint; None if an association names it."""
        parts = place.split("/")
        if len(parts) not in (3, 4) or not all(parts):
            return f"{shown(place)} is not CLUSTER/NAMESPACE/SERVICE-ACCOUNT, with or without /POD", ""
        wanted = "/".join(parts[:3])
        if wanted in self._known.pods:
            return None
        return f"no association is for {shown(wanted)}", did_you_mean(wanted, sorted(self._known.pods))

    def _why_no_user(self, arn: str) -> tuple[str, str] | None:
        if ":role/" in arn:
            return (
                "a role is not a caller: name the identity that assumes it, and the role in AssumeRoles",
                "",
            )
        if ":user/" not in arn:
            return f"{shown(arn)} is not the ARN of a user", ""
        return (
            None if arn in self._known.arns else (f"there is no user {shown(arn)}", self._known.nearest(arn))
        )

    def providers(self, merged: Merged) -> None:
        """Check that the simulated identity provider of each IAM provider exists and has the right type."""
        for account in merged.accounts.values():
            for key, wanted in _TRUSTED_TYPES:
                for entity in account.entities(key):
                    for fragment in entity.fragments:
                        name = fragment.raw.get("IdentityProvider")
                        if isinstance(name, str):
                            self._provider(fragment, name, wanted)

    def _provider(self, fragment: Fragment, name: str, wanted: str) -> None:
        place = Place(fragment.place.source, (*fragment.place.steps, "IdentityProvider"))
        found = self._known.identity_providers.get(name)
        if found is None:
            hint = did_you_mean(name, self._known.identity_providers)
            self._diagnostics.add(place, f"there is no identity provider {shown(name)}", hint=hint)
        elif found[0] != wanted:
            self._diagnostics.add(place, f"{shown(name)} is a {found[0]} provider, not a {wanted} one")

    def organization(self, merged: Merged) -> None:
        """Check the tree of the organization. Each file may have a part of it."""
        in_tree: dict[str, tuple[tuple[str, ...], Place]] = {}
        parts = [
            (fragment, organization)
            for fragment in merged.tops
            if isinstance(organization := fragment.raw.get("Organization"), dict)
        ]
        for fragment, organization in parts:
            if isinstance(root := organization.get("Root"), dict):
                self._tree(fragment, root, in_tree)
        for fragment, organization in parts:
            self._members(fragment, organization, in_tree)

    def _tree(
        self, fragment: Fragment, root: RawObject, in_tree: dict[str, tuple[tuple[str, ...], Place]]
    ) -> None:
        level: list[tuple[RawObject, Steps, tuple[str, ...]]] = [(root, ("Organization", "Root"), ())]
        for depth in range(MOST_LEVELS + 2):
            below = []
            for unit, steps, names in level:
                if depth > MOST_LEVELS:
                    message = f"organizational units nest at most {MOST_LEVELS} levels below the root"
                    self._error(fragment, steps, message)
                    return
                self._accounts(fragment, unit, steps, names, in_tree)
                for index, child in enumerate(_list(unit.get("OrganizationalUnits"))):
                    if isinstance(child, dict):
                        at = (*steps, "OrganizationalUnits", index)
                        below.append((child, at, (*names, str(child.get("Name")))))
            level = below

    def _accounts(
        self,
        fragment: Fragment,
        unit: RawObject,
        steps: Steps,
        names: tuple[str, ...],
        in_tree: dict[str, tuple[tuple[str, ...], Place]],
    ) -> None:
        for index, account in enumerate(_list(unit.get("Accounts"))):
            account_id = account.get("AccountId") if isinstance(account, dict) else None
            if not isinstance(account_id, str):
                continue
            here = Place(fragment.place.source, (*steps, "Accounts", index))
            known_names, other = in_tree.setdefault(account_id, (names, here))
            if known_names != names:
                message = f"account {account_id} occurs twice in the organization: see {{other}}"
                self._diagnostics.add(here, message, other=other)
            self._held(fragment, here.steps, account_id)

    def _held(self, fragment: Fragment, steps: Steps, account_id: str) -> None:
        if not self._known.has_account(account_id):
            hint = did_you_mean(account_id, self._known.accounts) or (
                f'add {{"AccountId": "{account_id}"}} to Accounts'
            )
            self._diagnostics.add(
                Place(fragment.place.source, steps),
                f"there is no account {account_id}",
                hint=hint,
                lenient=self._known.has_raw_dump,
            )

    def _members(self, fragment: Fragment, organization: RawObject, in_tree: Mapping[str, object]) -> None:
        management = organization.get("ManagementAccountId")
        if isinstance(management, str) and in_tree and management not in in_tree:
            message = f"the management account {management} is missing under Root"
            self._error(
                fragment, ("Organization", "ManagementAccountId"), message, did_you_mean(management, in_tree)
            )
        delegated = organization.get("DelegatedAdministrators")
        for service, accounts in delegated.items() if isinstance(delegated, dict) else ():
            for index, account_id in enumerate(_list(accounts)):
                if account_id not in in_tree:
                    steps = ("Organization", "DelegatedAdministrators", service, index)
                    message = f"account {shown(account_id)} is not in the organization"
                    self._error(fragment, steps, message, did_you_mean(str(account_id), in_tree))


def link_oidc_providers(merged: Merged) -> None:
    """Link each OIDC provider that names no simulated identity provider to the one with its issuer."""
    by_issuer = {
        without_scheme(provider["Issuer"]): provider["Name"]
        for provider in _list(merged.raw.get("IdentityProviders"))
        if isinstance(provider, dict)
        and provider.get("Type") in ("OIDC", "Google")
        and isinstance(provider.get("Issuer"), str)
        and isinstance(provider.get("Name"), str)
    }
    for account in merged.accounts.values():
        for entity in account.entities("OpenIDConnectProviders"):
            url = entity.raw.get("Url")
            if "IdentityProvider" not in entity.raw and isinstance(url, str):
                name = by_issuer.get(without_scheme(url))
                if name is not None:
                    entity.raw["IdentityProvider"] = name


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _objects(fragment: Fragment, key: str) -> Iterator[tuple[Steps, RawObject]]:
    for index, item in enumerate(_list(fragment.raw.get(key))):
        if isinstance(item, dict):
            yield (key, index), item
