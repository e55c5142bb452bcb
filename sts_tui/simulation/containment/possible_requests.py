"""What could leaked credentials do, beyond what they have done so far? Example requests for their
permissions.

One request for each action of each Allow statement of the policies, with wildcards filled in; AssumeRole of
the roles that the holder can become; and the actions by which an intruder keeps access. They have the network
and the Region of the last request made with the same key, so that a Deny on these counts. A denied request is
tried with other choices of its caller: another Region, another network, an MFA code. A cut after which one of
them is still allowed does not end the access, even if all earlier requests are denied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policies.vocabulary import can_apply
from sts_tui.iam import Outcome
from sts_tui.simulation.authorization.chosen_request import chosen_request
from sts_tui.simulation.authorization.example_requests import example_requests
from sts_tui.simulation.authorization.example_resources import variables_of
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.authorization.request_context import endpoint_region
from sts_tui.simulation.containment.credential_use import Asked, Use
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.reach.access.action_verdicts import verdict_on
from sts_tui.simulation.reach.assume_rights import could_cover
from sts_tui.simulation.reach.graph import HopGraph
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity, session_identity, user_identity

_OF_IAM: Final = (
    # principals, or credentials to sign in with
    *("CreateUser", "CreateAccessKey", "UpdateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"),
    *("CreateRole", "UploadSigningCertificate", "UpdateSigningCertificate"),
    *("UploadSSHPublicKey", "UpdateSSHPublicKey", "CreateServiceSpecificCredential"),
    *("UpdateServiceSpecificCredential", "ResetServiceSpecificCredential"),
    # the intruder's own MFA device satisfies a condition on aws:MultiFactorAuthPresent; a device out of step
    # can be resynchronized, and many guards require MFA only of users with a device
    *("EnableMFADevice", "CreateVirtualMFADevice", "ResyncMFADevice", "DeactivateMFADevice"),
    # permissions
    *("UpdateAssumeRolePolicy", "PutRolePolicy", "PutUserPolicy", "PutGroupPolicy", "AttachRolePolicy"),
    *("AttachUserPolicy", "AttachGroupPolicy", "AddUserToGroup", "CreatePolicyVersion"),
    *("SetDefaultPolicyVersion", "DeleteRolePermissionsBoundary", "DeleteUserPermissionsBoundary"),
    *("PutRolePermissionsBoundary", "PutUserPermissionsBoundary", "DetachRolePolicy", "DetachUserPolicy"),
    *("DeleteRolePolicy", "DeleteUserPolicy", "AddRoleToInstanceProfile"),
    # identity providers that sign the intruder's tokens
    *("CreateOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider"),
    *("UpdateOpenIDConnectProviderThumbprint", "CreateSAMLProvider", "UpdateSAMLProvider"),
)
_ELSEWHERE: Final = (
    *("sts:GetFederationToken", "sts:AssumeRoot"),
    *(
        "rolesanywhere:CreateTrustAnchor",
        "rolesanywhere:UpdateTrustAnchor",
        "rolesanywhere:EnableTrustAnchor",
    ),
    *("rolesanywhere:CreateProfile", "rolesanywhere:UpdateProfile", "eks:CreatePodIdentityAssociation"),
    *(
        "eks:CreateAccessEntry",
        "cognito-identity:SetIdentityPoolRoles",
        "cognito-identity:UpdateIdentityPool",
    ),
    *("sso:CreateAccountAssignment", "sso:PutInlinePolicyToPermissionSet"),
    *("sso:AttachManagedPolicyToPermissionSet", "identitystore:CreateUser"),
    *("identitystore:CreateGroupMembership", "organizations:DetachPolicy", "organizations:UpdatePolicy"),
    *("organizations:MoveAccount", "organizations:RegisterDelegatedAdministrator"),
    *("lambda:CreateFunction", "lambda:AddPermission", "lambda:UpdateFunctionCode"),
    *("lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionConfiguration"),
    *("ec2:RunInstances", "ec2:AssociateIamInstanceProfile", "ec2:ModifyInstanceAttribute"),
    *("ssm:SendCommand", "ssm:CreateAssociation", "cloudformation:CreateStack", "codebuild:CreateProject"),
    *("scheduler:CreateSchedule", "events:PutTargets", "states:CreateStateMachine"),
    *("s3:PutBucketPolicy", "s3:PutBucketAcl", "kms:PutKeyPolicy", "kms:CreateGrant"),
    *("secretsmanager:PutResourcePolicy", "ram:CreateResourceShare"),
)
PERSISTENCE_ACTIONS: Final = (*(f"iam:{each}" for each in _OF_IAM), *_ELSEWHERE)
"""Actions by which an intruder keeps access or removes a guard. They are tried on the resources that the
holder's policies name.
https://github.com/aws-samples/aws-incident-response-playbooks (IRP-CredCompromise, eradication)
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_sync.html
"""
_WITH_RESOURCE_POLICIES: Final = ("s3:", "kms:", "lambda:", "secretsmanager:", "events:", "iam:UpdateAssume")
"""Actions that a resource-based policy can allow by itself."""
ASSUME_ROLE: Final = "sts:AssumeRole"
_MOST_TARGETS: Final = 10
"""How many of the roles that the holder can become are tried."""
_MOST: Final = 200
"""The maximum number of requests of one principal."""


def possible_requests(
    holder: Holder, uses: Sequence[Use], world: World, graph: HopGraph | None = None
) -> tuple[Asked, ...]:
    """The requests, allowed or not. `graph`: every hop of the model; None: AssumeRole is not tried."""
    return tuple(_requests(holder, uses, world, graph, with_ways_to_stay=True))


def permitted_requests(
    holder: Holder, uses: Sequence[Use], world: World, graph: HopGraph | None = None
) -> tuple[Asked, ...]:
    """The same, without the `PERSISTENCE_ACTIONS` that its policies do not name."""
    return tuple(_requests(holder, uses, world, graph, with_ways_to_stay=False))


def _requests(
    holder: Holder, uses: Sequence[Use], world: World, graph: HopGraph | None, *, with_ways_to_stay: bool
) -> Iterator[Asked]:
    last = {one.access_key_id: one for use in uses for one in use.requests}
    for issuer, key in signers(holder, world):
        pattern = last.get(key, Asked(key, "", ""))
        stated = [one for one in permitted(issuer, key, world) if one != (ASSUME_ROLE, "*")]
        stay = persistence_pairs(issuer, key, world) if with_ways_to_stay else ()
        pairs = dict.fromkeys([*stated, *_assumable(issuer, graph), *stay])
        asking = caller_of(issuer, key, world)
        for action, resource in list(pairs)[:_MOST]:
            yield chosen(pattern, action, resource, asking, world)


def chosen(pattern: Asked, action: str, resource: str, caller: CallerIdentity | None, world: World) -> Asked:
    """A request like the pattern, with the choices that policies require: another Region, another network, or
    MFA; unchanged if it is allowed or no choice helps.
    """
    asked = replace(
        pattern, action=action, resource=resource, region=endpoint_region(resource, pattern.region)
    )
    if caller is None:
        return asked
    question = hypothetical_request(
        caller, action, resource, world, region=asked.region, context=cast("JsonObject", pattern.context)
    )
    found = chosen_request(question, world.now)
    if found is None:
        return asked
    if not found.needs:
        return replace(asked, is_unsettled=found.outcome is Outcome.UNDECIDED)
    made = found.question
    return replace(asked, resource=made.resource, region=made.region, context=made.context, needs=found.needs)


def signers(holder: Holder, world: World) -> Iterator[tuple[str, str]]:
    """(issuer, access key id) of the newest session of each issuer, and of each long-term key."""
    yield from {one.issuer_arn: one.access_key_id for one in holder.live(world)}.items()
    for key in holder.keys:
        yield holder.user, key


def persistence_pairs(issuer: str, key: str, world: World) -> Iterator[tuple[str, str]]:
    """(action, resource): each of `PERSISTENCE_ACTIONS` with each resource that the issuer's policies name
    and that the action works on.
    """
    resources = dict.fromkeys(["*", *(resource for _, resource in permitted(issuer, key, world))])
    allows = tuple(_allows(issuer, world.in_force))
    is_root = issuer.endswith(":root")
    for action in PERSISTENCE_ACTIONS:
        is_named = is_root or any(could_cover(statement, action) for statement in allows)
        if not is_named and not action.startswith(_WITH_RESOURCE_POLICIES):
            continue  # no policy could allow it
        yield from ((action, one) for one in resources if one == "*" or can_apply(action, (one,)))


def permitted(issuer: str, key: str, world: World) -> Iterator[tuple[str, str]]:
    """(action, resource) for each action of each Allow statement of a role or user, wildcards and the policy
    variables of its credentials filled in. Only actions of AWS's lists, on resources that they work on. Two
    resources if a Deny matches the first.
    """
    caller = caller_of(issuer, key, world)
    if caller is None:
        return
    variables = variables_of(caller, world.in_force, world.settings)
    account = caller.caller.account or caller.account or ""
    for statement in _allows(issuer, world.in_force):
        for action in _listed(statement.get("Action")):
            for resource in _listed(statement.get("Resource")):
                for pair in example_requests(action, resource, variables, account, world.in_force):
                    yield pair
                    if verdict_on(caller, *pair, world).outcome is not Outcome.EXPLICIT_DENY:
                        break


def caller_of(issuer: str, key: str, world: World) -> CallerIdentity | None:
    """The caller with a session's key, or with a long-term key of the issuer; None if there is none."""
    session, user = world.sessions.get(key), world.in_force.users.get(issuer)
    return session_identity(session) if session else user_identity(user) if user else None


def persistence_requests(holder: Holder, world: World) -> Iterator[Asked]:
    """`persistence_pairs` of all its credentials."""
    for issuer, key in signers(holder, world):
        asking = caller_of(issuer, key, world)
        for pair in persistence_pairs(issuer, key, world):
            yield chosen(Asked(key, "", ""), *pair, asking, world)


def allows_everything(issuer: str, configuration: Configuration) -> bool:
    """Whether an Allow without a condition, in a policy of a role or user, covers every action on every
    resource.
    """
    return any(
        "*" in _listed(one.get("Action")) and "*" in _listed(one.get("Resource")) and not one.get("Condition")
        for one in _allows(issuer, configuration)
    )


def _allows(issuer: str, configuration: Configuration) -> Iterator[Mapping[str, Json]]:
    for document in identity_documents(issuer, configuration):
        written = document.written.document.get("Statement", []) if document.written else []
        for statement in written if isinstance(written, list) else [written]:
            if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
                yield statement


def _assumable(issuer: str, graph: HopGraph | None) -> list[tuple[str, str]]:
    """AssumeRole of the first roles that the issuer can become."""
    if graph is None:
        return []
    targets = dict.fromkeys(group.target for group in graph.leaving(issuer) if group.is_session)
    return [(ASSUME_ROLE, target) for target in targets][:_MOST_TARGETS]


def _listed(written: Json) -> list[str]:
    """The patterns; one empty pattern if the statement has NotAction or NotResource."""
    values = written if isinstance(written, list) else [written]
    return [one for one in values if isinstance(one, str)] or [""]
