"""Users, groups and roles: how is one found by its name, authorized and changed?

IAM treats the three alike where policies are concerned, so each is one `IdentityType`. Names are unique
ignoring case within an account, and IAM finds an identity by its name in any case.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of, iam_arn
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Entity, Group, Role, Tag, User
from sts_tui.account.iam_quotas import GROUPS, POLICIES_PER_IDENTITY, ROLES, USERS
from sts_tui.account.identifiers import derive_unique_id
from sts_tui.account.identity_center import ROLE_PATH
from sts_tui.account.json_value import Json
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_sizes import SIZE_LIMITS
from sts_tui.simulation.operations.configuration_edits import with_entity
from sts_tui.simulation.operations.refusals import (
    already_exists,
    limit_exceeded,
    no_such_entity,
    unmodifiable,
)
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

AWS_OWNER: Final = "aws"
"""In place of the account in the ARN of an AWS managed policy."""

IamIdentity: TypeAlias = User | Group | Role
"""The entities that policies can be attached to."""

I_co = TypeVar("I_co", bound=IamIdentity, covariant=True)


class IdentityType(Struct, Generic[I_co], frozen=True, kw_only=True):
    """The differences between users, groups and roles. Sizes are characters without white space."""

    noun: str
    """The word in operation names: `Role` in `PutRolePolicy`."""
    kind: str
    """The word in ARNs: `role` in `arn:aws:iam::111122223333:role/Ops`."""
    stored: Callable[[Configuration], Mapping[str, I_co]]
    """All of this type in a configuration, by ARN."""
    name_field: str
    inline_field: str
    inline_kind: PolicyKind
    id_prefix: str
    attachment_quota: int = POLICIES_PER_IDENTITY
    quota: int
    """How many identities of this type one account can have."""

    @property
    def inline_quota(self) -> int:
        """The maximum size of all inline policies of one identity together."""
        return SIZE_LIMITS[self.inline_kind]

    @property
    def name_param(self) -> str:
        return f"{self.noun}Name"

    def name_of(self, identity: IamIdentity) -> str:
        return str(getattr(identity, self.name_field))

    def members(self, configuration: Configuration, account: str) -> list[I_co]:
        """The account's identities of this type, in the order they were added."""
        return [entity for arn, entity in self.stored(configuration).items() if account_of(arn) == account]


USER: Final = IdentityType[User](
    noun="User",
    kind="user",
    stored=lambda configuration: configuration.users,
    name_field="user_name",
    inline_field="user_policy_list",
    inline_kind=PolicyKind.USER_INLINE,
    id_prefix="AIDA",
    quota=USERS,
)
GROUP: Final = IdentityType[Group](
    noun="Group",
    kind="group",
    stored=lambda configuration: configuration.groups,
    name_field="group_name",
    inline_field="group_policy_list",
    inline_kind=PolicyKind.GROUP_INLINE,
    id_prefix="AGPA",
    quota=GROUPS,
)
ROLE: Final = IdentityType[Role](
    noun="Role",
    kind="role",
    stored=lambda configuration: configuration.roles,
    name_field="role_name",
    inline_field="role_policy_list",
    inline_kind=PolicyKind.ROLE_INLINE,
    id_prefix="AROA",
    quota=ROLES,
)
IDENTITY_TYPES: Final[tuple[IdentityType[IamIdentity], ...]] = (USER, GROUP, ROLE)

T = TypeVar("T", bound=IamIdentity)


def arn_in(call: Call, kind: str, name: str, path: str = "/") -> str:
    """The ARN that an entity of the call's account has or would have."""
    return iam_arn(call.account, kind, name, path, call.configuration.partition_of(call.account))


def find_identity(call: Call, identity_type: IdentityType[T], name: str) -> T | None:
    """The identity with that name in the call's account, ignoring case; None if there is none."""
    stored = identity_type.stored(call.configuration)
    if direct := stored.get(arn_in(call, identity_type.kind, name)):
        return direct  # most have no path; others are searched
    same = [
        one
        for one in identity_type.members(call.configuration, call.account)
        if is_called(identity_type, one, name)
    ]
    exact = [one for one in same if identity_type.name_of(one) == name]
    return next(iter(exact or same), None)


def refuse_creation(call: Call, identity_type: IdentityType[T], name: str) -> None:
    """Raises EntityAlreadyExists for a name that is taken, LimitExceeded if the account's quota is
    reached.
    """
    noun = identity_type.noun
    if find_identity(call, identity_type, name):
        raise already_exists(f"{noun} with name {name} already exists.")
    if len(identity_type.members(call.configuration, call.account)) >= identity_type.quota:
        raise limit_exceeded(f"{noun}sPerAccount", identity_type.quota)


def is_called(identity_type: IdentityType[IamIdentity], identity: IamIdentity, name: str) -> bool:
    """Whether the identity has that name, in any case."""
    return identity_type.name_of(identity).lower() == name.lower()


def authorized_identity(
    call: Call,
    identity_type: IdentityType[T],
    name: str | None = None,
    context: Mapping[str, Json] | None = None,
) -> T:
    """The identity that the call names, after authorizing the call. IAM authorizes first (for a missing
    identity, on the ARN derived from the name), so that only authorized callers learn that an identity does
    not exist. Raises AccessDenied, then NoSuchEntity.
    """
    name = str(call.params[identity_type.name_param]) if name is None else name
    identity = find_identity(call, identity_type, name)
    arn = identity.arn if identity else arn_in(call, identity_type.kind, name)
    authorize_on(call, arn, identity, context)
    if identity is None:
        raise no_such_identity(identity_type, name)
    return identity


def no_such_identity(identity_type: IdentityType[IamIdentity], name: str) -> AwsError:
    """NoSuchEntity for a user, group or role of that name."""
    return no_such_entity(f"The {identity_type.kind} with name {name} cannot be found.")


def authorize_on(
    call: Call,
    arn: str,
    entity: Entity | None = None,
    context: Mapping[str, Json] | None = None,
    action: str | None = None,
) -> None:
    """Authorize the call's action (or another one) on an IAM entity, with its tags as `aws:ResourceTag/…`.

    Raises AccessDenied.
    """
    tags = resource_tags(getattr(entity, "tags", ()), is_principal=isinstance(entity, User | Role))
    owner = account_of(arn)
    call.authorize(
        action or call.operation,
        arn,
        context={**tags, **(context or {})},
        resource_account=call.account if owner == AWS_OWNER else owner,  # any account may use AWS's
    )


def resource_tags(tags: tuple[Tag, ...], *, is_principal: bool) -> dict[str, Json]:
    """`aws:ResourceTag/k`, and for users and roles IAM's older spelling `iam:ResourceTag/k` too."""
    prefixes = ("aws", "iam") if is_principal else ("aws",)
    return {f"{prefix}:ResourceTag/{tag.key}": tag.value for prefix in prefixes for tag in tags}


def boundary_context(identity: IamIdentity) -> dict[str, Json]:
    """The key `iam:PermissionsBoundary` with the identity's present boundary."""
    boundary = None if isinstance(identity, Group) else identity.permissions_boundary
    return {"iam:PermissionsBoundary": boundary.permissions_boundary_arn} if boundary else {}


def refuse_protected(entity: Entity) -> None:
    """Service-linked roles and those of IAM Identity Center belong to their service.

    Raises UnmodifiableEntity.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    """
    if isinstance(entity, Role) and is_protected(entity):
        raise unmodifiable(entity.role_name)


def is_protected(role: Role) -> bool:
    """Whether only AWS changes the role."""
    return role.is_service_linked or role.path.startswith(ROLE_PATH)


def writable_identity(
    call: Call, identity_type: IdentityType[T], context: Mapping[str, Json] | None = None
) -> T:
    """The identity whose policies the call edits: authorized with its boundary as
    `iam:PermissionsBoundary`. Raises AccessDenied, NoSuchEntity, UnmodifiableEntity.
    """
    found = find_identity(call, identity_type, str(call.params[identity_type.name_param]))
    its_own = boundary_context(found) if found else {}
    identity = authorized_identity(call, identity_type, context={**its_own, **(context or {})})
    refuse_protected(identity)
    return identity


def with_changes(call: Call, identity: IamIdentity, **changes: object) -> Answer:
    """The answer of a call that changed these fields of a user, group or role."""
    changed = replace(identity, **changes)
    return Answer(configuration=with_entity(call.configuration, changed), subject=identity.arn)


def new_unique_id(call: Call, prefix: str) -> str:
    """The unique id of an entity that the call creates, different from that of an earlier entity with the
    same name.
    """
    return derive_unique_id(prefix, call.ids.request_id())


class HasNoun(Protocol):
    """A type of entity that operations are named after."""

    @property
    def noun(self) -> str: ...


K = TypeVar("K", bound=HasNoun)


def operations_for_each(
    types: Iterable[K], mechanisms: Mapping[str, Callable[[Call[Any], K], Answer[Any]]]
) -> dict[str, Perform]:
    """The operations of types that share an implementation, by name. `mechanisms`: implementations by name
    with a placeholder: `Put{}Policy` becomes PutUserPolicy for users.
    """

    def bound(mechanism: Callable[[Call[Any], K], Answer[Any]], each: K) -> Perform:
        return lambda call: mechanism(call, each)

    return {
        name.format(each.noun): bound(mechanism, each)
        for each in types
        for name, mechanism in mechanisms.items()
    }
