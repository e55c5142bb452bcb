"""Which entities do the files contain, so that references can be looked up?"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct, field

from sts_tui.account.arn import account_of, is_account_id
from sts_tui.account.checks.merged import Merged, MergedAccount
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.format.derivation import IAM_ENTITIES
from sts_tui.account.identifiers import derive_access_key_id
from sts_tui.account.json_value import RawObject

LIST_OF_FORMAT = {
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "Role": "RoleDetailList",
    "ManagedPolicy": "Policies",
    "InstanceProfile": "InstanceProfiles",
}
MOST_HINTS: Final = 50
MOST_COMPARED: Final = 2000


class KnownEntities(Struct, eq=False):
    """ARNs by kind, of all accounts; identity providers with the names of their users; workloads."""

    accounts: Mapping[str, MergedAccount]
    arns: frozenset[str]
    unique_ids: frozenset[str]
    identity_providers: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Name → (type, user names)."""
    workloads: frozenset[str] = frozenset()
    pods: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """`cluster/namespace/service account` of every pod identity association → ARNs of the roles that its pods
    get, in all accounts that have such an association. Unknown roles are left out."""
    identity_pools: frozenset[str] = frozenset()
    """Names and ids."""
    deleted: frozenset[str] = frozenset()
    """What `Deleted` lists: it may be named although it does not exist."""
    has_raw_dump: bool = False
    _asked: list[str] = field(default_factory=list)
    _keys: dict[str, dict[str, bool]] | None = None

    def access_keys(self) -> Mapping[str, Mapping[str, bool]]:
        """User ARN → access key id → whether the key is active. A user without listed keys has the derived
        one.
        """
        if self._keys is None:
            self._keys = {
                user.arn: dict(_access_keys(user.raw, user.arn))
                for account in self.accounts.values()
                for user in account.entities("UserDetailList")
                if user.arn
            }
        return self._keys

    @classmethod
    def of(cls, merged: Merged) -> KnownEntities:
        entities = [
            entity
            for account in merged.accounts.values()
            for listed in account.lists.values()
            for entity in listed.values()
        ]
        id_keys = {object_format: names.id_key for object_format, names in IAM_ENTITIES.items()}
        ids = (entity.raw.get(id_keys.get(entity.object_format.name, "")) for entity in entities)
        return cls(
            accounts=merged.accounts,
            arns=frozenset(entity.arn for entity in entities if entity.arn),
            unique_ids=frozenset(text for text in ids if isinstance(text, str)),
            identity_providers={
                name: (str(provider.get("Type")), frozenset(_names(provider.get("Users"))))
                for provider in _objects(merged.raw.get("IdentityProviders"))
                if isinstance(name := provider.get("Name"), str)
            },
            workloads=frozenset(_names(merged.raw.get("Workloads"))),
            pods=_pods(merged),
            identity_pools=frozenset(_pool_names(merged.raw.get("IdentityProviders"))),
            deleted=frozenset(_texts(merged.raw.get("Deleted"))),
            has_raw_dump=any(account.is_dumped for account in merged.accounts.values()),
        )

    def is_missing(self, arn: str) -> bool:
        """Whether naming it is a mistake: it does not exist, and `Deleted` does not list it."""
        return arn not in self.arns and arn not in self.deleted

    def has_account(self, account: str | None) -> bool:
        return account in self.accounts

    def nearest(self, arn: str) -> str:
        """A hint with the most similar ARN of the same kind, preferably of the same account.

        Comparing takes milliseconds, so only the first of many wrong references get a hint.
        """
        if len(self._asked) >= MOST_HINTS:
            return ""
        self._asked.append(arn)
        before_name = arn.split("/", 1)[0] + "/"
        kind = before_name.rpartition(":")[2]
        near = sorted(known for known in self.arns if known.startswith(before_name))
        if len(near) > MOST_COMPARED:  # only alphabetical neighbors: most typos are near the end
            at = bisect(near, arn)
            near = near[max(0, at - MOST_COMPARED // 2) : at + MOST_COMPARED // 2]
        return did_you_mean(arn, near) or did_you_mean(
            arn, sorted(known for known in self.arns if f":{kind}" in known)[:MOST_COMPARED]
        )


def _objects(value: object) -> Iterable[RawObject]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _access_keys(user: RawObject, arn: str) -> Iterable[tuple[str, bool]]:
    account = account_of(arn) or ""
    if "AccessKeys" not in user and is_account_id(account):
        yield derive_access_key_id(account, arn), True
    for key in _objects(user.get("AccessKeys")):
        if isinstance(id := key.get("AccessKeyId"), str):
            yield id, key.get("Status", "Active") == "Active"


def _names(value: object) -> Iterable[str]:
    return (name for item in _objects(value) if isinstance(name := item.get("Name"), str))


def _texts(value: object) -> Iterable[str]:
    return (item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _pods(merged: Merged) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for account in merged.accounts.values():
        for one in account.entities("PodIdentityAssociations"):
            keys = ("clusterName", "namespace", "serviceAccount")
            place = "/".join(str(one.raw.get(key)) for key in keys)
            role = one.raw.get("targetRoleArn") or one.raw.get("roleArn")
            known = {role} if isinstance(role, str) else set()
            found[place] = found.get(place, frozenset()) | known
    return found


def _pool_names(providers: object) -> Iterable[str]:
    """The names and ids by which workloads can refer to an identity pool."""
    for provider in _objects(providers):
        pool = provider.get("IdentityPool")
        if provider.get("Type") == "Cognito" and isinstance(pool, dict):
            names = (pool.get("IdentityPoolName") or provider.get("Name"), pool.get("IdentityPoolId"))
            yield from (name for name in names if isinstance(name, str))
