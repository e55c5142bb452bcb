"""Does a managed policy with this ARN exist, may this account attach it, and who uses it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from sts_tui.account.arn import Arn, account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role, User
from sts_tui.account.managed_policies import BUILT_IN
from sts_tui.account.writing.fetch_commands import managed_policy_line
from sts_tui.simulation.operations.iam.identity_types import (
    AWS_OWNER,
    IDENTITY_TYPES,
    IamIdentity,
    IdentityType,
)
from sts_tui.simulation.operations.refusals import invalid_input, no_such_entity
from sts_tui.sts.errors import AwsError

_OF_A_SERVICE = "Cannot attach a Service Role Policy to a Customer Role."
"""AWS's message for roles; policies of service-linked roles belong to their service.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html#API_AttachRolePolicy_Errors
"""


def check_policy_arn(arn: str, refusal: Callable[[str], AwsError] = invalid_input) -> None:
    """Raises InvalidInput (or `refusal`) for what is not the ARN of a managed policy."""
    try:
        parsed = Arn.parse(arn)
    except ValueError:
        raise refusal(f"ARN {arn} is not valid.") from None
    if parsed.service != "iam" or parsed.resource_type != "policy":
        raise refusal(f"ARN {arn} is not valid.")


def check_attachable(configuration: Configuration, arn: str, account: str, subject: str = "Policy") -> None:
    """Check that the account may attach the policy: one of its own or of AWS. Raises NoSuchEntity otherwise.
    AWS has more than a thousand managed policies, and a model has the documents of only a few. A policy
    without a document can be attached, as a dump can name one: decisions that depend on it are undecided, and
    `policy_warnings` names the command that fetches the document.
    """
    policy = configuration.policies.get(arn)
    owner = account_of(arn)
    if owner == AWS_OWNER and "/aws-service-role/" in arn:
        raise AwsError("PolicyNotAttachable", _OF_A_SERVICE, 400)
    if policy is None and owner == AWS_OWNER and _may_exist(arn, configuration):
        return
    if policy is None or not policy.is_attachable or owner not in (account, AWS_OWNER):
        raise no_such_entity(f"{subject} {arn} does not exist or is not attachable.")


def _may_exist(arn: str, configuration: Configuration) -> bool:
    """Whether an AWS managed policy that no file has may exist: its partition is that of the model, and it is
    not a built-in policy under another path.
    """
    known = next(iter(configuration.policies), arn)
    name = arn.rpartition("/")[2]
    built_in = {each.rpartition("/")[2] for each in BUILT_IN}
    return bool(name) and arn.split(":")[1] == known.split(":")[1] and name not in built_in


def not_found_hint(arn: str, account: str) -> str:
    """The hint for a user whose file does not have the AWS managed policy."""
    return missing_document(arn, account) if account_of(arn) == AWS_OWNER else ""


def missing_document(arn: str, account: str) -> str:
    """The report for an AWS managed policy whose document the model does not have."""
    return (
        f"{arn} is not built in, and no file has its document: what it allows is unknown, and "
        "whether AWS has a policy of this name. "
        f"This line fetches it; open the result beside your files: {managed_policy_line(account, arn)}"
    )


def identities_of(
    configuration: Configuration, account: str
) -> Iterator[tuple[IdentityType[IamIdentity], IamIdentity]]:
    """Every user, group and role of the account."""
    for identity_type in IDENTITY_TYPES:
        for identity in identity_type.members(configuration, account):
            yield identity_type, identity


def attached_to(
    configuration: Configuration, account: str, arn: str
) -> list[tuple[IdentityType[IamIdentity], IamIdentity]]:
    """The identities of the account that the policy is attached to."""
    return [
        (identity_type, identity)
        for identity_type, identity in identities_of(configuration, account)
        if any(one.policy_arn == arn for one in identity.attached_managed_policies)
    ]


def bounded_by(
    configuration: Configuration, account: str, arn: str
) -> list[tuple[IdentityType[IamIdentity], IamIdentity]]:
    """The identities of the account whose permissions boundary the policy is."""
    return [
        (identity_type, identity)
        for identity_type, identity in identities_of(configuration, account)
        if isinstance(identity, User | Role)
        and identity.permissions_boundary is not None
        and identity.permissions_boundary.permissions_boundary_arn == arn
    ]


def usage(configuration: Configuration, account: str) -> tuple[Counter[str], Counter[str]]:
    """How often each policy is attached in that account, and how often it is a boundary, by ARN."""
    attached: Counter[str] = Counter()
    bounding: Counter[str] = Counter()
    for _, identity in identities_of(configuration, account):
        attached.update(one.policy_arn for one in identity.attached_managed_policies)
        if isinstance(identity, User | Role) and identity.permissions_boundary is not None:
            bounding[identity.permissions_boundary.permissions_boundary_arn] += 1
    return attached, bounding
