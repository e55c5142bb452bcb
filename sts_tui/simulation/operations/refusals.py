"""Which refusals do many IAM operations share? With IAM's codes, statuses and messages.

https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each operation's Errors section.
"""

from __future__ import annotations

from sts_tui.iam.denied_resources import denied_resource
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Call


def no_such_entity(message: str, hint: str = "") -> AwsError:
    return AwsError("NoSuchEntity", message, 404, hint=hint)


def already_exists(message: str) -> AwsError:
    return AwsError("EntityAlreadyExists", message, 409)


def delete_conflict(message: str) -> AwsError:
    return AwsError("DeleteConflict", message, 409)


def limit_exceeded(quota: str, limit: int) -> AwsError:
    """The refusal of more than `limit` items of a quota."""
    return AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}", 409)


def invalid_input(message: str) -> AwsError:
    return AwsError("InvalidInput", message, 400)


def not_simulated(parameter: str) -> AwsError:
    """For a parameter that AWS accepts and the simulation does not model. Nothing changes."""
    return AwsError(
        "InvalidInput",
        f"{parameter} is not simulated.",
        400,
        hint=f"AWS accepts {parameter}; leave it out here: assertions are read unencrypted",
    )


def validation_error(message: str) -> AwsError:
    return AwsError("ValidationError", message, 400)


def malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message, 400)


def unmodifiable(role_name: str) -> AwsError:
    return AwsError(
        "UnmodifiableEntity",
        f"Cannot perform the operation on the protected role '{role_name}' - "
        "this role is only modifiable by AWS",
        400,
    )


def access_denied(call: Call, resource: str, hint: str = "") -> AwsError:
    """A denial that no policy of the caller could change, with the same message as any other."""
    shown = denied_resource(call.operation.lower(), resource)
    who = call.caller.arn or call.caller.label
    return AwsError(
        "AccessDenied",
        f"User: {who} is not authorized to perform: {call.operation} on resource: {shown}",
        403,
        hint=hint,
    )
