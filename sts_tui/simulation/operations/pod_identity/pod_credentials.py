"""AssumeRoleForPodIdentity: the agent on a node exchanges the token of a pod for credentials. EKS calls
AssumeRole as `pods.eks.amazonaws.com` with six transitive session tags. With a target role, it then assumes
that role with the credentials of the first one: role chaining, limited to one hour.
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from msgspec.structs import replace

from sts_tui.account.entities import Role
from sts_tui.account.json_value import Json
from sts_tui.account.workload_identities import POD_IDENTITY, PodIdentityAssociation
from sts_tui.simulation.operations.pod_identity.associations import association_of, cluster_arn_of
from sts_tui.sts.credentials import printed
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import ROLE_CHAINING_MAXIMUM, SERVICE_SESSION
from sts_tui.sts.identity import service_identity, session_identity
from sts_tui.sts.issuing.role_sessions import RoleSessionPlan, issue_role_session
from sts_tui.sts.issuing.role_trust import authorize_on_role
from sts_tui.sts.issuing.session_policies import NO_POLICIES, SessionPolicies, requested_policies
from sts_tui.sts.issuing.tags import NO_TAGS, SessionTags, inherited_tags
from sts_tui.sts.operation import Answer, Call, Perform
from sts_tui.sts.session import Session, WorkloadProof

if TYPE_CHECKING:
    from sts_tui.identity_providers.service_account_tokens import Pod
    from sts_tui.simulation.operations.shapes import eks_auth as shapes
    from sts_tui.sts.issuing.parameters import TokenParameters

ACTION: Final = "sts:AssumeRole"
_SHOWN: Final = 10
"""How many characters of the cluster's and the pod's name are in the session name."""


def assume_role_for_pod_identity(
    call: Call[shapes.AssumeRoleForPodIdentityRequest],
) -> Answer[shapes.AssumeRoleForPodIdentityResponse]:
    """Raises InvalidTokenException, ExpiredTokenException, ResourceNotFoundException without an association,
    AccessDeniedException if a role does not trust EKS or the association has no role.
    """
    from sts_tui.identity_providers.service_account_tokens import region_of_token

    cluster = call.params["clusterName"]
    cluster_arn = cluster_arn_of(call, cluster, region_of_token(call.params["token"]))
    call.authorize(call.operation, cluster_arn, resource_account=call.account)
    pod = _pod(call, cluster_arn)
    association = association_of(
        call.configuration, call.account, cluster, pod.namespace, pod.service_account
    )
    if association is None:
        place = f"service account {pod.service_account} in namespace {pod.namespace} of {cluster}"
        raise AwsError(
            "ResourceNotFoundException", "No pod identity association found.", 404, hint=f"none for {place}"
        )
    try:
        sessions = _sessions(call, association, pod)
    except AwsError as error:
        raise _denied(error) from None
    return Answer(
        response=_response(association, pod, sessions[-1]), sessions=sessions, subject=sessions[-1].issuer_arn
    )


def session_tags(association: PodIdentityAssociation, pod: Pod) -> SessionTags:
    """The tags that EKS sets, all transitive; none if the association disables them."""
    if association.disable_session_tags:
        return NO_TAGS
    pairs = (
        ("eks-cluster-arn", association.cluster_arn),
        ("eks-cluster-name", association.cluster_name),
        ("kubernetes-namespace", pod.namespace),
        ("kubernetes-service-account", pod.service_account),
        ("kubernetes-pod-name", pod.name),
        ("kubernetes-pod-uid", pod.uid),
    )
    return SessionTags(passed=pairs, transitive=tuple(key for key, _ in pairs))


def trust_context(association: PodIdentityAssociation, session_name: str, source: str) -> dict[str, Json]:
    """The condition keys with which the trust policy is evaluated, without tags. `source`: `cluster` or
    `association`, whose ARN `aws:SourceArn` is.
    """
    is_cluster = source == "cluster"
    return {
        "sts:RoleSessionName": session_name,
        "aws:SourceArn": association.cluster_arn if is_cluster else association.arn,
        "aws:SourceAccount": association.arn.split(":")[4],
    }


def _sessions(call: Call[Any], association: PodIdentityAssociation, pod: Pod) -> tuple[Session, ...]:
    """The session of the role, and that of the target role if there is one."""
    role = _known_role(call, association.role_arn)
    name = f"eks-{association.cluster_name[:_SHOWN]}-{pod.name[:_SHOWN]}-{call.ids.request_id()}"
    tags = session_tags(association, pod)
    context = trust_context(association, name, call.settings.pod_identity_source_arn)
    caller = service_identity(POD_IDENTITY)
    authorize_on_role(call, ACTION, role, context=context, tags=tags, source_identity=None, caller=caller)
    plan = RoleSessionPlan(
        operation="AssumeRole",
        role=role,
        session_name=name,
        seconds=SERVICE_SESSION,
        tags=tags,
        policies=NO_POLICIES if association.target_role_arn else _policies(call, association, role),
        parent_label=association.label,
        context={},
    )
    first = _issued(call, plan, association, pod)
    if not association.target_role_arn:
        return (first,)
    return (first, _target_session(call, association, pod, first))


def _target_session(
    call: Call[Any], association: PodIdentityAssociation, pod: Pod, first: Session
) -> Session:
    target = _known_role(call, association.target_role_arn)
    tags = SessionTags(inherited=inherited_tags(first))
    context: dict[str, Json] = {"sts:RoleSessionName": first.name}
    if association.disable_session_tags:
        context["sts:ExternalId"] = association.passed_external_id
    caller = session_identity(first)
    authorize_on_role(call, ACTION, target, context=context, tags=tags, source_identity=None, caller=caller)
    plan = RoleSessionPlan(
        operation="AssumeRole",
        role=target,
        session_name=first.name,
        seconds=ROLE_CHAINING_MAXIMUM,
        tags=tags,
        policies=_policies(call, association, target),
        is_chained=True,
        parent=first.access_key_id,
        parent_label=first.label,
        context={},
    )
    return _issued(call, plan, association, pod)


def _issued(call: Call[Any], plan: RoleSessionPlan, association: PodIdentityAssociation, pod: Pod) -> Session:
    session, _ = issue_role_session(cast("Call[TokenParameters]", call), plan)
    subject = f"{pod.namespace}/{pod.service_account}/{pod.name}"
    return replace(session, proof=WorkloadProof(kind="pod", through=association.arn, subject=subject))


def _policies(call: Call[Any], association: PodIdentityAssociation, role: Role) -> SessionPolicies:
    if association.policy is None:
        return NO_POLICIES
    params: Any = {"Policy": association.policy}
    return requested_policies(params, role.arn.split(":")[4], call.configuration)


def _pod(call: Call[Any], cluster_arn: str) -> Pod:
    from sts_tui.identity_providers.service_account_tokens import (
        ExpiredTokenError,
        InvalidTokenError,
        read_pod_token,
    )

    try:
        return read_pod_token(cluster_arn, call.params["token"], call.now)
    except ExpiredTokenError as expired:
        raise AwsError("ExpiredTokenException", "The token has expired.", 400, hint=str(expired)) from None
    except InvalidTokenError as invalid:
        raise AwsError("InvalidTokenException", "The token is not valid.", 400, hint=str(invalid)) from None


def _known_role(call: Call[Any], arn: str) -> Role:
    role = call.configuration.roles.get(arn)
    if role is None:
        raise AwsError("AccessDenied", "", hint=f"there is no role {arn}" if arn else "its role is unknown")
    return role


def _denied(error: AwsError) -> AwsError:
    """https://github.com/aws/eks-pod-identity-agent/issues/139"""
    message = "Unauthorized Exception! EKS does not have permissions to assume the associated role."
    if error.decision is None and error.code != "AccessDenied":
        message = error.message
    return AwsError("AccessDeniedException", message, 400, decision=error.decision, hint=error.hint)


def _response(association: PodIdentityAssociation, pod: Pod, session: Session) -> Any:
    credentials = session.credentials
    return {
        "subject": {"namespace": pod.namespace, "serviceAccount": pod.service_account},
        "audience": POD_IDENTITY,
        "podIdentityAssociation": {
            "associationArn": association.arn,
            "associationId": association.association_id,
        },
        "assumedRoleUser": {"arn": session.arn, "assumeRoleId": session.user_id},
        "credentials": {
            "sessionToken": credentials.session_token,
            "secretAccessKey": credentials.secret_access_key,
            "accessKeyId": credentials.access_key_id,
            "expiration": printed(credentials.expiration),
        },
    }


PERFORMS: dict[str, Perform] = {"AssumeRoleForPodIdentity": assume_role_for_pod_identity}
