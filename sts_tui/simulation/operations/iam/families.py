"""Users, groups and roles: three rows of one table, because IAM treats their policies alike.

Whoever looks for how an entity is found by name, authorized and put back looks here. Names are unique
ignoring case within an account, and IAM finds an entity by its name in any case.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of, iam_arn
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Group, PermissionsBoundary, Role, Tag, User
from sts_tui.account.identifiers import derive_unique_id
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.simulation.operations.refusals import no_such_entity, unmodifiable
from sts_tui.sts.operation import Answer, Call

AWS_OWNER = "aws"
"""Stands where the account stands in the ARN of an AWS-managed policy."""

Holder: TypeAlias = User | Group | Role
"""What can hold policies."""


class Family(Struct, frozen=True, kw_only=True):
    """What differs between users, groups and roles. Sizes are characters without white space."""

    noun: str
    """As in operation names: `PutRolePolicy`."""
    kind: str
    """As in ARNs: `arn:aws:iam::111122223333:role/Ops`."""
    collection: str
    name_field: str
    inline_field: str
    inline_kind: PolicyKind
    id_prefix: str
    inline_quota: int
    """All inline policies of one entity together."""
    attachment_quota: int = 10
    quota: int
    """Entities of this family in one account."""

    @property
    def name_param(self) -> str:
        return f"{self.noun}Name"

    def name_of(self, holder: Holder) -> str:
        return str(getattr(holder, self.name_field))

    def members(self, configuration: Configuration, account: str) -> list[Any]:
        """The account's entities of this family, in the order they came in."""
        everything: Mapping[str, Any] = getattr(configuration, self.collection)
        return [entity for arn, entity in everything.items() if account_of(arn) == account]


USER = Family(
    noun="User",
    kind="user",
    collection="users",
    name_field="user_name",
    inline_field="user_policy_list",
    inline_kind=PolicyKind.USER_INLINE,
    id_prefix="AIDA",
    inline_quota=2048,
    quota=5000,
)
GROUP = Family(
    noun="Group",
    kind="group",
    collection="groups",
    name_field="group_name",
    inline_field="group_policy_list",
    inline_kind=PolicyKind.GROUP_INLINE,
    id_prefix="AGPA",
    inline_quota=5120,
    quota=300,
)
ROLE = Family(
    noun="Role",
    kind="role",
    collection="roles",
    name_field="role_name",
    inline_field="role_policy_list",
    inline_kind=PolicyKind.ROLE_INLINE,
    id_prefix="AROA",
    inline_quota=10240,
    quota=1000,
)
FAMILIES = (USER, GROUP, ROLE)


def arn_in(call: Call, kind: str, name: str, path: str = "/") -> str:
    """The ARN that an entity of the call's account has or would have."""
    return iam_arn(call.account, kind, name, path, call.configuration.partition_of(call.account))


def named(call: Call, family: Family, name: str) -> Any | None:
    """The entity of that name in the call's account, ignoring case; None where there is none."""
    everything: Mapping[str, Any] = getattr(call.configuration, family.collection)
    if direct := everything.get(arn_in(call, family.kind, name)):
        return direct  # most have no path; the rest are looked for
    same = [one for one in family.members(call.configuration, call.account) if is_called(family, one, name)]
    exact = [one for one in same if family.name_of(one) == name]
    return (exact or same or [None])[0]


def is_called(family: Family, holder: Holder, name: str) -> bool:
    return family.name_of(holder).lower() == name.lower()


def authorized(
    call: Call, family: Family, name: str | None = None, context: Mapping[str, Any] | None = None
) -> Any:
    """The entity that the call names, once the caller may do this to it.

    IAM authorizes first, against the ARN made of the name where there is no such entity, so that only
    those who may see it learn that it does not exist. Raises AccessDenied, then NoSuchEntity.
    """
    name = call.params[family.name_param] if name is None else name
    entity = named(call, family, name)
    authorize_on(call, entity.arn if entity else arn_in(call, family.kind, name), entity, context)
    if entity is None:
        raise no_such_entity(f"The {family.kind} with name {name} cannot be found.")
    return entity


def authorize_on(
    call: Call,
    arn: str,
    entity: Any = None,
    context: Mapping[str, Any] | None = None,
    action: str | None = None,
) -> None:
    """Ask for the call's own action (or another) on an IAM entity, with its tags as `aws:ResourceTag/…`."""
    tags = resource_tags(getattr(entity, "tags", ()), is_principal=isinstance(entity, User | Role))
    owner = account_of(arn)
    call.authorize(
        action or call.operation,
        arn,
        context={**tags, **(context or {})},
        resource_account=call.account if owner == AWS_OWNER else owner,  # every account may use what is AWS's
    )


def resource_tags(tags: tuple[Tag, ...], *, is_principal: bool) -> dict[str, Any]:
    """`aws:ResourceTag/k`, and for users and roles IAM's older spelling `iam:ResourceTag/k` too."""
    prefixes = ("aws", "iam") if is_principal else ("aws",)
    return {f"{prefix}:ResourceTag/{tag.key}": tag.value for prefix in prefixes for tag in tags}


def boundary_context(holder: Holder) -> dict[str, Any]:
    """`iam:PermissionsBoundary`: the boundary that the entity has when the call arrives."""
    boundary: PermissionsBoundary | None = getattr(holder, "permissions_boundary", None)
    return {"iam:PermissionsBoundary": boundary.permissions_boundary_arn} if boundary else {}


def refuse_protected(holder: Holder) -> None:
    """Service-linked roles and those of IAM Identity Center belong to their service.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    """
    if isinstance(holder, Role) and is_protected(holder):
        raise unmodifiable(holder.role_name)


def is_protected(role: Role) -> bool:
    return role.is_service_linked or role.path.startswith("/aws-reserved/sso.amazonaws.com/")


def writable(call: Call, family: Family, context: Mapping[str, Any] | None = None) -> Any:
    """The entity whose policies the call edits: authorized with its boundary as `iam:PermissionsBoundary`,
    and not AWS's own.
    """
    found = named(call, family, call.params[family.name_param])
    its_own = boundary_context(found) if found else {}
    holder = authorized(call, family, context={**its_own, **(context or {})})
    refuse_protected(holder)
    return holder


def put_back(call: Call, family: Family, holder: Holder, **changes: Any) -> Answer:
    """The answer of a call that changed these fields of a user, group or role."""
    changed = edited(holder, **changes)
    return Answer(
        configuration=with_entity(call.configuration, family.collection, changed), subject=holder.arn
    )


def with_entity(configuration: Configuration, collection: str, entity: Any) -> Configuration:
    """The configuration with this entity put in, in place where it was there already."""
    everything: Mapping[str, Any] = getattr(configuration, collection)
    changes: dict[str, Any] = {collection: {**everything, entity.arn: entity}}
    return replace(configuration, **changes)


def without_entity(configuration: Configuration, collection: str, arn: str) -> Configuration:
    everything: Mapping[str, Any] = getattr(configuration, collection)
    if arn not in everything:
        return configuration
    changes: dict[str, Any] = {collection: {key: one for key, one in everything.items() if key != arn}}
    return replace(configuration, **changes)


def edited(entity: Any, **changes: Any) -> Any:
    """A copy of a frozen entity with these fields changed."""
    return replace(entity, **changes)


def new_unique_id(call: Call, prefix: str) -> str:
    """The unique id of something that the call creates: never that of a namesake before it."""
    return derive_unique_id(prefix, call.ids.request_id())


def renamed(configuration: Configuration, collection: str, old_arn: str, entity: Any) -> Configuration:
    """The configuration with the entity of `old_arn` under its new ARN, in the same place."""
    everything: Mapping[str, Any] = getattr(configuration, collection)
    changes: dict[str, Any] = {
        collection: dict(
            (entity.arn, entity) if arn == old_arn else (arn, one) for arn, one in everything.items()
        )
    }
    return replace(configuration, **changes)


class HasNoun(Protocol):
    """A kind of entity that operations are named after."""

    @property
    def noun(self) -> str: ...


K = TypeVar("K", bound=HasNoun)


def one_for_each(
    kinds: Iterable[K], mechanisms: Mapping[str, Callable[[Call, K], Answer]]
) -> dict[str, Callable[[Call], Answer]]:
    """The operations of kinds that share their mechanisms: `Put{}Policy` is PutUserPolicy for users."""

    def bound(mechanism: Callable[[Call, K], Answer], kind: K) -> Callable[[Call], Answer]:
        return lambda call: mechanism(call, kind)

    return {
        name.format(kind.noun): bound(mechanism, kind)
        for kind in kinds
        for name, mechanism in mechanisms.items()
    }
