"""Customer managed policies and their versions. A policy has at most five versions; one of them is the
default.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Group, ManagedPolicy, PolicyVersion, Role, User
from sts_tui.account.iam_quotas import MANAGED_POLICIES, VERSIONS_PER_POLICY
from sts_tui.account.json_value import Json
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_sizes import SIZE_LIMITS
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.configuration_edits import with_entity, without_entity
from sts_tui.simulation.operations.iam.entity_types import POLICY, authorized_entity
from sts_tui.simulation.operations.iam.identity_types import (
    AWS_OWNER,
    IamIdentity,
    arn_in,
    authorize_on,
    new_unique_id,
)
from sts_tui.simulation.operations.iam.policy_arns import attached_to, bounded_by, usage
from sts_tui.simulation.operations.iam.responses import listed_policy_shape, version_shape
from sts_tui.simulation.operations.policy_documents import counted_size, written
from sts_tui.simulation.operations.refusals import (
    access_denied,
    already_exists,
    delete_conflict,
    limit_exceeded,
    no_such_entity,
)
from sts_tui.simulation.operations.request_tags import requested_tags, tag_context
from sts_tui.simulation.operations.requests import is_true
from sts_tui.simulation.operations.responses import page_of, tags_shape
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

POLICY_SIZE = SIZE_LIMITS[PolicyKind.MANAGED]


def create_policy(call: Call[shapes.CreatePolicyRequest]) -> Answer[shapes.CreatePolicyResponse]:
    params = call.params
    name, path = params["PolicyName"], params.get("Path") or "/"
    arn = arn_in(call, "policy", name, path)
    tags = requested_tags(params.get("Tags"), ignores_case=False)
    authorize_on(call, arn, context=tag_context(tags))
    if tags:
        authorize_on(call, arn, context=tag_context(tags), action="iam:TagPolicy")
    _refuse_another(call, name)
    version = PolicyVersion(
        version_id="v1",
        document=_document(params["PolicyDocument"]),
        is_default_version=True,
        create_date=call.now,
    )
    policy = ManagedPolicy(
        arn=arn,
        policy_name=name,
        policy_id=new_unique_id(call, "ANPA"),
        path=path,
        description=params.get("Description"),
        create_date=call.now,
        update_date=call.now,
        policy_version_list=(version,),
        tags=tags,
    )
    shape = listed_policy_shape(policy, 0, 0)  # the response of CreatePolicy has no description
    if tags:
        shape["Tags"] = tags_shape(tags)
    return Answer(
        response={"Policy": shape},
        configuration=with_entity(call.configuration, policy),
        subject=arn,
    )


def _refuse_another(call: Call, name: str) -> None:
    """Raises EntityAlreadyExists: names are unique in the account, regardless of path and case."""
    own = [policy for arn, policy in call.configuration.policies.items() if account_of(arn) == call.account]
    if any(policy.policy_name.lower() == name.lower() for policy in own):
        raise already_exists(f"A policy called {name} already exists. Duplicate names are not allowed.")
    if len(own) >= MANAGED_POLICIES:
        raise limit_exceeded("PoliciesPerAccount", MANAGED_POLICIES)


def _document(value: Json) -> WrittenPolicy:
    document = written(value, PolicyKind.MANAGED)
    if counted_size([document]) > POLICY_SIZE:
        raise limit_exceeded("PolicySize", POLICY_SIZE)
    return document


def delete_policy(call: Call[shapes.DeletePolicyRequest]) -> Answer:
    policy = _own_policy(call)
    if attached_to(call.configuration, call.account, policy.arn) or bounded_by(
        call.configuration, call.account, policy.arn
    ):
        raise delete_conflict("Cannot delete a policy attached to entities.")
    if len(policy.policy_version_list) > 1:
        raise delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's "
            "versions. The default version is deleted with the policy."
        )
    return Answer(configuration=without_entity(call.configuration, policy), subject=policy.arn)


def get_policy(call: Call[shapes.GetPolicyRequest]) -> Answer[shapes.GetPolicyResponse]:
    return Answer(response={"Policy": _shape(call, authorized_entity(call, POLICY))})


def list_policies(call: Call[shapes.ListPoliciesRequest]) -> Answer[shapes.ListPoliciesResponse]:
    """The account's own and the AWS-managed policies that the account file holds."""
    params = call.params
    prefix = params.get("PathPrefix") or "/"
    authorize_on(call, arn_in(call, "policy", "", prefix))
    owners = {"AWS": (AWS_OWNER,), "Local": (call.account,)}.get(
        params.get("Scope", "All"), (call.account, AWS_OWNER)
    )
    attached, bounding = usage(call.configuration, call.account)
    found = [
        listed_policy_shape(policy, attached[arn], bounding[arn])
        for arn, policy in call.configuration.policies.items()
        if account_of(arn) in owners and policy.path.startswith(prefix)
    ]
    chosen = [shape for shape in found if _is_wanted(shape, params)]
    page = page_of(chosen, params)
    return Answer(response={"Policies": page.items, **page.end})


def _is_wanted(shape: shapes.Policy, params: shapes.ListPoliciesRequest) -> bool:
    used = {
        "PermissionsPolicy": shape["AttachmentCount"],
        "PermissionsBoundary": shape["PermissionsBoundaryUsageCount"],
    }
    usage = params.get("PolicyUsageFilter")
    if usage is not None:
        return bool(used[usage])
    return not is_true(params.get("OnlyAttached")) or any(used.values())


def list_entities_for_policy(
    call: Call[shapes.ListEntitiesForPolicyRequest],
) -> Answer[shapes.ListEntitiesForPolicyResponse]:
    policy: ManagedPolicy = authorized_entity(call, POLICY)
    params = call.params
    users_of = {
        "PermissionsPolicy": attached_to(call.configuration, call.account, policy.arn),
        "PermissionsBoundary": bounded_by(call.configuration, call.account, policy.arn),
    }
    usage = params.get("PolicyUsageFilter")
    using = users_of[usage] if usage else [one for found in users_of.values() for one in found]
    found: dict[str, IamIdentity] = {identity.arn: identity for _, identity in using}
    wanted = params.get("EntityFilter")
    page = page_of([one for one in found.values() if _is_of(one, wanted, params)], params)
    entities = page.items
    return Answer(
        response={
            "PolicyGroups": [_group(one) for one in entities if isinstance(one, Group)],
            "PolicyUsers": [
                {"UserName": one.user_name, "UserId": one.user_id}
                for one in entities
                if isinstance(one, User)
            ],
            "PolicyRoles": [
                {"RoleName": one.role_name, "RoleId": one.role_id}
                for one in entities
                if isinstance(one, Role)
            ],
            **page.end,
        }
    )


def _group(group: Group) -> shapes.PolicyGroup:
    return {"GroupName": group.group_name, "GroupId": group.group_id}


def _is_of(identity: IamIdentity, wanted: str | None, params: shapes.ListEntitiesForPolicyRequest) -> bool:
    kinds: dict[str, type[IamIdentity]] = {"User": User, "Group": Group, "Role": Role}
    is_kind = wanted is None or (wanted in kinds and isinstance(identity, kinds[wanted]))
    return is_kind and identity.path.startswith(params.get("PathPrefix") or "/")


def create_policy_version(
    call: Call[shapes.CreatePolicyVersionRequest],
) -> Answer[shapes.CreatePolicyVersionResponse]:
    policy = _own_policy(call)
    document = _document(call.params["PolicyDocument"])
    if len(policy.policy_version_list) >= VERSIONS_PER_POLICY:
        raise AwsError(
            "LimitExceeded",
            f"A managed policy can have up to {VERSIONS_PER_POLICY} versions. Before you create a new "
            "version, you must delete an existing version.",
            409,
        )
    version = PolicyVersion(version_id=_next_version(policy), document=document, create_date=call.now)
    changed: ManagedPolicy = replace(
        policy, policy_version_list=(*policy.policy_version_list, version), update_date=call.now
    )
    if is_true(call.params.get("SetAsDefault")):
        changed = _with_default(changed, version.version_id)
        version = replace(version, is_default_version=True)
    return Answer(
        response={"PolicyVersion": version_shape(version, with_document=False)},
        configuration=with_entity(call.configuration, changed),
        subject=policy.arn,
    )


def _next_version(policy: ManagedPolicy) -> str:
    """The next version id. Numbers are never reused, even if the newest version was deleted."""
    return f"v{max(_numbers(policy)) + 1}"


def _numbers(policy: ManagedPolicy) -> list[int]:
    return [policy.newest_version, *(int(one.version_id.lstrip("v")) for one in policy.policy_version_list)]


def delete_policy_version(call: Call[shapes.DeletePolicyVersionRequest]) -> Answer:
    policy = _own_policy(call)
    gone = _version(policy, call.params["VersionId"])
    if gone.version_id == policy.default_version_id:
        raise delete_conflict("Cannot delete the default version of a policy.")
    rest = tuple(one for one in policy.policy_version_list if one is not gone)
    changed = replace(policy, policy_version_list=rest, newest_version=max(_numbers(policy)))
    return _with_policy(call, changed)


def get_policy_version(call: Call[shapes.GetPolicyVersionRequest]) -> Answer[shapes.GetPolicyVersionResponse]:
    policy = authorized_entity(call, POLICY, missing=_missing_version(call.params["VersionId"]))
    return Answer(response={"PolicyVersion": version_shape(_version(policy, call.params["VersionId"]))})


def list_policy_versions(
    call: Call[shapes.ListPolicyVersionsRequest],
) -> Answer[shapes.ListPolicyVersionsResponse]:
    """The newest version first, as IAM lists them."""
    policy: ManagedPolicy = authorized_entity(call, POLICY)
    newest_first = sorted(policy.policy_version_list, key=lambda one: -int(one.version_id.lstrip("v")))
    found = [version_shape(version, with_document=False) for version in newest_first]
    page = page_of(found, call.params)
    return Answer(response={"Versions": page.items, **page.end})


def set_default_policy_version(call: Call[shapes.SetDefaultPolicyVersionRequest]) -> Answer:
    policy = _own_policy(call, _missing_version(call.params["VersionId"]))
    version = _version(policy, call.params["VersionId"])
    return _with_policy(call, replace(_with_default(policy, version.version_id), update_date=call.now))


def _with_default(policy: ManagedPolicy, version_id: str) -> ManagedPolicy:
    versions = tuple(
        replace(version, is_default_version=version.version_id == version_id)
        for version in policy.policy_version_list
    )
    return replace(policy, default_version_id=version_id, policy_version_list=versions)


def _version(policy: ManagedPolicy, version_id: str) -> PolicyVersion:
    for version in policy.policy_version_list:
        if version.version_id == version_id:
            return version
    raise no_such_entity(_missing_version(version_id).format(policy.arn))


def _missing_version(version_id: str) -> str:
    """IAM's message if the policy or its version does not exist."""
    return f"Policy {{}} version {version_id} does not exist or is not attachable."


def _own_policy(call: Call, missing: str = "") -> ManagedPolicy:
    """The customer managed policy to edit. No caller can edit AWS managed policies."""
    policy = authorized_entity(call, POLICY, missing=missing)
    if account_of(policy.arn) == AWS_OWNER:
        raise access_denied(call, policy.arn, hint="AWS-managed policies can be changed by AWS only")
    return policy


def _shape(call: Call, policy: ManagedPolicy) -> shapes.Policy:
    """A policy in GetPolicy: with its tags, even when it has none."""
    attached, bounding = usage(call.configuration, call.account)
    shape = listed_policy_shape(policy, attached[policy.arn], bounding[policy.arn])
    if policy.description:
        shape["Description"] = policy.description
    shape["Tags"] = tags_shape(policy.tags)
    return shape


def _with_policy(call: Call, policy: ManagedPolicy) -> Answer:
    return Answer(configuration=with_entity(call.configuration, policy), subject=policy.arn)


PERFORMS: dict[str, Perform] = {
    "CreatePolicy": create_policy,
    "DeletePolicy": delete_policy,
    "GetPolicy": get_policy,
    "ListPolicies": list_policies,
    "ListEntitiesForPolicy": list_entities_for_policy,
    "CreatePolicyVersion": create_policy_version,
    "DeletePolicyVersion": delete_policy_version,
    "GetPolicyVersion": get_policy_version,
    "ListPolicyVersions": list_policy_versions,
    "SetDefaultPolicyVersion": set_default_policy_version,
}
