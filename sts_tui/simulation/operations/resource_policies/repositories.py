"""Set, get and delete the policy of an ECR repository. Its statements have no Resource, because they apply to
the repository.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sts_tui.account.entities import Resource
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.requests import compact, is_true
from sts_tui.simulation.operations.resource_policies.stored_policy import (
    authorized_resource,
    checked_document,
    with_policy,
)
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import ecr as shapes


def set_repository_policy(
    call: Call[shapes.SetRepositoryPolicyRequest],
) -> Answer[shapes.SetRepositoryPolicyResponse]:
    """Raises AccessDeniedException, RepositoryNotFoundException, InvalidParameterException."""
    repository = _repository(call)
    policy = checked_document(call.params["policyText"], call.configuration, _malformed)
    if not is_true(call.params.get("force")):
        _refuse_lockout(call, repository, policy)
    return with_policy(call, repository, policy, dict(_shape(repository, policy)))


def get_repository_policy(
    call: Call[shapes.GetRepositoryPolicyRequest],
) -> Answer[shapes.GetRepositoryPolicyResponse]:
    """Raises AccessDeniedException, RepositoryNotFoundException, RepositoryPolicyNotFoundException."""
    repository = _repository(call)
    return Answer(response=_shape(repository, _policy(call, repository)))


def delete_repository_policy(
    call: Call[shapes.DeleteRepositoryPolicyRequest],
) -> Answer[shapes.DeleteRepositoryPolicyResponse]:
    """Raises AccessDeniedException, RepositoryNotFoundException, RepositoryPolicyNotFoundException."""
    repository = _repository(call)
    policy = _policy(call, repository)
    return with_policy(call, repository, None, dict(_shape(repository, policy)))


def _repository(call: Call) -> Resource:
    name = str(call.params["repositoryName"])
    registry = str(call.params.get("registryId") or call.account)
    partition = call.configuration.partition_of(call.account)
    arn = f"arn:{partition}:ecr:{call.region}:{registry}:repository/{name}"

    def missing() -> AwsError:
        message = f"The repository with name '{name}' does not exist in the registry with id '{registry}'"
        return AwsError("RepositoryNotFoundException", message, 400)

    return authorized_resource(call, arn, missing)


def _policy(call: Call, repository: Resource) -> WrittenPolicy:
    if repository.policy is None:
        name = call.params["repositoryName"]
        raise AwsError(
            "RepositoryPolicyNotFoundException",
            f"Repository policy does not exist for the repository with name '{name}' in the registry with id "
            f"'{repository.account}'",
            400,
        )
    return repository.policy


def _refuse_lockout(call: Call, repository: Resource, policy: WrittenPolicy) -> None:
    """Raise an error if the caller could not set a policy afterwards, unless the call has `force`."""
    try:
        call.authorize(
            call.operation, repository.arn, resource_account=repository.account, resource_policy=policy
        )
    except AwsError as refused:
        raise AwsError(
            "InvalidParameterException",
            "The policy would prevent you from setting another policy in the future. Set force to true to "
            "set it anyway.",
            400,
            hint=refused.message,
        ) from None


def _shape(repository: Resource, policy: WrittenPolicy) -> shapes.SetRepositoryPolicyResponse:
    return {
        "registryId": repository.account,
        "repositoryName": repository.arn.split(":repository/", 1)[1],
        "policyText": compact(policy.document),
    }


def _malformed(reason: str) -> AwsError:
    return AwsError(
        "InvalidParameterException",
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
        "'Invalid repository policy provided'",
        400,
        hint=reason,
    )


PERFORMS: dict[str, Perform] = {
    "SetRepositoryPolicy": set_repository_policy,
    "GetRepositoryPolicy": get_repository_policy,
    "DeleteRepositoryPolicy": delete_repository_policy,
}
