"""Which error does a service send for a denial? Code, status and message differ by service.

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
"""The text before an encoded message, which extends to the end of the error message and is read by
DecodeAuthorizationMessage.
"""

_ACCESS_DENIED_SERVICES: Final = frozenset(
    {
        "iam", "sts", "s3", "s3-object-lambda", "sqs", "cloudformation", "cloudwatch", "autoscaling", "rds",
        "elasticloadbalancing", "elasticache", "elasticbeanstalk", "redshift", "ses", "route53", "cloudfront",
        "sdb", "importexport",
    }
)  # fmt: skip
"""Services of the Query and REST-XML protocols, whose code is `AccessDenied`. SQS now uses JSON but kept its
codes.
"""

_JSON_RPC_SERVICES: Final = frozenset(
    {
        "kms", "dynamodb", "logs", "secretsmanager", "ssm", "ecs", "ecr", "organizations", "events", "states",
        "kinesis", "firehose", "cloudtrail", "codebuild", "codecommit", "codedeploy", "codepipeline", "glue",
        "athena", "config", "cognito-idp", "cognito-identity", "acm", "application-autoscaling", "sagemaker",
        "servicecatalog", "swf", "tag", "workspaces", "sso", "identitystore",
    }
)  # fmt: skip
"""Services of the JSON 1.0 and 1.1 protocols, whose denials have status 400; those of REST services have
403.
"""


def denial_code(action: str) -> tuple[str, int]:
    """(error code, HTTP status) of a denial by the service of `action`."""
    service = action.partition(":")[0].lower()
    if service == "ec2":
        return "UnauthorizedOperation", 403
    if service == "sns":
        return "AuthorizationError", 403
    if service in _ACCESS_DENIED_SERVICES:
        return "AccessDenied", 403
    return "AccessDeniedException", 400 if service in _JSON_RPC_SERVICES else 403


def denial(prepared: Prepared, decision: Decision, now: datetime) -> AwsError:
    """The error of a denied request; it carries the decision."""
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
    """The encoded message, which principals with sts:DecodeAuthorizationMessage can read."""
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


def log_texts(prepared: Prepared, decision: Decision, now: datetime) -> tuple[str, str, str]:
    """(what decided, error code, AWS's message) of an authorized or denied request, for the log. They are
    cached with the decision, except for EC2, whose message encodes the time.
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
