"""How a denial is sent: each service has its own error code, status and amount of explanation.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from sts_tui.iam import Decision, Outcome, denied_message
from sts_tui.iam.access_denied import MessageForm, message_form
from sts_tui.simulation.authorization.authorizer import Prepared
from sts_tui.sts.denials import access_denied
from sts_tui.sts.errors import AwsError

ENCODED_MESSAGE: Final = "Encoded authorization failure message: "
"""After it follows what DecodeAuthorizationMessage reads, to the end of the message."""

_ACCESS_DENIED_SERVICES: Final = frozenset(
    {
        "iam", "sts", "s3", "s3-object-lambda", "sqs", "cloudformation", "cloudwatch", "autoscaling", "rds",
        "elasticloadbalancing", "elasticache", "elasticbeanstalk", "redshift", "ses", "route53", "cloudfront",
        "sdb", "importexport",
    }
)  # fmt: skip
"""Services of the Query and REST-XML protocols. SQS speaks JSON today and kept its codes."""

_JSON_RPC_SERVICES: Final = frozenset(
    {
        "kms", "dynamodb", "logs", "secretsmanager", "ssm", "ecs", "ecr", "organizations", "events", "states",
        "kinesis", "firehose", "cloudtrail", "codebuild", "codecommit", "codedeploy", "codepipeline", "glue",
        "athena", "config", "cognito-idp", "cognito-identity", "acm", "application-autoscaling", "sagemaker",
        "servicecatalog", "swf", "tag", "workspaces", "sso", "identitystore",
    }
)  # fmt: skip
"""Services of the JSON 1.0 and 1.1 protocols: their refusals are 400, those of REST services 403."""


def denial_code(action: str) -> tuple[str, int]:
    """Error code and HTTP status with which the service of `action` says no."""
    service = action.partition(":")[0].lower()
    if service == "ec2":
        return "UnauthorizedOperation", 403
    if service == "sns":
        return "AuthorizationError", 403
    if service in _ACCESS_DENIED_SERVICES:
        return "AccessDenied", 403
    return "AccessDeniedException", 400 if service in _JSON_RPC_SERVICES else 403


def denial(prepared: Prepared, decision: Decision, now: datetime) -> AwsError:
    """The error of a denied request, with the decision inside."""
    question = prepared.question
    code, status = denial_code(question.action)
    if decision.limit is not None:
        code, status = decision.limit.code, decision.limit.status
    if message_form(question.action, question.caller.caller.kind) is not MessageForm.WITH_REASON:
        return access_denied(question.action, question.resource, question.caller, decision=decision)
    return AwsError(code, partial(_message, prepared, decision, now), status, decision=decision)


def _message(prepared: Prepared, decision: Decision, now: datetime) -> str:
    question = prepared.question
    sentence = denied_message(prepared.request(now), decision)
    if question.action.lower().startswith("ec2:"):
        encoded = _encoded(prepared, decision, now)
        return f"You are not authorized to perform this operation. {sentence}. {ENCODED_MESSAGE}{encoded}"
    return sentence


def _encoded(prepared: Prepared, decision: Decision, now: datetime) -> str:
    """What DecodeAuthorizationMessage makes readable for those who may read it."""
    from sts_tui.sts.operations.decode_authorization_message import (  # imported on first use
        authorization_message,
        encode_authorization_message,
    )

    caller = prepared.question.caller
    matched = [
        {"sourcePolicyType": one.policy_type.value, "sourcePolicyId": one.label}
        for one in decision.statements
    ]
    return encode_authorization_message(
        authorization_message(
            is_explicit_deny=decision.outcome is Outcome.EXPLICIT_DENY,
            principal_id=caller.user_id or "",
            principal_arn=caller.arn or "",
            action=prepared.question.action,
            resource=prepared.question.resource,
            conditions=prepared.context(now).values,
            matched=matched,
        )
    )


def decided_by(decision: Decision, action: str) -> str:
    """What decided: `App/deploy#Artifacts`, or `no identity-based policy allows s3:PutObject`."""
    if decision.decided_by:
        return ", ".join(dict.fromkeys([statement.label for _, statement in decision.decided_by]))
    if decision.outcome is Outcome.IMPLICIT_DENY and decision.settled_by is not None:
        return f"no {decision.settled_by.value} allows {action}"
    return decision.reason


def worded(prepared: Prepared, decision: Decision, now: datetime) -> tuple[str, str, str]:
    """What the log says of an authorized or denied request: what decided, the code, AWS's message.

    The same decision on the same question reads the same, except for EC2, whose message encodes the instant.
    """
    for known, words in prepared.words:
        if known is decision or known == decision:
            return words
    words = _words(prepared, decision, now)
    if not prepared.question.action.lower().startswith("ec2:"):
        prepared.words.append((decision, words))
    return words


def _words(prepared: Prepared, decision: Decision, now: datetime) -> tuple[str, str, str]:
    decided = decided_by(decision, prepared.question.action)
    if decision.outcome is Outcome.ALLOWED:
        return decided, "200", ""
    error = denial(prepared, decision, now)
    return decided, error.code, error.message
