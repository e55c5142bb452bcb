"""Which request and response members do events of operations that issue credentials have? They are derived
from the session.

No event has the secret. AWS's events have the session token; ours never do.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sts_tui.account.identity_pools import ISSUER
from sts_tui.account.json_value import Json
from sts_tui.simulation.calls.redaction import HIDDEN
from sts_tui.sts.session import Session, SessionKind

_OF_A_TOKEN: Final = {"aud": "audience", "iss": "issuer"}
_FROM_CONTEXT: Final = {
    "sts:RoleSessionName": "roleSessionName",
    "sts:ExternalId": "externalId",
    "sts:SourceIdentity": "sourceIdentity",
}

UNSIGNED: Final = frozenset(
    (
        "cognito-identity:GetId",
        "cognito-identity:GetOpenIdToken",
        "cognito-identity:GetCredentialsForIdentity",
    )
)
"""The unsigned operations of Cognito, for users of an app."""


def request_of(
    action: str, resource: str, condition_keys: Mapping[str, Json], session: Session | None
) -> dict[str, Any]:
    """`requestParameters`. `condition_keys`: those of the operation; `session`: the issued session."""
    request: dict[str, Any] = {}
    if action.startswith("sts:AssumeRole") and action != "sts:AssumeRoot":
        request["roleArn"] = resource
        request |= {name: condition_keys[key] for key, name in _FROM_CONTEXT.items() if key in condition_keys}
    tags = {
        key.partition("/")[2]: value
        for key, value in condition_keys.items()
        if key.startswith("aws:RequestTag/")
    }
    if session is None:
        if tags:
            request["tags"] = [{"key": key, "value": value} for key, value in tags.items()]
        return request
    request["durationSeconds"] = round((session.expires_at - session.issued_at).total_seconds())
    if session.kind is SessionKind.ROLE:
        request["roleSessionName"] = session.arn.rpartition("/")[2]
        passed = [one for one in session.tags if one[0] not in session.inherited_tag_keys]
        request |= _tags(action, passed, session)
    if session.kind is SessionKind.FEDERATED_USER:
        request["name"] = session.name
    if action == "sts:AssumeRoot":
        request["targetPrincipal"] = session.account
    if action == "sts:GetScopedCredentials":
        return request | _scoped_policy(session)
    if session.session_policies:
        request["policy"] = json.dumps(session.session_policies[0].document, separators=(",", ":"))
    if session.session_policy_arns:
        request["policyArns"] = [{"arn": arn} for arn in session.session_policy_arns]
    return request


def request_of_workload(session: Session) -> dict[str, Any]:
    """`requestParameters` of CreateSession and AssumeRoleForPodIdentity that are known from the session.

    https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html
    https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html
    """
    proof = session.proof
    if proof is None:
        return {}
    if proof.kind == "pod":
        return {"clusterName": proof.through.partition("/")[2].partition("/")[0], "token": HIDDEN}
    return {
        "trustAnchorArn": proof.through,
        "profileArn": proof.profile,
        "roleArn": session.issuer_arn,
        "durationSeconds": round((session.expires_at - session.issued_at).total_seconds()),
    }


def _scoped_policy(session: Session) -> dict[str, Any]:
    """The last scope-down policy of the session. A call without a policy only shortens the session."""
    if not session.scope_down_policies:
        return {}
    return {"policy": json.dumps(session.scope_down_policies[-1].document, separators=(",", ":"))}


def _tags(action: str, passed: list[tuple[str, str]], session: Session) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if passed and action == "sts:AssumeRole":
        found["tags"] = [{"key": key, "value": value} for key, value in passed]
    elif passed:
        found["principalTags"] = dict(passed)
    flagged = [key for key in session.transitive_tag_keys if key not in session.inherited_tag_keys]
    if flagged:
        found["transitiveTagKeys"] = flagged
    return found


def response_of(session: Session, condition_keys: Mapping[str, Json]) -> dict[str, Any]:
    """`responseElements` for the issued session. `condition_keys`: the operation's condition keys."""
    response: dict[str, Any] = {
        "credentials": {
            "accessKeyId": session.access_key_id,
            "sessionToken": HIDDEN,
            "expiration": expiration(session.expires_at),
        }
    }
    if session.kind is SessionKind.ROLE:
        response["assumedRoleUser"] = {"assumedRoleId": session.user_id, "arn": session.arn}
    elif session.kind is SessionKind.FEDERATED_USER:
        response["federatedUser"] = {"federatedUserId": session.user_id, "arn": session.arn}
    if session.packed_policy_size is not None:
        response["packedPolicySize"] = session.packed_policy_size
    for key, value in condition_keys.items():
        name = _OF_A_TOKEN.get(key.rpartition(":")[2])
        if name and not key.startswith(("aws:", "sts:")):
            response[name] = value[0] if isinstance(value, list) and value else value
    if session.source_identity:
        response["sourceIdentity"] = session.source_identity
    return response


def expiration(at: datetime) -> str:
    """`Jan 15, 2026, 3:33:20 PM`"""
    hour = at.hour % 12 or 12
    return f"{at:%b} {at.day}, {at.year}, {hour}:{at:%M:%S} {'AM' if at.hour < 12 else 'PM'}"


def visitor_event(record: Mapping[str, Any], session: Session | None) -> dict[str, Any]:
    """The event of such a request. `record` and the result have the members of `event.schema.json`. `session`
    is the issued session: no event of STS has it, so the access key id in this response links it to the
    identity.

    https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
    """
    written = dict(record) | {
        "userIdentity": {"type": "Unknown"},
        "managementEvent": False,
        "eventCategory": "Data",
    }
    if session is None:
        return written
    pool, identity = _text(session, "aud"), _text(session, "sub")
    given = record["requestParameters"] or {}
    owner, partition, region = session.account, session.arn.split(":")[1], pool.partition(":")[0]
    return written | {
        "requestParameters": {key: given[key] for key in ("logins",) if key in given}
        | {"identityId": given.get("identityId", identity)},
        "responseElements": {
            "credentials": {
                "accessKeyId": session.access_key_id,
                "sessionToken": HIDDEN,
                "expiration": expiration(session.expires_at),
            },
            "identityId": identity,
        },
        "resources": [
            {
                "accountId": owner,
                "type": "AWS::Cognito::IdentityPool",
                "ARN": f"arn:{partition}:cognito-identity:{region}:{owner}:identitypool/{pool}",
            }
        ],
        "recipientAccountId": owner,
    }


def _text(session: Session, claim: str) -> str:
    value = session.context.get(f"{ISSUER}:{claim}", "")
    return str(value[0] if isinstance(value, list) and value else value)
