"""Which calls could end the access of leaked credentials? Each cut as the calls that make it.

Issued credentials cannot be recalled. Every request is authorized afresh, so a cut changes what a request is
authorized against, or makes authentication fail (a deleted role or user, an inactive key). Cuts that affect
only new sessions, or nothing, are listed too and tried like the others, because they are what people reach
for first: the trust policy, a shorter maximum duration, a session policy.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.entities import InlinePolicy, Role, User
from sts_tui.account.json_value import Json
from sts_tui.simulation.containment.credential_use import Use, network_of
from sts_tui.simulation.containment.holder import Holder, descendants
from sts_tui.simulation.containment.revocation import CannotRevokeError, revocation_call
from sts_tui.simulation.identities import Identity, IdentityKind, operator_identity
from sts_tui.simulation.operations.equivalent_cli import cli_line
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session, SessionKind

DENY_ALL_ARN: Final = "arn:aws:iam::aws:policy/AWSDenyAll"
SERVICES_OF_RCPS: Final = ("s3:*", "sts:*", "kms:*", "sqs:*", "secretsmanager:*")
"""https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"""
_POLICY_ID: Final = "${policy}"
"""Stands for the id that organizations:CreatePolicy answers."""
_SHORTEST_MAXIMUM: Final = 3600


class Step(Struct, frozen=True):
    """One call of a cut."""

    action: str
    params: Mapping[str, object]
    account: str
    """Whose API it is sent to."""

    @property
    def command(self) -> str:
        """The `aws` line that stands for it."""
        return cli_line(self.action, self.params)


class Cut(Struct, frozen=True, kw_only=True):
    """One way to cut access."""

    id: str
    title: str
    steps: tuple[Step, ...] = ()
    why_not: str = ""
    """Why it cannot even be tried; empty if it can."""
    instead: str = ""
    """What it really affects, for cuts that leave issued credentials alone."""


class CannotCutError(Exception):
    """The acting identity cannot carry a cut out; the message says why."""


def carry_out(
    cut: Cut, acting: Identity, call: Callable[[str, Mapping[str, object], Identity], object]
) -> None:
    """Make the calls of a cut, in order. `call(action, params, caller)` returns AWS's answer.

    Raises CannotCutError where the cut does not exist for this holder, or is made in another account; and
    what `call` raises. Calls before the one that fails have then been made.
    """
    if cut.why_not:
        raise CannotCutError(cut.why_not)
    policy = ""
    for step in cut.steps:
        params = {name: policy if value == _POLICY_ID else value for name, value in step.params.items()}
        policy = _policy_id(call(step.action, params, _caller(step, acting))) or policy


def _caller(step: Step, acting: Identity) -> Identity:
    if acting.kind is IdentityKind.OPERATOR:
        return operator_identity(step.account)
    if acting.account != step.account and not step.action.startswith("organizations:"):
        raise CannotCutError(
            f"{acting.label} is an identity of account {acting.account}; this cut is made in {step.account}"
        )
    return acting


def _policy_id(response: object) -> str:
    policy = response.get("Policy") if isinstance(response, dict) else None
    summary = policy.get("PolicySummary") if isinstance(policy, dict) else None
    found = summary.get("Id") if isinstance(summary, dict) else None
    return found if isinstance(found, str) else ""


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
        found += _role_cuts(role, len(roles) > 1)
    if len(loop) > 1:
        found.append(_revoke_all("revoke-loop", loop, world))
    found += _session_cuts(holder, world)
    found += _network_cut(holder, uses, world)
    if user := world.configuration.users.get(holder.user):
        found += _user_cuts(user, holder, world)
    found += _organization_cuts(holder, world)
    found += _resource_cuts(holder, uses, world)
    found += _without_effect(roles, holder, world)
    for role in roles:
        found.append(_deletion("role", role.role_name, role.arn, len(roles) > 1))
    return tuple(found)


def _targeted(name: str, target: str, several: bool) -> str:
    return f"{name}:{target}" if several else name


# --- roles ---


def _chained_roles(holder: Holder, world: World) -> tuple[Role, ...]:
    """Roles of the live sessions that were chained from the holder's credentials."""
    arns = dict.fromkeys(one.issuer_arn for one in descendants(holder.credentials, world))
    found = (world.configuration.roles.get(arn) for arn in arns if arn not in holder.issuers)
    return tuple(role for role in found if role is not None)


def _revoke(role: Role, several: bool, world: World) -> Cut:
    cut_id = _targeted("revoke-role", role.role_name, several)
    return _revoked(cut_id, role.arn, f"revoke {role.role_name}", world)


def _role_cuts(role: Role, several: bool) -> Iterator[Cut]:
    account = account_of(role.arn) or ""
    yield from _detached("Role", role.role_name, role, role.role_policy_list, account)
    yield _boundary("Role", role.role_name, account, _targeted("boundary", role.role_name, several))


def _detached(
    kind: str, name: str, holder: Role | User, inline: Iterable[InlinePolicy], account: str
) -> Iterator[Cut]:
    """A cut for each managed policy of a role or user, then one for each inline policy."""
    for attached in holder.attached_managed_policies:
        policy = attached.policy_arn.rpartition("/")[2]
        params = {f"{kind}Name": name, "PolicyArn": attached.policy_arn}
        step = Step(f"iam:Detach{kind}Policy", params, account)
        yield Cut(id=f"detach:{policy}", title=f"detach {policy} from {name}", steps=(step,))
    for one in inline:
        params = {f"{kind}Name": name, "PolicyName": one.policy_name}
        step = Step(f"iam:Delete{kind}Policy", params, account)
        yield Cut(id=f"detach:{one.policy_name}", title=f"delete {one.policy_name} of {name}", steps=(step,))


def _revoked(cut_id: str, arn: str, title: str, world: World) -> Cut:
    try:
        action, params = revocation_call(arn, world)
    except CannotRevokeError as refused:
        return Cut(id=cut_id, title=title, why_not=str(refused))
    return Cut(id=cut_id, title=title, steps=(Step(action, params, account_of(arn) or ""),))


def _revoke_all(cut_id: str, roles: tuple[str, ...], world: World) -> Cut:
    each = [_revoked(cut_id, arn, "", world) for arn in roles]
    names = " and ".join(arn.rpartition("/")[2] for arn in roles)
    return Cut(
        id=cut_id,
        title=f"revoke {names} together",
        steps=tuple(step for one in each for step in one.steps),
        why_not=next((one.why_not for one in each if one.why_not), ""),
    )


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
    if holder.source_identity:
        roles = [one for one in sessions if one.kind is SessionKind.ROLE]
        yield _denied(
            "deny-source-identity",
            f"deny source identity {holder.source_identity}",
            roles,
            world,
            {"StringEquals": {"aws:SourceIdentity": holder.source_identity}},
        )


def _network_cut(holder: Holder, uses: tuple[Use, ...], world: World) -> Iterator[Cut]:
    condition, words = _network_condition(uses)
    if condition:
        yield _denied("deny-network", words, holder.live(world), world, condition, holder.user)


def _network_condition(uses: tuple[Use, ...]) -> tuple[dict[str, Json], str]:
    """A condition that tells the requests of the model's own workloads from all others; empty where the log
    has no others, or networks do not distinguish them.
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
    document = _deny({"Action": "*", "Resource": "*", "Condition": dict(condition)})
    steps = []
    for arn in issuers:
        step = _put_inline(arn, name, document, world)
        if step is None:
            return Cut(id=cut_id, title=title, why_not=f"{arn} has no policies of its own")
        steps.append(step)
    return Cut(id=cut_id, title=title, steps=tuple(steps))


def _put_inline(arn: str, name: str, document: Mapping[str, Json], world: World) -> Step | None:
    account, body = account_of(arn) or "", {"PolicyName": name, "PolicyDocument": document}
    if role := world.configuration.roles.get(arn):
        return Step("iam:PutRolePolicy", {"RoleName": role.role_name, **body}, account)
    if user := world.configuration.users.get(arn):
        return Step("iam:PutUserPolicy", {"UserName": user.user_name, **body}, account)
    return None


def _deny(statement: Mapping[str, Json]) -> dict[str, Json]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", **statement}]}


# --- users and their keys ---


def _user_cuts(user: User, holder: Holder, world: World) -> Iterator[Cut]:
    account = account_of(user.arn) or ""
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
    yield from _detached("User", user.user_name, user, user.user_policy_list, account)
    yield _boundary("User", user.user_name, account, "boundary")
    yield _deletion("user", user.user_name, user.arn, False)


# --- the organization ---


def _organization_cuts(holder: Holder, world: World) -> Iterator[Cut]:
    if world.configuration.organization is None:
        return
    condition: dict[str, Json] = {"ArnEquals": {"aws:PrincipalArn": list(_principal_arns(holder, world))}}
    accounts = list(dict.fromkeys(account_of(arn) or "" for arn in holder.issuers))
    for kind, actions, target in (
        ("SERVICE_CONTROL_POLICY", ["*"], {"Resource": "*"}),
        ("RESOURCE_CONTROL_POLICY", list(SERVICES_OF_RCPS), {"Resource": "*", "Principal": "*"}),
    ):
        name = "scp" if kind.startswith("SERVICE") else "rcp"
        document = _deny({"Action": actions, **target, "Condition": condition})
        for account in accounts:
            yield _organization_cut(name, kind, account, document, world)


def _principal_arns(holder: Holder, world: World) -> Iterator[str]:
    """`aws:PrincipalArn` of the holder's requests: of a role session the role, of a GetSessionToken session
    the user, of a GetFederationToken session the federated user, not the user who called GetFederationToken.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    federated = [one for one in holder.live(world) if one.kind is SessionKind.FEDERATED_USER]
    others = len(federated) < len(holder.credentials) or not federated
    yield from dict.fromkeys([*(holder.issuers if others else ()), *(one.arn for one in federated)])


def _organization_cut(name: str, kind: str, account: str, document: Mapping[str, Json], world: World) -> Cut:
    management = (
        world.configuration.organization.management_account_id if world.configuration.organization else ""
    )
    policy = f"Incident{name.upper()}"
    content = json.dumps(document, separators=(",", ":"))
    create = {"Name": policy, "Description": "Incident", "Type": kind, "Content": content}
    facts = world.configuration.accounts.get(account)
    where = (facts.name if facts else "") or account
    return Cut(
        id=f"{name}:{account}",
        title=f"{name.upper()} on account {where}",
        steps=(
            Step("organizations:CreatePolicy", create, management),
            Step("organizations:AttachPolicy", {"PolicyId": _POLICY_ID, "TargetId": account}, management),
        ),
    )


# --- resources ---


def _resource_cuts(holder: Holder, uses: tuple[Use, ...], world: World) -> Iterator[Cut]:
    """A Deny in the policy of each bucket that the credentials were used on."""
    thieves = [use for use in uses if not use.is_rightful] or list(uses)
    buckets = dict.fromkeys(
        request.resource.split(":::", 1)[1].split("/", 1)[0]
        for use in thieves
        for request in use.requests
        if request.resource.startswith("arn:aws:s3:::")
    )
    for bucket in buckets:
        entry = world.configuration.resources.get(f"arn:aws:s3:::{bucket}")
        if entry is None:
            continue
        written = dict(entry.policy.document) if entry.policy is not None else {"Version": "2012-10-17"}
        statements: object = written.get("Statement", [])
        listed = statements if isinstance(statements, list) else [statements]
        deny = {
            "Sid": "Incident",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            "Condition": {"ArnEquals": {"aws:PrincipalArn": list(_principal_arns(holder, world))}},
        }
        kept = [one for one in listed if not (isinstance(one, Mapping) and one.get("Sid") == "Incident")]
        document = json.dumps({**written, "Statement": [*kept, deny]}, separators=(",", ":"))
        yield Cut(
            id=_targeted("resource-policy", bucket, len(buckets) > 1),
            title=f"bucket policy of {bucket}",
            steps=(Step("s3:PutBucketPolicy", {"Bucket": bucket, "Policy": document}, entry.account),),
        )


# --- what leaves issued credentials alone ---


def _without_effect(roles: tuple[Role, ...], holder: Holder, world: World) -> Iterator[Cut]:
    several = len(roles) > 1
    for role in roles:
        account = account_of(role.arn) or ""
        document = _deny({"Principal": {"AWS": "*"}, "Action": "sts:*"})
        params = {"RoleName": role.role_name, "PolicyDocument": document}
        yield Cut(
            id=_targeted("trust-policy", role.role_name, several),
            title=f"edit the trust policy of {role.role_name}",
            steps=(Step("iam:UpdateAssumeRolePolicy", params, account),),
            instead="a trust policy is asked only when a session is issued: new sessions are denied",
        )
        shorter = {"RoleName": role.role_name, "MaxSessionDuration": _SHORTEST_MAXIMUM}
        yield Cut(
            id=_targeted("shorten-maximum", role.role_name, several),
            title=f"one hour as the maximum for {role.role_name}",
            steps=(Step("iam:UpdateRole", shorter, account),),
            instead="the maximum duration counts when a session is issued: later sessions are shorter",
        )
    if holder.live(world):
        yield Cut(
            id="session-policy",
            title="change its session policy",
            why_not="a session policy is fixed when the session is issued; no call changes it",
        )


def _deletion(kind: str, name: str, arn: str, several: bool) -> Cut:
    return Cut(
        id=_targeted(f"delete-{kind}", name, several),
        title=f"delete {name}",
        steps=(Step(f"iam:Delete{kind.title()}", {f"{kind.title()}Name": name}, account_of(arn) or ""),),
    )
