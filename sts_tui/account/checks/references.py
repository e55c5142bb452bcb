"""Do entities refer to groups, policies, boundaries and principals that exist? Which ids are duplicates?

Policies may name principals of accounts that are in no file. Everything else must exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.arn import account_of, is_aws_managed
from sts_tui.account.checks.known_entities import LIST_OF_FORMAT, KnownEntities
from sts_tui.account.checks.merged import Fragment, Merged, MergedAccount, MergedEntity
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.format.derivation import IAM_ENTITIES
from sts_tui.account.json_value import RawObject
from sts_tui.account.managed_policies import built_in_document
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_principals import UNIQUE_ID, invalid_principal, principals_of
from sts_tui.account.policy_document import PackedDocument, WrittenPolicy


def check_references(merged: Merged, known: KnownEntities, diagnostics: Diagnostics) -> None:
    """Check everything that entities of accounts refer to."""
    check = _References(known, diagnostics)
    for account in merged.accounts.values():
        for entity in account.entities("UserDetailList"):
            check.user(entity, account)
        for key in ("GroupDetailList", "RoleDetailList"):
            for entity in account.entities(key):
                check.attachments(entity, account)
        for entity in account.entities("RoleDetailList"):
            check.documents(entity, "AssumeRolePolicyDocument", PolicyKind.TRUST)
        for entity in account.entities("Resources"):
            check.documents(entity, "Policy", PolicyKind.RESOURCE)
        for entity in account.entities("InstanceProfiles"):
            check.instance_profile(entity, account)
        check.names(account)
    check.ids(merged)
    check.resource_owners(merged)
    check.aws_managed_documents(merged)
    check.report_repeated()


class _References:
    def __init__(self, known: KnownEntities, diagnostics: Diagnostics) -> None:
        self._known = known
        self._diagnostics = diagnostics
        self._repeated: dict[str, tuple[Place, int]] = {}
        self._known_names: dict[tuple[str, str], frozenset[str]] = {}
        self._grants_nothing: dict[str, bool] = {}

    def _names(self, account: MergedAccount, key: str, name_key: str) -> frozenset[str]:
        known = self._known_names.get((account.account_id, key))
        if known is None:
            named = (entity.raw.get(name_key) for entity in account.entities(key))
            known = frozenset(name for name in named if isinstance(name, str))
            self._known_names[account.account_id, key] = known
        return known

    def _warn_once(self, place: Place, message: str) -> None:
        """Report a warning that applies in many places once, at the first one, with their number."""
        first, count = self._repeated.get(message, (place, 0))
        self._repeated[message] = (first, count + 1)

    def report_repeated(self) -> None:
        for message, (place, count) in self._repeated.items():
            more = f" (here and in {count - 1:,} more places)" if count > 1 else ""
            self._diagnostics.add(place, f"{message}{more}", lenient=True)

    def user(self, entity: MergedEntity, account: MergedAccount) -> None:
        groups = self._names(account, "GroupDetailList", "GroupName")
        for fragment, index, name in _listed(entity, "GroupList"):
            if isinstance(name, str) and name not in groups:
                hint = did_you_mean(name, sorted(groups))
                message = f"there is no group {shown(name)} in account {account.account_id}"
                place = _place(fragment, ("GroupList", index))
                self._diagnostics.add(place, message, hint=hint, lenient=fragment.lenient)
        self.attachments(entity, account)

    def attachments(self, entity: MergedEntity, account: MergedAccount) -> None:
        for fragment, index, attached in _listed(entity, "AttachedManagedPolicies"):
            if isinstance(attached, dict):
                self._policy(
                    fragment,
                    ("AttachedManagedPolicies", index, "PolicyArn"),
                    attached.get("PolicyArn"),
                    account,
                )
        for fragment in entity.fragments:
            boundary = fragment.raw.get("PermissionsBoundary")
            if isinstance(boundary, dict):
                arn = boundary.get("PermissionsBoundaryArn")
                self._policy(fragment, ("PermissionsBoundary", "PermissionsBoundaryArn"), arn, account)

    def _policy(self, fragment: Fragment, steps: Steps, arn: object, account: MergedAccount) -> None:
        if not isinstance(arn, str):
            return
        owner = account_of(arn)
        place = _place(fragment, steps)
        if owner == "aws":
            self._aws_managed(place, arn)
        elif owner != account.account_id:
            message = f"{shown(arn)} is not a policy of account {account.account_id}"
            self._diagnostics.add(place, message, lenient=fragment.lenient)
        elif arn not in account.lists.get("Policies", {}):
            message = f"there is no policy {shown(arn)}"
            hint = self._known.nearest(arn)
            self._diagnostics.add(place, message, hint=hint, lenient=fragment.lenient)
        elif not _has_document(account.lists["Policies"][arn].raw):
            self._warn_once(place, f"{arn}: no file has its document, so what it grants is unknown")

    def _aws_managed(self, place: Place, arn: str) -> None:
        if arn not in self._grants_nothing:
            listed = (account.lists.get("Policies", {}).get(arn) for account in self._known.accounts.values())
            has_document = any(policy is not None and _has_document(policy.raw) for policy in listed)
            self._grants_nothing[arn] = not has_document and built_in_document(arn) is None
        if self._grants_nothing[arn]:
            self._warn_once(place, f"{arn}: no file has its document, so what it grants is unknown")

    def documents(self, entity: MergedEntity, key: str, kind: PolicyKind) -> None:
        for fragment in entity.fragments:
            written = fragment.raw.get(key)
            if isinstance(written, WrittenPolicy) and _may_name_a_principal(written):
                for steps, principal_type, name in principals_of(written.document):
                    self._principal(fragment, (key, *steps), principal_type, name, kind)

    def _principal(
        self, fragment: Fragment, steps: Steps, principal_type: str, name: str, kind: PolicyKind
    ) -> None:
        place = _place(fragment, steps)
        if principal_type == "AWS" and UNIQUE_ID.fullmatch(name):
            if name not in self._known.unique_ids:
                message = f"{name} is the id of a deleted user or role: it matches no principal"
                self._diagnostics.add(place, message, lenient=True)
            return
        if not self._known.has_account(account_of(name)) or name in self._known.arns:
            return
        resource = name.split(":", 5)[-1]
        if principal_type == "AWS" and resource.startswith(("user/", "role/")):
            hint = self._known.nearest(name)
            message = invalid_principal("AWS", name, kind)
            message = message if name in message else f"{message}: {shown(name)}"
            self._diagnostics.add(place, message, hint=hint, lenient=fragment.lenient)
        elif principal_type == "Federated" and resource.startswith(("saml-provider/", "oidc-provider/")):
            self._federated(fragment, place, name)

    def _federated(self, fragment: Fragment, place: Place, name: str) -> None:
        """A missing provider is only a warning: IAM creates a role that trusts a provider that does not exist
        yet.
        """
        if fragment.lenient:
            self._warn_once(place, f"{name} is missing: a raw dump has no identity providers")
            return
        message = f"there is no identity provider {name}: IAM stores this policy, and it trusts no one"
        self._diagnostics.add(place, message, hint=self._known.nearest(name), lenient=True)

    def instance_profile(self, entity: MergedEntity, account: MergedAccount) -> None:
        roles = account.lists.get("RoleDetailList", {})
        names = self._names(account, "RoleDetailList", "RoleName")
        for fragment, index, role in _listed(entity, "Roles"):
            if isinstance(role, str) and role not in roles and role not in names:
                hint = did_you_mean(role, sorted(names))
                place = _place(fragment, ("Roles", index))
                self._diagnostics.add(
                    place, f"there is no role {shown(role)}", hint=hint, lenient=fragment.lenient
                )

    def names(self, account: MergedAccount) -> None:
        """Names are unique within an account, whatever their paths. They are compared without case.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
        """
        for object_format, key in LIST_OF_FORMAT.items():
            taken: dict[str, MergedEntity] = {}
            name_key = IAM_ENTITIES[object_format].name_key
            for entity in account.entities(key):
                name = entity.raw.get(name_key)
                if not isinstance(name, str) or account_of(entity.arn or "") == "aws":
                    continue
                first = taken.setdefault(name.lower(), entity)
                if first is not entity:
                    self._clash(
                        entity, name_key, first, f"the name {shown(name)} is already used, ignoring case"
                    )

    def _clash(self, entity: MergedEntity, key: str, first: MergedEntity, message: str) -> None:
        fragment = entity.fragments[0]
        other = _place(first.fragments[0], (key,))
        self._diagnostics.add(
            _place(fragment, (key,)), f"{message}: see {{other}}", lenient=fragment.lenient, other=other
        )

    def resource_owners(self, merged: Merged) -> None:
        """Each resource belongs to one account, even if its ARN does not contain the account."""
        owners: dict[str, tuple[str, MergedEntity]] = {}
        for account in merged.accounts.values():
            for arn, entity in account.lists.get("Resources", {}).items():
                owner, first = owners.setdefault(arn, (account.account_id, entity))
                if first is not entity:
                    self._clash(entity, "Arn", first, f"belongs to account {owner} already")

    def aws_managed_documents(self, merged: Merged) -> None:
        """AWS managed policies are the same in every account, but two dumps may have different versions."""
        firsts: dict[str, MergedEntity] = {}
        for account in merged.accounts.values():
            for arn, entity in account.lists.get("Policies", {}).items():
                document = _default_document(entity.raw) if is_aws_managed(arn) else None
                if document is None:
                    continue
                first = firsts.setdefault(arn, entity)
                if document.document != (_default_document(first.raw) or document).document:
                    message = f"{arn} has another document at {{other}}, which is used for every account"
                    place, other = (at.fragments[0].place for at in (entity, first))
                    self._diagnostics.add(place, message, lenient=True, other=other)

    def ids(self, merged: Merged) -> None:
        """Unique ids, access keys and MFA devices belong to one entity each."""
        taken: dict[str, tuple[str, Place]] = {}
        for account in merged.accounts.values():
            for listed in account.lists.values():
                for entity in listed.values():
                    for fragment, steps, text in _own_ids(entity):
                        owner, first = taken.setdefault(text, (entity.arn or "", _place(fragment, steps)))
                        if owner != (entity.arn or ""):
                            self._diagnostics.add(
                                _place(fragment, steps),
                                f"{shown(text)} belongs to {owner or 'another'} already: see {{other}}",
                                lenient=fragment.lenient,
                                other=first,
                            )


def _place(fragment: Fragment, steps: Steps) -> Place:
    return Place(fragment.place.source, (*fragment.place.steps, *steps))


_PRINCIPALS: Final = (b":role/", b":user/", b"-provider/", b'"AROA', b'"AIDA')
"""The JSON of every document that names a user, role, provider or unique id contains one of these."""


def _may_name_a_principal(written: WrittenPolicy) -> bool:
    """Whether a document may name something that must exist. Accounts and services are not looked up."""
    content = written.content
    return not isinstance(content, PackedDocument) or any(sign in content.json for sign in _PRINCIPALS)


def _listed(entity: MergedEntity, key: str) -> Iterator[tuple[Fragment, int, object]]:
    for fragment in entity.fragments:
        listed = fragment.raw.get(key)
        if isinstance(listed, list):
            for index, item in enumerate(listed):
                yield fragment, index, item


def _has_document(policy: RawObject) -> bool:
    versions = policy.get("PolicyVersionList")
    return isinstance(versions, list) and any(
        isinstance(version, dict) and isinstance(version.get("Document"), WrittenPolicy)
        for version in versions
    )


def _default_document(policy: Mapping[str, object]) -> WrittenPolicy | None:
    """The document of a managed policy: of its default version, or of the first if none is marked."""
    listed = policy.get("PolicyVersionList")
    versions = [entry for entry in (listed if isinstance(listed, list) else ()) if isinstance(entry, dict)]
    named = [entry for entry in versions if entry.get("VersionId") == policy.get("DefaultVersionId", "")]
    marked = [entry for entry in versions if entry.get("IsDefaultVersion") is True]
    document = next((entry.get("Document") for entry in (*named, *marked, *versions)), None)
    return document if isinstance(document, WrittenPolicy) else None


def _own_ids(entity: MergedEntity) -> Iterator[tuple[Fragment, Steps, str]]:
    names = IAM_ENTITIES.get(entity.object_format.name)
    for fragment in entity.fragments:
        if names and isinstance(text := fragment.raw.get(names.id_key), str):
            yield fragment, (names.id_key,), text
        for list_key, id_key in (("AccessKeys", "AccessKeyId"), ("MFADevices", "SerialNumber")):
            listed = fragment.raw.get(list_key)
            for index, item in enumerate(listed if isinstance(listed, list) else ()):
                if isinstance(item, dict) and isinstance(text := item.get(id_key), str):
                    yield fragment, (list_key, index, id_key), text
