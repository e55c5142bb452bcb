"""Which outputs of the AWS CLI are overlays, and where do their values belong in an account file?

One user, role, group, policy, instance profile or provider, or a list of them, as the `get-` and `list-`
commands of IAM print them, and a policy of the organization. `cli_output_models` says how each is recognized.
https://docs.aws.amazon.com/cli/latest/reference/iam/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeGuard, TypeVar

from pydantic import ValidationError

from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.foreign.cli_output_models import (
    CENTER_LISTS,
    INLINE,
    LIST_KEYS,
    LISTS,
    OWNED_BY_USERS,
    SINGLE,
    VIRTUAL_DEVICES,
    WORKLOAD_IDENTITIES,
    Entity,
    Group,
    InstanceProfile,
    OrganizationPolicy,
    Output,
    OwnedDevice,
    Password,
    PermissionSet,
    Pool,
    PoolRoles,
    PoolTags,
)
from sts_tui.account.foreign.spans import members, moved
from sts_tui.account.lazy_pattern import lazy_pattern

_Output = TypeVar("_Output", bound="Output")


_ORGANIZATION_POLICIES: Final = {
    "SERVICE_CONTROL_POLICY": "UnattachedServiceControlPolicies",
    "RESOURCE_CONTROL_POLICY": "UnattachedResourceControlPolicies",
}
_OWNER: Final = lazy_pattern(rf"arn:[^:]*:organizations::({ACCOUNT_DIGITS}):policy/([^/]+)/")
_DETAIL_LISTS: Final = frozenset({"RoleDetailList", "UserDetailList", "GroupDetailList", "Policies"})
_OF_SDKS: Final = frozenset(("IsTruncated", "ResponseMetadata"))
"""Members that an SDK's response has and the CLI does not print."""


def overlays_of_object(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    """The output of one command (`value`: its JSON) as account files; None if it is not recognized."""
    for read in (
        _identity_center,
        _workload_identities,
        _identity_pools,
        _lists,
        _single,
        _owned_by_users,
        _password,
        _virtual_devices,
        _inline,
    ):
        if (found := read(source, value)) is not None:
            return found
    if policy := _read(value.get("Policy"), OrganizationPolicy):
        return _organization_policy(source, policy)
    return [] if _is_empty_list(value) else None


def _is_empty_list(value: Mapping[str, object]) -> bool:
    """Whether a value is an empty list of entities: most accounts have no CRL and no SAML provider."""
    listed = {key: one for key, one in value.items() if key not in _OF_SDKS}
    is_whole = value.get("IsTruncated") in (None, False)
    return (
        is_whole and len(listed) == 1 and all(key in LIST_KEYS and one == [] for key, one in listed.items())
    )


def _identity_center(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    """Lists of IAM Identity Center, and one permission set as `describe-permission-set` prints it."""
    for key, model in CENTER_LISTS:
        if _all(value.get(key), model):
            before, after = f'{{"IdentityCenter":{{{json.dumps(key)}:', "}}"
            to = ("IdentityCenter", key)
            return [moved(source, members(source.text)[key], before, after, to=to, at=(key,))]
    if _is(value.get("PermissionSet"), PermissionSet):
        span = members(source.text)["PermissionSet"]
        to_one = ("IdentityCenter", "PermissionSets", 0)
        before, after = '{"IdentityCenter":{"PermissionSets":[', "]}}"
        return [moved(source, span, before, after, to=to_one, at=("PermissionSet",))]
    return None


def _workload_identities(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    """Lists and single entities of Roles Anywhere and of EKS Pod Identity."""
    for many, one, model, listed, arn_key in WORKLOAD_IDENTITIES:
        for key in (many, one):
            found = value.get(key)
            is_list = _all(found, model)
            if not is_list and not _is(found, model):
                continue
            first = found[0] if isinstance(found, list) else found
            account = _account_of({"Arn": first.get(arn_key)} if isinstance(first, Mapping) else None)
            before, after, to = _around(listed, account)
            if not is_list:
                before, after, to = f"{before}[", f"]{after}", (*to, 0)
            return [moved(source, members(source.text)[key], before, after, to=to, at=(key,))]
    return None


def _identity_pools(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    """The outputs of `describe-identity-pool`, `get-identity-pool-roles` and
    `get-principal-tag-attribute-map`, which all belong to the identity pool with their id.
    https://docs.aws.amazon.com/cli/latest/reference/cognito-identity/
    """
    place: Steps = ("IdentityProviders", 0, "IdentityPool")
    tags = _read(value, PoolTags)
    if tags is None and not _is(value, Pool) and not _is(value, PoolRoles):
        return None
    name = json.dumps(value["IdentityPoolId"])
    before, after = f'{{"IdentityProviders":[{{"Name":{name},"Type":"Cognito","IdentityPool":', "}]}"
    if tags is None:
        return [moved(source, _whole(source.text), before, after, to=place, at=())]
    tag_map: dict[str, object] = {"UseDefaults": tags.UseDefaults}
    tag_map |= {"PrincipalTags": tags.PrincipalTags} if tags.PrincipalTags else {}
    text = f'{{"IdentityPoolId":{name},"PrincipalTags":{json.dumps({tags.IdentityProviderName: tag_map})}}}'
    return [Source(source.name, f"{before}{text}{after}", (place, ()))]


def _lists(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    group, users = value.get("Group"), value.get("Users")
    if _is(group, Group) and isinstance(users, list):
        return list(_members_of_group(source, group, users))
    for key, model, listed in LISTS:
        found = value.get(key)
        if _all(found, model):
            return [_entities(source, (key,), listed, members(source.text)[key], found)]
    return None


def _single(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    for key, model, listed in SINGLE:
        found = value.get(key)
        if _is(found, model):
            return [_entity(source, (key,), listed, members(source.text)[key], found)]
        if _is(value, model) and model is not InstanceProfile:
            return [_entity(source, (), listed, _whole(source.text), value)]
    return None


def overlays_of_list(source: Source, value: Sequence[object]) -> list[Source] | None:
    """A list of entities, as `--query RoleDetailList` prints it; None if it contains anything else."""
    for _, model, listed in LISTS:
        if model is not Entity and value and _all(value, model):
            return [_entities(source, (), listed, _whole(source.text), value)]
    return None


def _entity(
    source: Source, at: Steps, listed: str, span: tuple[int, int], value: Mapping[str, object]
) -> Source:
    before, after, to = _around(listed, _account_of(value))
    return moved(source, span, f"{before}[", f"]{after}", to=(*to, 0), at=at)


def _entities(
    source: Source, at: Steps, listed: str, span: tuple[int, int], value: Sequence[object]
) -> Source:
    account = next((_account_of(one) for one in value), "")
    before, after, to = _around(listed, account)
    return moved(source, span, before, after, to=to, at=at)


def _around(listed: str, account: str) -> tuple[str, str, Steps]:
    """The text before and after a list, and its path: a raw dump has four of the lists, an account the
    others.
    """
    if listed in _DETAIL_LISTS:
        return f"{{{json.dumps(listed)}:", "}", (listed,)
    head = f'{{"Accounts":[{{"AccountId":{json.dumps(account)},"RawDump":true,{json.dumps(listed)}:'
    return head, "}]}", ("Accounts", 0, listed)


def _members_of_group(
    source: Source, group: Mapping[str, object], members_of_it: Sequence[object]
) -> Iterator[Source]:
    """`get-group`: the group, and its users with their membership in it."""
    spans = members(source.text)
    yield _entity(source, ("Group",), "GroupDetailList", spans["Group"], group)
    users = [
        {"Arn": user.get("Arn"), "UserName": user.get("UserName"), "GroupList": [group["GroupName"]]}
        for user in members_of_it
        if isinstance(user, Mapping)
    ]
    lines = "\n" * source.text.count("\n", 0, spans["Users"][0])
    text = lines + json.dumps({"UserDetailList": users})
    yield Source(source.name, text, (("UserDetailList",), ("Users",)))


def _owned_by_users(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    """Access keys or MFA devices, each as part of its user. The user is identified by name if there is no
    ARN.
    """
    for key, model, user_key in OWNED_BY_USERS:
        found = value.get(key)
        if not _all(found, model):
            continue
        by_user: dict[str, list[object]] = {}
        for one in found:
            if isinstance(one, Mapping):
                content = {name: item for name, item in one.items() if name not in ("UserName", "CreateDate")}
                by_user.setdefault(str(one.get("UserName")), []).append(content)
        users = [{"UserName": name, user_key: listed} for name, listed in by_user.items()]
        lines = "\n" * source.text.count("\n", 0, members(source.text)[key][0])
        text = lines + json.dumps({"UserDetailList": users})
        return [Source(source.name, text, (("UserDetailList",), (key,)))]
    return None


def _password(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    """`get-login-profile`: the console password of the user that it names."""
    profile = value.get("LoginProfile")
    if not _is(profile, Password):
        return None
    before = f'{{"UserDetailList":[{{"UserName":{json.dumps(profile["UserName"])},"LoginProfile":'
    content = {name: item for name, item in profile.items() if name != "UserName"}
    lines = "\n" * source.text.count("\n", 0, members(source.text)["LoginProfile"][0])
    to: Steps = ("UserDetailList", 0, "LoginProfile")
    return [Source(source.name, f"{lines}{before}{json.dumps(content)}}}]}}", (to, ("LoginProfile",)))]


def _virtual_devices(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    """`list-virtual-mfa-devices`: the devices of IAM users. The others are unassigned or the root user's."""
    found = value.get(VIRTUAL_DEVICES)
    if not isinstance(found, list) or not found:
        return None
    owned = [device for one in found if (device := _read(one, OwnedDevice)) is not None]
    users = [
        {
            "Arn": each.User.Arn,
            "UserName": each.User.UserName,
            "MFADevices": [{"SerialNumber": each.SerialNumber}],
        }
        for each in owned
    ]
    lines = "\n" * source.text.count("\n", 0, members(source.text)[VIRTUAL_DEVICES][0])
    text = lines + json.dumps({"UserDetailList": users})
    return [Source(source.name, text, (("UserDetailList",), (VIRTUAL_DEVICES,)))] if users else []


def _inline(source: Source, value: Mapping[str, object]) -> list[Source] | None:
    """`get-role-policy`, `get-user-policy` and `get-group-policy`, which name the role, user or group but no
    account.
    """
    for model, name, listed, policies in INLINE:
        if not _is(value, model):
            continue
        before = (
            f"{{{json.dumps(listed)}:[{{{json.dumps(name)}:{json.dumps(value[name])},{json.dumps(policies)}:"
            f'[{{"PolicyName":{json.dumps(value["PolicyName"])},"PolicyDocument":'
        )
        to = (listed, 0, policies, 0, "PolicyDocument")
        span = members(source.text)["PolicyDocument"]
        return [moved(source, span, before, "}]}]}", to=to, at=("PolicyDocument",))]
    return None


def _organization_policy(source: Source, policy: OrganizationPolicy) -> list[Source] | None:
    """An SCP or RCP, without its targets. AWS's managed ones are skipped: every organization already has
    them.
    """
    summary = policy.PolicySummary
    listed = _ORGANIZATION_POLICIES.get(summary.Type)
    owner = _OWNER.match(summary.Arn)
    if listed is None:
        return None
    if owner is None:
        return []
    named = {"Name": summary.Name, "Id": summary.Id, "Arn": summary.Arn, "Document": policy.Content}
    content = {"Id": owner[2], "ManagementAccountId": owner[1], "RawDump": True, listed: [named]}
    text = json.dumps({"Organization": content})
    return [Source(source.name, text, (("Organization", listed, 0, "Document"), ("Policy", "Content")))]


def _whole(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip("\ufeff \t\r\n")), len(text)


def _account_of(value: object) -> str:
    arn = value.get("Arn") if isinstance(value, Mapping) else None
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[4] if len(parts) > 4 else ""


def _read(value: object, model: type[_Output]) -> _Output | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _is(value: object, model: type[Output]) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping) and _read(value, model) is not None


def _all(value: object, model: type[Output]) -> TypeGuard[list[object]]:
    """Whether the first item of a list fits the model. The others are checked later, like all entities."""
    return isinstance(value, list) and bool(value) and _is(value[0], model)
