"""How are GetRequestAuthorizationDetails and GetRequestAuthorizationPolicy answered? They look up a denied
request by its id. The policies are those at the time of the denial. Ids are kept for 24 hours, in the Region
of the denial; the caller has to be in the account or organization of the denied request.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sts_tui.simulation.authorization.authorization_ids import KEPT, PastDenial
from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.simulation.operations.access_troubleshooter.answers import answer_of
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def get_details(call: Call[shapes.GetRequestAuthorizationDetailsInput]) -> Answer:
    """Raises denials, AccessDeniedException for callers of other organizations, ResourceNotFoundException."""
    return Answer(response=dict(answer_of(_found(call)).response))


def get_policy(call: Call[shapes.GetRequestAuthorizationPolicyInput]) -> Answer:
    """A policy as it was at the denial. Raises denials, AccessDeniedException, ResourceNotFoundException."""
    documents = answer_of(_found(call)).documents
    uri = call.params["policyUri"]
    if uri not in documents:
        raise _not_found(f"no policy {uri} was evaluated")
    return Answer(response={"policyDocument": dict(documents[uri])})


def _found(call: Call) -> PastDenial:
    call.authorize(call.operation)
    past = call.past_denial(call.params["authorizationId"])
    if not isinstance(past, PastDenial):
        raise _not_found("no denial has this id")
    if call.now - past.at > KEPT:
        raise _not_found("the id is older than 24 hours")
    if past.region != call.region:
        raise _not_found(f"the request was denied in {past.region}")
    if not _belongs(call, past):
        raise AwsError(
            "AccessDeniedException",
            "You do not have access to the details of this request.",
            403,
            hint="the request was denied in another account, outside the organization",
        )
    return past


def _belongs(call: Call, past: PastDenial) -> bool:
    """Whether the caller's account, or its organization, is that of the denied request."""
    if call.caller.is_operator:
        return True
    concerned = (past.prepared.question.caller.account, past.prepared.resource_account)
    if call.caller.account in concerned:
        return True
    configuration = call.configuration
    mine = levels_of(call.caller.account or "", configuration)
    return bool(mine) and any(levels_of(one or "", configuration)[:1] == mine[:1] for one in concerned)


def _not_found(hint: str) -> AwsError:
    return AwsError("ResourceNotFoundException", "The authorization details were not found.", 404, hint=hint)


PERFORMS: dict[str, Perform] = {
    "GetRequestAuthorizationDetails": get_details,
    "GetRequestAuthorizationPolicy": get_policy,
}
