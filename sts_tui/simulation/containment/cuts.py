"""Which cuts could end the access of leaked credentials, and with which calls is each made?

Issued credentials cannot be recalled. Every request is authorized when it is made, so a cut either changes
the policies that apply or makes authentication fail (a deleted role or user, an inactive key). Cuts that
affect only new sessions, or nothing, are listed and tried too, because many responders try them first: the
trust policy, a shorter maximum duration, a session policy.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import InlinePolicy, Role, User
from sts_tui.account.json_value import Json
from sts_tui.account.role_durations import LOWEST_MAXIMUM
from sts_tui.simulation.containment.credential_use import Use, network_of
from sts_tui.simulation.containment.cut import Cut, Step, deny, targeted
from sts_tui.simulation.containment.holder import Holder, descendants
from sts_tui.simulation.containment.kinds.guardrail_cuts import organization_cuts, resource_cuts
from sts_tui.simulation.containment.kinds.joined_denies import joined
from sts_tui.simulation.containment.kinds.policy_cuts import detached, edited
from sts_tui.simulation.containment.kinds.provider_cuts import provider_cuts, subjects
from sts_tui.simulation.containment.kinds.sign_in_cuts import sign_in_cuts, sign_ins_of
from sts_tui.simulation.containment.kinds.workload_cuts import pod_denials, workload_cuts
from sts_tui.simulation.containment.revocation import CannotRevokeError, revocation_call
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session, SessionKind

DENY_ALL_ARN: Final = "arn:aws:iam::aws:policy/AWSDenyAll"
QUARANTINE_ARN: Final = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
_WITHOUT_NAMES: Final = {
    "revoke {}": "revoke",
    "delete {}": "delete it",
    "remove {} from": "leave",
    "permissions boundary AWSDenyAll on {}": "deny-all boundary",
    "one hour as the maximum for {}": "one hour maximum",
    "edit the trust policy of {}": "edit trust policy",
}
"""Beginnings of titles, and their short forms if only one role or user is possible."""
_SHORT: Final = {
    "deny-userid": "deny this session",
    "session-policy": "session policy",
    "quarantine": "AWS's quarantine",
}
"""Short titles by the part of the cut's id before the colon."""
_NAMED_TOGETHER: Final = 3
"""How many roles a cut's title names; the calls name all of them."""


_FROM_NARROW_TO_WIDE: Final = (
    ("key-inactive", "key-delete", "delete-password", "deny-userid", "deny-sign-in", "end-sign-in"),
    ("deny-subject", "deny-source-identity", "deny-person", "deny-service-account", "permission-set",
     "remove-assignment", "delete-person"),
    ("deny-network",),
    ("revoke-role", "revoke-loop", "deny-user-dated"),
    ("resource-policy",),
    ("detach", "edit", "deny-all", "quarantine", "boundary"),
    ("scp", "rcp"),
)  # fmt: skip
"""Kinds of cuts from narrow to wide: a cut affects one credential, one person, a network, the sessions issued
so far, users of a resource, all present and future users of the role or user, or an account. Any other cut is
wider.
"""


def breadth(cut: Cut) -> int:
    """How widely a cut affects others, as a rank: smaller is narrower."""
    kind = cut.id.partition(":")[0]
    ranks = (rank for rank, kinds in enumerate(_FROM_NARROW_TO_WIDE) if kind in kinds)
    return next(ranks, len(_FROM_NARROW_TO_WIDE))


def cuts_for(holder: Holder, uses: tuple[Use, ...], loop: tuple[str, ...], world: World) -> tuple[Cut, ...]:
    """Every cut that applies to this kind of holder. `loop`: ARNs of the roles that form a loop with it."""
    found: list[Cut] = []
    roles = holder.roles(world)
    chained = _chained_roles(holder, world)
    several = len(roles) + len(chained) > 1
    for role in roles:
        found.append(_revoke(role, several, world))
    for role in chained:
        found.append(_revoke(role, several, world))
    for role in roles:
        found += _role_cuts(role, uses, len(roles) > 1, world)
    if len(loop) > 1:
        found.append(_revoke_all("revoke-loop", loop, world))
    providers = tuple(provider_cuts(holder, world))
    found += _sign_in_denials(holder, world)
    found += _session_cuts(holder, world)
    for cut_id, title, denied, condition in pod_denials(holder, world):
        found.append(_denied(cut_id, title, denied, world, condition))
    found += workload_cuts(holder, world)
    found += sign_in_cuts(holder, world, has_others=bool(providers))
    found += _network_cut(holder, uses, world)
    if user := world.configuration.users.get(holder.user):
        found += _user_cuts(user, holder, uses, world)
    found += organization_cuts(holder, world)
    found += resource_cuts(holder, uses, world)
    found += _without_effect(roles, holder, world)
    found += providers
    for role in roles:
        kind = "service-linked role" if role.is_service_linked else "role"
        found.append(_deletion(kind, role.role_name, role.arn, len(roles) > 1))
    if several or (roles and holder.user):
        return tuple(found)
    name = (holder.issuers[0] if holder.issuers else "").rpartition("/")[2]
    return tuple(replace(cut, short=_short(cut, name)) for cut in found)


def _short(cut: Cut, name: str) -> str:
    """The title without the name of the only role or user."""
    if short := _SHORT.get(cut.id.partition(":")[0]):
        return short
    for text, instead in _WITHOUT_NAMES.items():
        if cut.title.startswith(text.format(name)):
            return instead + cut.title.removeprefix(text.format(name))
    for preposition in (" of", " to", " on", " from", " for"):
        if cut.title.endswith(f"{preposition} {name}"):
            return cut.title.removesuffix(f"{preposition} {name}")
    return cut.title.replace(f" of {name}: deny what was used", "")


# --- roles ---


def _chained_roles(holder: Holder, world: World) -> tuple[Role, ...]:
    """Roles of the live sessions that were chained from the holder's credentials."""
    arns = dict.fromkeys(one.issuer_arn for one in descendants(holder.credentials, world))
    found = (world.configuration.roles.get(arn) for arn in arns if arn not in holder.issuers)
    return tuple(role for role in found if role is not None)


def _revoke(role: Role, several: bool, world: World) -> Cut:
    cut_id = targeted("revoke-role", role.role_name, several)
    return _revoked(cut_id, role.arn, f"revoke {role.role_name}", world)


def _role_cuts(role: Role, uses: tuple[Use, ...], several: bool, world: World) -> Iterator[Cut]:
    account, name = account_of(role.arn) or "", role.role_name
    place = f"{name}/" if several else ""
    yield from detached("Role", name, role, role.role_policy_list, account, place)
    yield from edited("Role", name, role, role.role_policy_list, uses, place, world)
    yield _attached("Role", name, DENY_ALL_ARN, account, targeted("deny-all", name, several))
    yield _boundary("Role", name, account, targeted("boundary", name, several))


def _revoked(cut_id: str, arn: str, title: str, world: World) -> Cut:
    try:
        action, params = revocation_call(arn, world)
    except CannotRevokeError as refused:
        return Cut(id=cut_id, title=title, why_not=str(refused))
    return Cut(id=cut_id, title=title, steps=(Step(action, params, account_of(arn) or ""),))


def _revoke_all(cut_id: str, roles: tuple[str, ...], world: World) -> Cut:
    each = [_revoked(cut_id, arn, "", world) for arn in roles]
    names = " and ".join(arn.rpartition("/")[2] for arn in roles)
    what = names if len(roles) <= _NAMED_TOGETHER else f"all {len(roles)} roles of the loop"
    return Cut(
        id=cut_id,
        title=f"revoke {what} together",
        steps=tuple(step for one in each for step in one.steps),
        why_not=next((one.why_not for one in each if one.why_not), ""),
    )


def _attached(kind: str, name: str, arn: str, account: str, cut_id: str) -> Cut:
    """Attach an AWS managed policy."""
    policy = arn.rpartition("/")[2]
    step = Step(f"iam:Attach{kind}Policy", {f"{kind}Name": name, "PolicyArn": arn}, account)
    return Cut(id=cut_id, title=f"attach {policy} to {name}", steps=(step,))


def _boundary(kind: str, name: str, account: str, cut_id: str) -> Cut:
    params = {f"{kind}Name": name, "PermissionsBoundary": DENY_ALL_ARN}
    return Cut(
        id=cut_id,
        title=f"permissions boundary AWSDenyAll on {name}",
        steps=(Step(f"iam:Put{kind}PermissionsBoundary", params, account),),
    )


# --- one session, one person, one network ---


def _session_cuts(holder: Holder, world: World) -> Iterator[Cut]:
    sessions = holder.live(world)
    if sessions and len({one.user_id for one in sessions}) == 1:
        yield _denied("deny-userid", f"deny this session ({sessions[0].name})", sessions[:1], world, {
            "StringEquals": {"aws:userid": sessions[0].user_id}
        })  # fmt: skip
    people = list(subjects(sessions))
    for who, condition in people:
        theirs = [one for one in sessions if one.parent_label == who]
        yield _denied(
            targeted("deny-subject", who.rpartition("/")[2], len(people) > 1),
            f"deny this person or visitor ({who.rpartition('/')[2]})",
            theirs,
            world,
            {"StringEquals": condition},
        )
    if holder.source_identity:
        roles = [one for one in sessions if one.kind is SessionKind.ROLE]
        yield _denied(
            "deny-source-identity",
            f"deny source identity {holder.source_identity}",
            roles,
            world,
            {"StringEquals": {"aws:SourceIdentity": holder.source_identity}},
        )


def _sign_in_denials(holder: Holder, world: World) -> Iterator[Cut]:
    """Denies of what one `aws login` has issued and will issue."""
    logins = [one for one in sign_ins_of(holder, world) if one.kind != "portal"]
    for one in logins:
        sessions = [session for session in holder.live(world) if session.sign_in == one.arn]
        yield _denied(
            targeted("deny-sign-in", one.arn.rpartition("/")[2][:8], len(logins) > 1),
            f"deny the credentials of this login ({one.label})",
            sessions,
            world,
            {"ArnEquals": {"aws:SignInSessionArn": one.arn}},
        )


def _network_cut(holder: Holder, uses: tuple[Use, ...], world: World) -> Iterator[Cut]:
    """A Deny on a source address, which works only while the thief uses that address. It is useful if a
    workload uses the credentials too, which every other cut would break.
    """
    condition, words = _network_condition(uses)
    if condition:
        cut = _denied("deny-network", words, holder.live(world), world, condition, holder.user)
        is_alone = not any(use.is_rightful for use in uses)
        leaves = "make them from another address" if "IpAddress" in condition and is_alone else ""
        yield replace(cut, leaves=leaves)


def _network_condition(uses: tuple[Use, ...]) -> tuple[dict[str, Json], str]:
    """(condition, its words) that distinguishes the requests of the model's workloads from all others; empty
    if the log has no others or their networks do not differ.
    """
    own = [request for use in uses if use.is_rightful for request in use.requests]
    stolen = [request for use in uses if not use.is_rightful for request in use.requests]
    if not stolen:
        return {}, ""
    for key, operator in (("aws:SourceVpc", "StringNotEquals"), ("aws:SourceIp", "NotIpAddress")):
        values = list(network_of(own, key))
        if values and all(network_of([request], key) for request in own):
            aside = {"BoolIfExists": {"aws:ViaAWSService": "false"}}
            return {operator: {key: values}, **aside}, f"deny unless from {', '.join(values)}"
    addresses = list(network_of(stolen, "aws:SourceIp"))
    if addresses and all(network_of([request], "aws:SourceIp") for request in stolen):
        return {"IpAddress": {"aws:SourceIp": addresses}}, f"deny from {', '.join(addresses)}"
    return {}, ""


def _denied(
    cut_id: str, title: str, sessions: list[Session] | tuple[Session, ...], world: World,
    condition: Mapping[str, Json], user: str = "",
) -> Cut:  # fmt: skip
    """A conditional Deny in an inline policy of every role and user whose permissions these sessions have."""
    issuers = dict.fromkeys([*(one.issuer_arn for one in sessions), *([user] if user else [])])
    name = "Incident" + "".join(part.capitalize() for part in cut_id.split("-"))
    statement: dict[str, Json] = {"Action": "*", "Resource": "*", "Condition": dict(condition)}
    steps = []
    for arn in issuers:
        step = _put_inline(arn, name, statement, world)
        if step is None:
            return Cut(id=cut_id, title=title, why_not=f"{arn} has no policies of its own")
        steps.append(step)
    return Cut(id=cut_id, title=title, steps=tuple(steps))


def _put_inline(arn: str, name: str, statement: Mapping[str, Json], world: World) -> Step | None:
    """The call that writes the Deny into the policy of this name, next to those of earlier incidents."""
    account = account_of(arn) or ""
    if role := world.configuration.roles.get(arn):
        body = _inline_with(name, role.role_policy_list, statement)
        return Step("iam:PutRolePolicy", {"RoleName": role.role_name, **body}, account)
    if user := world.configuration.users.get(arn):
        body = _inline_with(name, user.user_policy_list, statement)
        return Step("iam:PutUserPolicy", {"UserName": user.user_name, **body}, account)
    return None


def _inline_with(
    name: str, inline: Iterable[InlinePolicy], statement: Mapping[str, Json]
) -> dict[str, object]:
    written = next((one.policy_document.document for one in inline if one.policy_name == name), None)
    return {"PolicyName": name, "PolicyDocument": joined(written, statement)}


# --- users and their keys ---


def _user_cuts(user: User, holder: Holder, uses: tuple[Use, ...], world: World) -> Iterator[Cut]:
    account, name = account_of(user.arn) or "", user.user_name
    yield _revoked("deny-user-dated", user.arn, f"dated Deny on {user.user_name}", world)
    if holder.keys:
        named = [{"UserName": user.user_name, "AccessKeyId": key} for key in holder.keys]
        plural = "keys" if len(named) > 1 else "key"
        yield Cut(
            id="key-inactive",
            title=f"deactivate the {plural} of {user.user_name}",
            steps=tuple(Step("iam:UpdateAccessKey", {**one, "Status": "Inactive"}, account) for one in named),
        )
        yield Cut(
            id="key-delete",
            title=f"delete the {plural} of {user.user_name}",
            steps=tuple(Step("iam:DeleteAccessKey", one, account) for one in named),
        )
    if user.login_profile is not None:
        step = Step("iam:DeleteLoginProfile", {"UserName": name}, account)
        yield Cut(id="delete-password", title=f"delete the console password of {name}", steps=(step,))
    yield from detached("User", name, user, user.user_policy_list, account, "")
    for group in user.group_list:
        step = Step("iam:RemoveUserFromGroup", {"UserName": name, "GroupName": group}, account)
        yield Cut(id=f"detach:{group}", title=f"remove {name} from {group}", steps=(step,))
    yield from edited("User", name, user, user.user_policy_list, uses, "", world)
    yield _attached("User", name, DENY_ALL_ARN, account, "deny-all")
    yield _attached("User", name, QUARANTINE_ARN, account, "quarantine")
    yield _boundary("User", name, account, "boundary")
    yield _deletion("user", user.user_name, user.arn, False)


# --- what leaves issued credentials alone ---


def _without_effect(roles: tuple[Role, ...], holder: Holder, world: World) -> Iterator[Cut]:
    several = len(roles) > 1
    for role in roles:
        account = account_of(role.arn) or ""
        document = deny({"Principal": {"AWS": "*"}, "Action": "sts:*"})
        params = {"RoleName": role.role_name, "PolicyDocument": document}
        yield Cut(
            id=targeted("trust-policy", role.role_name, several),
            title=f"edit the trust policy of {role.role_name}",
            steps=(Step("iam:UpdateAssumeRolePolicy", params, account),),
            instead="a trust policy is evaluated only when a session is issued: new sessions are denied",
        )
        shorter = {"RoleName": role.role_name, "MaxSessionDuration": LOWEST_MAXIMUM}
        yield Cut(
            id=targeted("shorten-maximum", role.role_name, several),
            title=f"one hour as the maximum for {role.role_name}",
            steps=(Step("iam:UpdateRole", shorter, account),),
            instead="the maximum duration applies when a session is issued: later sessions are shorter",
        )
    if holder.live(world):
        yield Cut(
            id="session-policy",
            title="change its session policy",
            why_not="a session policy is fixed when the session is issued; no call changes it",
        )


def _deletion(kind: str, name: str, arn: str, several: bool) -> Cut:
    """Delete a role or user. A service-linked role is deleted by its service, which refuses while it uses the
    role.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html
    """
    operation = "".join(part.capitalize() for part in kind.replace("-", " ").split())
    entity = operation.removeprefix("ServiceLinked")
    return Cut(
        id=targeted(f"delete-{entity.lower()}", name, several),
        title=f"delete {name}",
        steps=(Step(f"iam:Delete{operation}", {f"{entity}Name": name}, account_of(arn) or ""),),
    )
