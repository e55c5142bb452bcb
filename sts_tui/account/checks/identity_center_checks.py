"""Is the data of IAM Identity Center consistent: users, groups, permission sets, assignments?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sts_tui.account.arn import iam_arn, is_aws_managed
from sts_tui.account.checks.known_entities import KnownEntities
from sts_tui.account.checks.merged import Fragment, Merged
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.identity_center import attribute_path, duration_of
from sts_tui.account.json_value import RawObject
from sts_tui.account.managed_policies import built_in_document

_SPANS: Final = {
    "SessionDuration": (timedelta(hours=1), timedelta(hours=12), "PT1H to PT12H"),
    "PortalSessionDuration": (timedelta(minutes=15), timedelta(days=90), "PT15M to P90D"),
}
"""https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/configure-user-session.html"""


def check_identity_center(merged: Merged, known: KnownEntities, diagnostics: Diagnostics) -> None:
    """Check everything under `IdentityCenter`. Errors are reported in the file that contains them."""
    parts = [
        (fragment, center)
        for fragment in merged.tops
        if isinstance(center := fragment.raw.get("IdentityCenter"), dict)
    ]
    check = _CenterCheck(known, diagnostics, [center for _, center in parts])
    for fragment, center in parts:
        check.fragment = fragment
        for steps, instance in _objects(center, "Instances"):
            check.instance(steps, instance)
        for steps, membership in _objects(center, "GroupMemberships"):
            check.membership(steps, membership)
        for steps, set_ in _objects(center, "PermissionSets"):
            check.permission_set(steps, set_)
        for steps, assignment in _objects(center, "AccountAssignments"):
            check.assignment(steps, assignment)


class _CenterCheck:
    def __init__(self, known: KnownEntities, diagnostics: Diagnostics, centers: list[RawObject]) -> None:
        self._known = known
        self._diagnostics = diagnostics
        self._users = _names(centers, "Users", ("UserId", "UserName"))
        self._groups = _names(centers, "Groups", ("GroupId", "DisplayName"))
        self._sets = _names(centers, "PermissionSets", ("PermissionSetArn", "Name"))
        self._contents = {
            text: set_
            for center in centers
            for _, set_ in _objects(center, "PermissionSets")
            for key in ("PermissionSetArn", "Name")
            if isinstance(text := set_.get(key), str)
        }
        self._assigned: dict[tuple[object, ...], Place] = {}
        self._unknown_policies: set[str] = set()
        self.fragment: Fragment | None = None

    def _add(self, steps: Steps, message: str, hint: str = "", *, lenient: bool = False) -> None:
        assert self.fragment is not None
        place = Place(self.fragment.place.source, steps)
        self._diagnostics.add(place, message, hint=hint, lenient=lenient)

    def instance(self, steps: Steps, instance: RawObject) -> None:
        self._span(steps, instance, "PortalSessionDuration")
        owner = instance.get("OwnerAccountId")
        if isinstance(owner, str) and not self._known.has_account(owner):
            lenient = self._known.has_raw_dump
            self._add((*steps, "OwnerAccountId"), f"there is no account {owner}", lenient=lenient)
        for at, attribute in _objects(instance, "AccessControlAttributes"):
            value = attribute.get("Value")
            sources = value.get("Source") if isinstance(value, dict) else None
            for index, source in enumerate(sources if isinstance(sources, list) else ()):
                if isinstance(source, str) and attribute_path(source) is None:
                    place = (*steps, *at, "Value", "Source", index)
                    self._add(
                        place,
                        f"{shown(source)} is not read: no session gets the tag {attribute.get('Key')}",
                        "${path:userName}, ${path:name.…}, ${path:enterprise.…} and the primary e-mail are",
                        lenient=True,
                    )

    def membership(self, steps: Steps, membership: RawObject) -> None:
        self._named((*steps, "GroupId"), "group", membership.get("GroupId"), self._groups)
        member = membership.get("MemberId")
        if isinstance(member, dict):
            self._named((*steps, "MemberId", "UserId"), "user", member.get("UserId"), self._users)

    def permission_set(self, steps: Steps, set_: RawObject) -> None:
        self._span(steps, set_, "SessionDuration")
        for at, policy in _objects(set_, "AttachedManagedPolicies"):
            arn = policy.get("Arn")
            place = (*steps, *at, "Arn")
            if isinstance(arn, str) and not is_aws_managed(arn):
                self._add(
                    place,
                    f"{shown(arn)} is not a managed policy of AWS",
                    "name policies of accounts in CustomerManagedPolicyReferences",
                )
            elif isinstance(arn, str) and self._grants_nothing(arn):
                self._add(
                    place, f"{arn}: no file has its document, so what it grants is unknown", lenient=True
                )

    def _grants_nothing(self, arn: str) -> bool:
        if arn in self._unknown_policies or built_in_document(arn) is not None or arn in self._known.arns:
            return False
        self._unknown_policies.add(arn)
        return True

    def assignment(self, steps: Steps, assignment: RawObject) -> None:
        account, set_name = assignment.get("AccountId"), assignment.get("PermissionSetArn")
        if isinstance(account, str) and not self._known.has_account(account):
            hint = did_you_mean(account, self._known.accounts)
            lenient = self._known.has_raw_dump
            self._add((*steps, "AccountId"), f"there is no account {account}", hint, lenient=lenient)
        self._named((*steps, "PermissionSetArn"), "permission set", set_name, self._sets)
        is_user = assignment.get("PrincipalType") == "USER"
        self._named(
            (*steps, "PrincipalId"),
            "user" if is_user else "group",
            assignment.get("PrincipalId"),
            self._users if is_user else self._groups,
        )
        self._customer_policies(steps, account, set_name)
        assert self.fragment is not None
        here = Place(self.fragment.place.source, steps)
        assigned = tuple(
            assignment.get(k) for k in ("AccountId", "PermissionSetArn", "PrincipalType", "PrincipalId")
        )
        first = self._assigned.setdefault(assigned, here)
        if first is not here and first.source == here.source:
            self._diagnostics.add(here, "this assignment occurs twice: see {other}", other=first)

    def _customer_policies(self, steps: Steps, account: object, set_name: object) -> None:
        """A permission set cannot be provisioned to an account that lacks one of its customer managed
        policies.
        """
        set_ = self._contents.get(set_name) if isinstance(set_name, str) else None
        if set_ is None or not isinstance(account, str) or not self._known.has_account(account):
            return
        partition = self._known.accounts[account].partition
        for reference in _references(set_):
            name, path = reference.get("Name"), reference.get("Path") or "/"
            if not isinstance(name, str) or not isinstance(path, str):
                continue
            arn = iam_arn(account, "policy", name, path, partition)
            if arn not in self._known.arns:
                self._add(
                    (*steps, "PermissionSetArn"),
                    f"{shown(set_name)} cannot be provisioned: there is no policy {arn}",
                    self._known.nearest(arn),
                    lenient=self._known.has_raw_dump,
                )

    def _named(self, steps: Steps, kind: str, text: object, known: dict[str, str]) -> None:
        if isinstance(text, str) and text.lower() not in known:
            hint = did_you_mean(text, sorted(known.values()))
            self._add(steps, f"there is no {kind} {shown(text)} in IdentityCenter", hint)

    def _span(self, steps: Steps, raw: RawObject, key: str) -> None:
        text = raw.get(key)
        shortest, longest, words = _SPANS[key]
        if isinstance(text, str) and text:
            span = duration_of(text)
            if span is None or not shortest <= span <= longest:
                self._add((*steps, key), f"{shown(text)} is not a duration from {words}")


def _references(set_: RawObject) -> Iterator[RawObject]:
    yield from (one for _, one in _objects(set_, "CustomerManagedPolicyReferences"))
    boundary = set_.get("PermissionsBoundary")
    if isinstance(boundary, dict) and isinstance(one := boundary.get("CustomerManagedPolicyReference"), dict):
        yield one


def _names(centers: list[RawObject], key: str, members: tuple[str, ...]) -> dict[str, str]:
    """Ids and names: in lower case → as written."""
    return {
        text.lower(): text
        for center in centers
        for _, one in _objects(center, key)
        for member in members
        if isinstance(text := one.get(member), str)
    }


def _objects(raw: RawObject, key: str) -> Iterator[tuple[Steps, RawObject]]:
    """The objects of a list, each with its JSON path from the file (beginning with `IdentityCenter`) or from
    the object.
    """
    listed = raw.get(key)
    top: Steps = ("IdentityCenter",) if key in _TOP else ()
    for index, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, dict):
            yield (*top, key, index), one


_TOP: Final = frozenset(
    {"Instances", "Users", "Groups", "GroupMemberships", "PermissionSets", "AccountAssignments"}
)
