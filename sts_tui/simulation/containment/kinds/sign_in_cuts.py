"""Which cuts concern a sign-in and the person who signed in?

A sign-in issues new credentials as long as it lasts, so ending access needs two steps: end the sign-in, and
deny the credentials that it issued. For IAM Identity Center only the person can be denied, because IAM
refuses to edit its roles.
https://docs.aws.amazon.com/signin/latest/APIReference/API_BatchRevokeSessions.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.identity_center import (
    AccountAssignment,
    CenterUser,
    IdentityCenterInstance,
    PermissionSet,
)
from sts_tui.account.json_value import Json
from sts_tui.account.permission_set_roles import set_name
from sts_tui.account.sign_in import SignIn
from sts_tui.simulation.containment.cut import Cut, Step, targeted
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.containment.kinds.joined_denies import SID, joined_text, organization_steps
from sts_tui.simulation.operations.identity_center.portal import USER_KEY
from sts_tui.simulation.world import World

_SID: Final = f"{SID}Person"


def sign_ins_of(holder: Holder, world: World) -> tuple[SignIn, ...]:
    """The sign-ins that issued the holder's live sessions and have not ended, oldest first."""
    names = dict.fromkeys(one.sign_in for one in holder.live(world) if one.sign_in)
    found = (world.configuration.sign_ins.get(name) for name in names)
    return tuple(one for one in found if one is not None and one.is_active(world.now))


def sign_in_cuts(holder: Holder, world: World, *, has_others: bool) -> Iterator[Cut]:
    """Cuts that end the sign-ins, and all cuts for a person of Identity Center. `has_others`: other cuts of
    the holder end a sign-in too, so that the titles name the sign-in.
    """
    sign_ins = sign_ins_of(holder, world)
    for one in sign_ins:
        several = has_others or len(sign_ins) > 1
        kind = "portal session" if one.kind == "portal" else "sign-in session"
        yield Cut(
            id=targeted("end-sign-in", one.arn.rpartition("/")[2][:8], several),
            title=f"end the {kind} of {one.label}",
            steps=(_end_of(one, world.configuration),),
        )
    instance = next(iter(world.configuration.identity_center_instances.values()), None)
    people = dict.fromkeys(
        str(one.context[USER_KEY]) for one in holder.live(world) if USER_KEY in one.context
    )
    if instance is not None and len(people) == 1:
        user = world.configuration.directory_users.get(next(iter(people)))
        if user is not None:
            yield from _of_person(user, instance, holder, world)


def _end_of(one: SignIn, configuration: Configuration) -> Step:
    if one.kind == "portal":
        instance = next(iter(configuration.identity_center_instances.values()), None)
        owner = configuration.owner_of_instance(instance) if instance is not None else ""
        return Step("sso:Logout", {"accessToken": one.token}, owner)
    account = one.arn.split(":")[4]
    params = {"principalArn": f"arn:aws:iam::{account}:*", "sessionArns": [one.arn], "reason": "Incident"}
    return Step("signin:BatchRevokeSessions", params, account)


def _of_person(
    user: CenterUser, instance: IdentityCenterInstance, holder: Holder, world: World
) -> Iterator[Cut]:
    configuration = world.configuration
    owner = configuration.owner_of_instance(instance)
    name = user.user_name
    condition: dict[str, Json] = {"StringEquals": {USER_KEY: user.user_id}}
    if configuration.organization is not None:
        accounts = dict.fromkeys(one.account for one in holder.live(world))
        for account in accounts:
            yield _person_scp(name, account, condition, len(accounts) > 1, configuration)
    sets = {
        set_.permission_set_arn: set_
        for set_ in configuration.permission_sets.values()
        for role in holder.roles(world)
        if set_name(role) == set_.name
    }
    for set_ in sets.values():
        yield _in_permission_set(set_, instance, owner, condition, len(sets) > 1)
    for arn in sets:
        yield from _assignments(user, sets[arn], instance, owner, configuration, len(sets) > 1)
    yield Cut(
        id="delete-person",
        title=f"delete {name} in Identity Center",
        steps=(
            Step(
                "identitystore:DeleteUser",
                {"IdentityStoreId": instance.identity_store_id, "UserId": user.user_id},
                owner,
            ),
        ),
    )


def _person_scp(
    name: str, account: str, condition: Mapping[str, Json], several: bool, configuration: Configuration
) -> Cut:
    statement: dict[str, Json] = {"Action": "*", "Resource": "*", "Condition": dict(condition)}
    facts = configuration.accounts.get(account)
    where = (facts.name if facts else "") or account
    return Cut(
        id=targeted("deny-person", account, several),
        title=f"SCP that denies {name} in {where}",
        steps=tuple(
            organization_steps("IncidentPerson", "SERVICE_CONTROL_POLICY", statement, account, configuration)
        ),
    )


def _in_permission_set(
    set_: PermissionSet,
    instance: IdentityCenterInstance,
    owner: str,
    condition: Mapping[str, Json],
    several: bool,
) -> Cut:
    """Add the Deny to the permission set's inline policy and provision the set."""
    written = set_.inline_policy.document if set_.inline_policy is not None else None
    denied: dict[str, Json] = {
        "Sid": _SID, "Action": "*", "Resource": "*", "Condition": dict(condition)
    }  # fmt: skip
    named = {"InstanceArn": instance.instance_arn, "PermissionSetArn": set_.permission_set_arn}
    put = {**named, "InlinePolicy": joined_text(written, denied)}
    return Cut(
        id=targeted("permission-set", set_.name, several),
        title=f"deny the person in permission set {set_.name}",
        steps=(
            Step("sso:PutInlinePolicyToPermissionSet", put, owner),
            Step("sso:ProvisionPermissionSet", {**named, "TargetType": "ALL_PROVISIONED_ACCOUNTS"}, owner),
        ),
    )


def _assignments(
    user: CenterUser,
    set_: PermissionSet,
    instance: IdentityCenterInstance,
    owner: str,
    configuration: Configuration,
    several: bool,
) -> Iterator[Cut]:
    """Delete the user's assignments of the set, and remove the user from the groups that have it."""
    groups = {
        one.group_id: one
        for one in configuration.group_memberships.values()
        if one.member_id.user_id == user.user_id
    }
    steps = []
    for one in configuration.account_assignments.values():
        if one.permission_set_arn != set_.permission_set_arn:
            continue
        if one.principal_type == "USER" and one.principal_id == user.user_id:
            steps.append(Step("sso:DeleteAccountAssignment", _assignment(one, instance), owner))
        elif one.principal_type == "GROUP" and (membership := groups.pop(one.principal_id, None)):
            params = {
                "IdentityStoreId": instance.identity_store_id,
                "MembershipId": membership.membership_id,
            }
            steps.append(Step("identitystore:DeleteGroupMembership", params, owner))
    if steps:
        yield Cut(
            id=targeted("remove-assignment", set_.name, several),
            title=f"take {set_.name} from {user.user_name}",
            steps=tuple(steps),
        )


def _assignment(one: AccountAssignment, instance: IdentityCenterInstance) -> dict[str, str]:
    return {
        "InstanceArn": instance.instance_arn,
        "TargetId": one.account_id,
        "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": one.permission_set_arn,
        "PrincipalType": one.principal_type,
        "PrincipalId": one.principal_id,
    }
