"""How are several files merged into one model? Entities are matched by ARN, or by name if they have none.

`merge_objects` merges what the files say about one entity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sts_tui.account.arn import account_of, is_aws_managed
from sts_tui.account.checks.merged import Fragment, Merged, MergedAccount, MergedEntity
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import shown
from sts_tui.account.format.derivation import Derivation, derived_arn
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.object_kinds import LIST_OF_OBJECTS
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.json_value import RawObject
from sts_tui.account.loading.raw_dump import dumped_account, dumped_entities, owner_of, unknown_keys

ACCOUNT_LISTS: Final = tuple(
    key_format.key for key_format in FORMATS["Account"].keys.values() if key_format.kind is LIST_OF_OBJECTS
)


class Merge:
    """Collects checked files one by one; `finish` merges them."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics
        self.merged = Merged()
        self._pending: list[tuple[MergedAccount, str, Fragment]] = []
        self._without_account: list[tuple[int, RawObject]] = []

    def add_model(self, source: int, raw: RawObject) -> None:
        """Add one checked file of our own format."""
        self._add_top(source, raw)
        accounts = raw.get("Accounts", ())
        for index, account in enumerate(accounts if isinstance(accounts, list) else ()):
            if isinstance(account, dict) and isinstance(account.get("AccountId"), str):
                lenient = account.get("RawDump") is True
                steps = ("Accounts", index)
                merged = self._account(account["AccountId"])
                merged.fragments.append(Fragment(Place(source, steps), account, lenient))
                for key in ACCOUNT_LISTS:
                    self._add_list(merged, key, account.get(key), Place(source, (*steps, key)), lenient)

    def add_dump(self, source: int, raw: RawObject) -> str | None:
        """Add one checked raw dump, or one page of it. Returns the id of its account; None if no ARN contains
        it.
        """
        self._add_top(source, {key: raw[key] for key in raw if key in FORMATS["AccountModel"].keys})
        account_id = dumped_account(raw)
        if account_id is None:
            self._without_account.append((source, raw))
            return None
        own = self._account(account_id)
        scalars = {"AccountId": account_id, "RawDump": True, **unknown_keys(raw)}
        own.fragments.append(Fragment(Place(source, ()), scalars, True))
        entities = list(dumped_entities(raw, source))
        accounts = {owner for _, fragment in entities if (owner := owner_of(fragment.raw))}
        for key, fragment in entities:
            owner = owner_of(fragment.raw)
            if len(accounts) > 1 and fragment.raw.get("Arn") is None:
                self._diagnostics.add(
                    fragment.place, "without an Arn it is unknown to which of the file's accounts it belongs"
                )
            self._add_entity(self._foreign(owner, source) if owner else own, key, fragment)
        return account_id

    def _foreign(self, account_id: str, source: int) -> MergedAccount:
        merged = self._account(account_id)
        if not merged.fragments:
            raw = {"AccountId": account_id, "RawDump": True}
            merged.fragments.append(Fragment(Place(source, ()), raw, True))
        return merged

    def _assign_account(self, source: int, raw: Mapping[str, object]) -> None:
        """Assign a page of a dump without account id to an account. Often it is the last page, with only AWS
        managed policies.

        These policies are the same in every account, so the page is added to the account of the other pages.
        """
        listed = list(dumped_entities(raw, source))
        if self._join_by_name(listed):
            return
        for _, fragment in listed:
            if not is_aws_managed(fragment.raw.get("Arn")):
                hint = "add an Arn, or move it into Accounts under an AccountId"
                self._diagnostics.add(fragment.place, "no Arn in this file names the account", hint=hint)
        accounts = self.merged.accounts.values()
        owner = next((account for account in accounts if account.is_dumped), next(iter(accounts), None))
        if owner is None or not listed:
            message = "no ARN in it names the account, so it adds nothing"
            self._diagnostics.add(Place(source, ()), message, lenient=True)
            return
        for key, fragment in listed:
            self._add_entity(owner, key, fragment)

    def _join_by_name(self, listed: Sequence[tuple[str, Fragment]]) -> bool:
        """`aws iam get-role-policy` returns only the role's name. Use the only role with this name in the
        files.
        """
        owners = {self._only_account_with(key, fragment) for key, fragment in listed}
        owner = owners.pop() if len(owners) == 1 else None
        if owner is None:
            return False
        for key, fragment in listed:
            self._add_entity(self._account(owner), key, fragment)
        return True

    def _only_account_with(self, key: str, fragment: Fragment) -> str | None:
        """The id of the only account that has an entity with this name; None if there is not exactly one."""
        name = FORMATS[FORMATS["Account"].keys[key].format].identity
        found = {
            account.account_id
            for account, other_key, other in self._pending
            if other_key == key and other.raw.get(name) == fragment.raw.get(name)
        }
        return found.pop() if len(found) == 1 and fragment.raw.get("Arn") is None else None

    def _add_top(self, source: int, raw: Mapping[str, object]) -> None:
        top = {key: value for key, value in raw.items() if key != "Accounts"}
        self.merged.tops.append(Fragment(Place(source, ()), top, False))

    def _account(self, account_id: str) -> MergedAccount:
        return self.merged.accounts.setdefault(account_id, MergedAccount(account_id))

    def _add_list(self, merged: MergedAccount, key: str, listed: object, place: Place, lenient: bool) -> None:
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(item, dict):
                fragment = Fragment(Place(place.source, (*place.steps, index)), item, lenient)
                self._add_entity(merged, key, fragment)

    def _add_entity(self, merged: MergedAccount, key: str, fragment: Fragment) -> None:
        self._check_owner(merged, key, fragment)
        if merged.partition == "aws" and isinstance(arn := fragment.raw.get("Arn"), str):
            merged.partition = arn.split(":", 2)[1]
        self._pending.append((merged, key, fragment))

    def _check_owner(self, merged: MergedAccount, key: str, fragment: Fragment) -> None:
        """An entity must be listed in the account that owns it. AWS managed policies may be listed in any
        account.
        """
        arn = fragment.raw.get("Arn")
        owner = account_of(arn) if isinstance(arn, str) else None
        if owner in (None, "aws", merged.account_id) or (key != "Resources" and not owner_of(fragment.raw)):
            return  # entity_checks reports IAM entities whose owner is not an account
        place = Place(fragment.place.source, (*fragment.place.steps, "Arn"))
        message = f"belongs to account {owner}, but is listed in {merged.account_id}"
        self._diagnostics.add(place, message)

    def finish(self) -> Merged:
        """Merge everything that was added."""
        for source, raw in self._without_account:
            self._assign_account(source, raw)
        for merged, key, fragment in self._pending:
            _record_name(merged, key, fragment)
        for merged, key, fragment in self._pending:
            self._place(merged, key, fragment)
        self._pending.clear()
        for account in self.merged.accounts.values():
            for entities in account.lists.values():
                for entity in entities.values():
                    if len(entity.fragments) > 1:
                        entity.raw = self._one_object(entity.fragments, entity.object_format)
            _link_instance_profiles(account)
        self.merged.raw = self._one_object(self.merged.tops, FORMATS["AccountModel"])
        return self.merged

    def account_scalars(self, account: MergedAccount) -> RawObject:
        """The merged values of an account from all files, without its lists."""
        object_format = FORMATS["Account"]
        fragments = [
            Fragment(
                fragment.place,
                {key: value for key, value in fragment.raw.items() if key not in ACCOUNT_LISTS},
                fragment.lenient,
            )
            for fragment in account.fragments
        ]
        return self._one_object(fragments, object_format)

    def _one_object(self, fragments: Sequence[Fragment], object_format: ObjectFormat) -> RawObject:
        """Several fragments merged; a single one unchanged."""
        if len(fragments) == 1:
            return fragments[0].raw
        from sts_tui.account.loading.merge_objects import merged_object  # most models have one file

        return merged_object(fragments, object_format, self._diagnostics)

    def _place(self, account: MergedAccount, key: str, fragment: Fragment) -> None:
        object_format = FORMATS[FORMATS["Account"].keys[key].format]
        where = Derivation(account.account_id, account.partition)
        arn = derived_arn(object_format.name, fragment.raw, where)
        if not _has_path(fragment.raw):
            source, known = account.arn_by_name.get(
                (key, str(fragment.raw.get(object_format.identity))), (None, arn)
            )
            arn = known if source != fragment.place.source else arn
        identity = arn or f"{fragment.place}"
        entities = account.lists.setdefault(key, {})
        entity = entities.get(identity)
        if entity is None:
            entities[identity] = MergedEntity(object_format, arn, [fragment], fragment.raw)
        elif all(known.place.source != fragment.place.source for known in entity.fragments):
            entity.fragments.append(fragment)
        elif key != "InstanceProfiles":
            first = Place(fragment.place.source, entity.fragments[0].place.steps)
            message = f"{shown(arn)} is listed twice: see {{other}}"
            self._diagnostics.add(fragment.place, message, lenient=fragment.lenient, other=first)
        if object_format.name == "Role" and isinstance(
            profiles := fragment.raw.get("InstanceProfileList"), list
        ):
            self._lift_profiles(account, profiles, fragment, arn)

    def _lift_profiles(
        self, account: MergedAccount, profiles: list[object], fragment: Fragment, role_arn: str | None
    ) -> None:
        """Move instance profiles out of a role, as the model has them separately. What they contain about the
        role is kept.
        """
        for index, profile in enumerate(profiles):
            if not isinstance(profile, dict):
                continue
            raw = {**profile, "Roles": [role_arn]} if role_arn else dict(profile)
            place = Place(fragment.place.source, (*fragment.place.steps, "InstanceProfileList", index))
            lifted = Fragment(place, raw, fragment.lenient)
            self._check_owner(account, "InstanceProfiles", lifted)
            self._place(account, "InstanceProfiles", lifted)
            for nested in profile.get("Roles", ()) if isinstance(profile.get("Roles"), list) else ():
                if isinstance(nested, dict) and nested.get("Arn", role_arn) == role_arn:
                    _complete(fragment.raw, nested)


def _has_path(raw: Mapping[str, object]) -> bool:
    return isinstance(raw.get("Arn"), str) or isinstance(raw.get("Path"), str)


def _link_instance_profiles(account: MergedAccount) -> None:
    """Replace roles that an instance profile gives by name with their ARNs: a role may have a path."""
    profiles = account.lists.get("InstanceProfiles", {})
    if not profiles:
        return
    arns = {role.raw.get("RoleName"): role.arn for role in account.entities("RoleDetailList") if role.arn}
    for profile in profiles.values():
        roles = profile.raw.get("Roles")
        if isinstance(roles, list):
            named = [arns.get(role, role) if isinstance(role, str) else role for role in roles]
            profile.raw = {**profile.raw, "Roles": named}


def _record_name(account: MergedAccount, key: str, fragment: Fragment) -> None:
    raw = fragment.raw
    object_format = FORMATS[FORMATS["Account"].keys[key].format]
    name = raw.get(object_format.identity)
    if isinstance(name, str) and _has_path(raw):
        arn = derived_arn(object_format.name, raw, Derivation(account.account_id, account.partition))
        if arn is not None:
            account.arn_by_name.setdefault((key, name), (fragment.place.source, arn))


def _complete(role: RawObject, nested: Mapping[str, object]) -> None:
    for key in ("MaxSessionDuration", "Description"):
        value = nested.get(key)
        if key not in role and isinstance(value, int if key == "MaxSessionDuration" else str):
            role[key] = value
