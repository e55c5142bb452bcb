"""Sign-in sessions: list, get, revoke.

A revoked session can no longer be refreshed. Credentials that it issued stay valid for the rest of their 15
minutes, and role sessions assumed with them for their own duration.
https://docs.aws.amazon.com/signin/latest/APIReference/API_BatchRevokeSessions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.arn import Arn
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.sign_in import SignIn
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import signin as shapes

_NOT_FOUND: Final = "RESOURCE_NOT_FOUND"
_PAGE: Final = 100


def list_sessions(call: Call[shapes.ListSessionsInput]) -> Answer:
    """The sessions of the caller, of one identity or of the whole account; expired sessions are not listed.
    Raises denials and ValidationException.
    """
    call.authorize("signin:ListSessions")
    params = call.params
    after, before = params.get("issuedAfter"), params.get("issuedBefore")
    found = []
    for one in _owned(call, params.get("principalArn")):
        issued = int(one.issued_at.timestamp())
        status, client = params.get("status"), params.get("clientId")
        if one.expires_at <= call.now or (status and _status(one) != status):
            continue
        if client and one.client_id != client:
            continue
        if (after is None or issued >= after) and (before is None or issued < before):
            found.append(_item(one))
    start = int(params.get("nextToken") or 0)
    size = int(params.get("maxResults") or _PAGE)
    response: dict[str, object] = {"items": found[start : start + size]}
    if start + size < len(found):
        response["nextToken"] = str(start + size)
    return Answer(response=response)


def get_session(call: Call[shapes.GetSessionInput]) -> Answer:
    """Raises denials, and ResourceNotFoundException also for a session of another identity."""
    call.authorize("signin:GetSession")
    arn = call.params["sessionArn"]
    for one in _owned(call, call.params.get("principalArn")):
        if one.arn == arn:
            shape = _item(one)
            shape["issuedInRegion"] = one.region
            if one.last_used_at is not None:
                shape["lastUsedAt"] = int(one.last_used_at.timestamp())
            if one.origin:
                shape["originSessionArn"] = one.origin
            return Answer(response=shape)
    raise AwsError("ResourceNotFoundException", f"{_NOT_FOUND}: Session not found", 404)


def batch_revoke_sessions(call: Call[shapes.BatchRevokeSessionsInput]) -> Answer:
    """Revoke up to five sessions; revoking one again succeeds. Raises denials."""
    call.authorize("signin:BatchRevokeSessions")
    owned = {one.arn: one for one in _owned(call, call.params.get("principalArn"))}
    ended = {
        arn: replace(owned[arn], ended_at=owned[arn].ended_at or call.now)
        for arn in call.params["sessionArns"]
        if arn in owned
    }
    errors = [
        {"sessionArn": arn, "code": _NOT_FOUND, "message": "Session not found"}
        for arn in call.params["sessionArns"]
        if arn not in owned
    ]
    table = PersistentMap.of(call.configuration.sign_ins).updated(ended)
    return Answer(
        response={"revokedSessions": [{"sessionArn": arn} for arn in ended], "errors": errors},
        configuration=replace(call.configuration, sign_ins=table) if ended else None,
        subject=next(iter(ended), ""),
    )


def owner_arn(principal: str) -> str:
    """The identity that owns the sessions of a principal, by ARN: a role for sessions of a role."""
    arn = Arn.parse(principal)
    if arn.resource.startswith("assumed-role/"):
        return f"arn:{arn.partition}:iam::{arn.account}:role/{arn.resource.split('/')[1]}"
    return principal


def _owned(call: Call, wanted: str | None) -> list[SignIn]:
    """The sign-in sessions of an identity of the caller's account."""
    account = call.account
    everyone = f":iam::{account}:*"
    name = wanted or (owner_arn(call.caller.arn) if call.caller.arn else "")
    return [
        one
        for one in call.configuration.sign_ins.values()
        if one.kind != "portal"
        and one.arn.split(":")[4] == account
        and (name.endswith(everyone) or _without_path(owner_arn(one.principal)) == _without_path(name))
    ]


def _without_path(arn: str) -> str:
    """The ARN without its path, which the patterns of these operations do not allow."""
    head, slash, rest = arn.partition("/")
    return f"{head}{slash}{rest.rpartition('/')[2]}" if ":iam:" in arn else arn


def _status(one: SignIn) -> str:
    return "REVOKED" if one.ended_at is not None else "ACTIVE"


def _item(one: SignIn) -> dict[str, object]:
    principal = _without_path(owner_arn(one.principal))
    shape: dict[str, object] = {
        "sessionArn": one.arn,
        "principalArn": principal,
        "status": _status(one),
        "issuedAt": int(one.issued_at.timestamp()),
        "expiresAt": int(one.expires_at.timestamp()),
    }
    if ":role/" in principal:
        shape["role"] = principal
    if one.client_id:
        shape["clientId"] = one.client_id
        shape["clientType"] = one.kind
    return shape


PERFORMS: dict[str, Perform] = {
    "ListSessions": list_sessions,
    "GetSession": get_session,
    "BatchRevokeSessions": batch_revoke_sessions,
}
