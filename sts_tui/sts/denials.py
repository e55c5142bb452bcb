"""AWS's words for a denial by STS, and for a token or assertion that it does not take: terse, whatever the
reason was.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from sts_tui.iam.caller import CallerKind
from sts_tui.sts.errors import AwsError

if TYPE_CHECKING:
    from sts_tui.iam.decision import Decision
    from sts_tui.sts.identity import CallerIdentity


class MessageForm(Enum):
    """How much an access denied message says."""

    WITH_REASON = "caller, action, resource and which policy type decided"
    WITHOUT_REASON = "caller, action and resource; the same for a refusal and for a role that does not exist"
    FEDERATION = "the action alone"


_WITHOUT_REASON = frozenset({"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"})
_FEDERATION = frozenset({"sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"})


def message_form(action: str, caller: CallerIdentity) -> MessageForm:
    """The form that AWS uses: nothing about roles may be learnt from a refusal to assume them."""
    if action in _FEDERATION or (action in _WITHOUT_REASON and caller.caller.kind is CallerKind.FEDERATED):
        return MessageForm.FEDERATION
    return MessageForm.WITHOUT_REASON if action in _WITHOUT_REASON else MessageForm.WITH_REASON


def access_denied(
    action: str, resource: str, caller: CallerIdentity, *, decision: Decision | None = None, hint: str = ""
) -> AwsError:
    """The denial in the terse form; the reason travels in `decision` and `hint`."""
    if message_form(action, caller) is MessageForm.FEDERATION:
        message = f"Not authorized to perform {action}"
    else:
        message = f"User: {caller.arn or caller.label} is not authorized to perform: {action}"
        message += f" on resource: {resource}" if resource != "*" else ""
    return AwsError("AccessDenied", message, 403, decision=decision, hint=hint)


NOT_VALIDATED: Final = (
    "The web identity token that was passed could not be validated by AWS. Get a new identity token from the "
    "identity provider and then retry the request."
)
"""What the API reference says of InvalidIdentityToken: stands in where AWS's own sentence is not known.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors"""


def invalid_identity_token(message: str, hint: str = "") -> AwsError:
    """A token or assertion that is not good, in a sentence that AWS is known to use."""
    return AwsError("InvalidIdentityToken", message, 400, hint=hint)


def not_validated(hint: str) -> AwsError:
    """A token or assertion that is not good, for a reason that only the hint tells."""
    return invalid_identity_token(NOT_VALIDATED, hint)
