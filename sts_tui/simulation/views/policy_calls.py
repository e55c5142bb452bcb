"""Which AWS call writes the policy of a row, in which account is it made, and whom does the edit affect?"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json
from sts_tui.simulation.views.rows import PolicyRow

_TRUST: Final = "affects new sessions only; existing sessions keep working"
_SESSIONS: Final = "affects every active session at its next request"
_REQUESTS: Final = "affects the next request to it"
_ACCOUNTS: Final = "affects every account below what it is attached to, at the next request"


class PolicyCall(Struct, frozen=True, kw_only=True):
    """The call that writes a policy."""

    action: str
    params: dict[str, Json]
    account: str
    """Where it is made: the policy's account, for SCPs and RCPs the management account."""
    effect: str
    """What the edit affects: `affects new sessions only; …`."""


def writing_call(row: PolicyRow, text: str, configuration: Configuration) -> PolicyCall | None:
    """The call that writes `text` as this policy; None where no simulated call writes it."""
    found = _iam_call(row, text) or _other_call(row, text)
    if found is None:
        return None
    action, params, effect = found
    organization = configuration.organization
    if row.kind in ("SCP", "RCP") and organization is not None:
        account = organization.management_account_id
    elif (resource := configuration.resources.get(row.holder)) is not None:
        account = resource.account
    else:
        account = account_of(row.holder) or ""
    return PolicyCall(action=action, params=params, account=account, effect=effect)


_Found = tuple[str, dict[str, Json], str]


def _iam_call(row: PolicyRow, text: str) -> _Found | None:
    owner = row.holder.rsplit("/", 1)[-1]
    match row.kind:
        case "trust policy":
            return "iam:UpdateAssumeRolePolicy", {"RoleName": owner, "PolicyDocument": text}, _TRUST
        case "inline":
            kind = row.attached_at.partition(" ")[0].title()
            params: dict[str, Json] = {
                f"{kind}Name": owner,
                "PolicyName": row.name,
                "PolicyDocument": text,
            }
            return f"iam:Put{kind}Policy", params, _SESSIONS
        case "managed" | "permissions boundary" if row.arn is not None:
            params = {"PolicyArn": row.arn, "PolicyDocument": text, "SetAsDefault": True}
            return "iam:CreatePolicyVersion", params, _SESSIONS
    return None


def _other_call(row: PolicyRow, text: str) -> _Found | None:
    if row.kind in ("SCP", "RCP"):
        return "organizations:UpdatePolicy", {"PolicyId": row.holder, "Content": text}, _ACCOUNTS
    if row.kind != "resource policy":
        return None
    match row.holder.split(":", 5):
        case [_, _, "s3", _, _, bucket] if "/" not in bucket:
            return "s3:PutBucketPolicy", {"Bucket": bucket, "Policy": text}, _REQUESTS
        case [_, _, "kms", _, _, _]:
            params: dict[str, Json] = {"KeyId": row.holder, "PolicyName": "default", "Policy": text}
            return "kms:PutKeyPolicy", params, _REQUESTS
    return None


def why_not_writable(row: PolicyRow) -> str:
    """Why no simulated call writes this policy, and what to do instead."""
    if row.kind == "older version":
        name = row.attached_at.removeprefix("version ")
        return f"only the default version can be edited: iam set-default-policy-version --version-id {name}"
    service = row.holder.split(":")[2] if row.holder.count(":") >= 5 else ""
    if row.kind == "resource policy" and service:
        return f"no simulated operation writes policies of {service}; edit the account file"
    return f"no simulated operation writes a {row.kind}"
