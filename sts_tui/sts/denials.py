"""Which messages does STS return for a denial, and for a refused token or assertion?

They are terse whatever the reason. `sts_tui.iam.access_denied` lists the actions whose denial gives no
reason.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.iam.access_denied import MessageForm, message_form
from sts_tui.sts.errors import AwsError

if TYPE_CHECKING:
    from sts_tui.iam.decision import Decision
    from sts_tui.sts.identity import CallerIdentity


def access_denied(
    action: str, resource: str, caller: CallerIdentity, *, decision: Decision | None = None, hint: str = ""
) -> AwsError:
    """The denial with AWS's terse message. `decision` and `hint` have the reason."""
    if message_form(action, caller.caller.kind) is MessageForm.ACTION_ALONE:
        message = f"Not authorized to perform {action}"
    else:
        message = f"User: {caller.arn or caller.label} is not authorized to perform: {action}"
        message += f" on resource: {resource}" if resource != "*" else ""
    return AwsError("AccessDenied", message, 403, decision=decision, hint=hint)


NOT_VALIDATED: Final = (
    "The web identity token that was passed could not be validated by AWS. Get a new identity token from the "
    "identity provider and then retry the request."
)
"""The API reference's description of InvalidIdentityToken, used if AWS's message is not known.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
"""


def invalid_identity_token(message: str, hint: str = "") -> AwsError:
    """The refusal of a token or assertion, with a message that AWS is known to use."""
    return AwsError("InvalidIdentityToken", message, 400, hint=hint)


def not_validated(hint: str) -> AwsError:
    """The refusal of a token or assertion, for a reason that is only in the hint."""
    return invalid_identity_token(NOT_VALIDATED, hint)


def idp_not_reached(hint: str) -> AwsError:
    """The refusal of a token whose provider AWS cannot reach, with the API reference's description."""
    return AwsError(
        "IDPCommunicationError",
        "The request could not be fulfilled because the identity provider (IDP) that was asked to verify "
        "the incoming identity token could not be reached.",
        400,
        hint=hint,
    )
