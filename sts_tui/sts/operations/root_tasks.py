"""What can a root session of AssumeRoot do? One of five tasks, to which AWS's policy limits the session.

Each policy denies everything except the task's actions, and these on anything except the root user.
https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.account.policy_document import WrittenPolicy

CREDENTIALS: Final = "RootCredentialsManagement"
SESSIONS: Final = "RootSessions"


class RootTask(Struct, frozen=True, dict=True):  # the cached property needs `__dict__`
    """One root-task policy. `feature`: the feature that the organization must have enabled."""

    name: str
    feature: str
    statements: tuple[Mapping[str, Any], ...]

    @cached_property
    def written(self) -> WrittenPolicy:
        """The document, always the same object, so that it is compiled once."""
        return WrittenPolicy({"Version": "2012-10-17", "Statement": list(self.statements)})


def _everything_but(*actions: str) -> dict[str, Json]:
    return {
        "Sid": "DenyAllOtherActionsOnAnyResource",
        "Effect": "Deny",
        "NotAction": list(actions),
        "Resource": "*",
    }


def _beyond_root_user(sid: str, *actions: str) -> dict[str, Json]:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "NotResource": "arn:aws:iam::*:root"}


def _by_others(sid: str, *actions: str) -> dict[str, Json]:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": list(actions),
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}},
    }


_LOOK: Final = (
    "iam:ListAccessKeys",
    "iam:ListSigningCertificates",
    "iam:GetLoginProfile",
    "iam:ListMFADevices",
    "iam:GetUser",
    "iam:GetAccessKeyLastUsed",
)
_DELETE: Final = (
    "iam:DeleteAccessKey",
    "iam:DeleteSigningCertificate",
    "iam:DeleteLoginProfile",
    "iam:DeactivateMFADevice",
    *_LOOK,
)
_PASSWORD: Final = ("iam:CreateLoginProfile", "iam:GetLoginProfile")
_BUCKET: Final = ("s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:ListAllMyBuckets")
_QUEUE: Final = ("sqs:SetQueueAttributes", "sqs:GetQueueAttributes", "sqs:ListQueues", "sqs:GetQueueUrl")

_TASKS: Final = (
    RootTask(
        "IAMAuditRootUserCredentials",
        CREDENTIALS,
        (
            _everything_but(*_LOOK, "iam:GetAccountSummary"),
            _beyond_root_user("DenyAuditingCredentialsOnNonRootUserResource", *_LOOK),
        ),
    ),
    RootTask(
        "IAMCreateRootUserPassword",
        CREDENTIALS,
        (
            _everything_but(*_PASSWORD),
            _beyond_root_user("DenyCreatingPasswordOnNonRootUserResource", *_PASSWORD),
        ),
    ),
    RootTask(
        "IAMDeleteRootUserCredentials",
        CREDENTIALS,
        (
            _everything_but(*_DELETE),
            _beyond_root_user("DenyDeletingRootUserCredentialsOnNonRootUserResource", *_DELETE),
        ),
    ),
    RootTask(
        "S3UnlockBucketPolicy",
        SESSIONS,
        (_everything_but(*_BUCKET), _by_others("DenyManagingBucketPolicyForNonRootCallers", *_BUCKET)),
    ),
    # AWS's page describes these statements without printing them.
    RootTask(
        "SQSUnlockQueuePolicy",
        SESSIONS,
        (
            _everything_but(*_QUEUE),
            {
                "Sid": "DenyGettingQueueAttributesOnNonOwnQueue",
                "Effect": "Deny",
                "Action": "sqs:GetQueueAttributes",
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
            },
            _by_others("DenyActionsForNonRootUser", *_QUEUE),
        ),
    ),
)

ROOT_TASKS: Final[Mapping[str, RootTask]] = {
    f"arn:aws:iam::aws:policy/root-task/{task.name}": task for task in _TASKS
}
"""ARN in TaskPolicyArn → task."""
