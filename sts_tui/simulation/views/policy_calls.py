"""Which AWS call writes the policy of a row, in which account is it made, and what does the edit affect?"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json
from sts_tui.account.regions import DEFAULT_REGION
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
    """The account in which it is made: the policy's account, or the management account for SCPs and RCPs."""
    effect: str
    """What the edit affects: `affects new sessions only; …`."""
    then: tuple[tuple[str, dict[str, Json]], ...] = ()
    """Further calls that complete the edit, each by its action and parameters."""

    @property
    def calls(self) -> tuple[tuple[str, dict[str, Json]], ...]:
        """(action, parameters by AWS's names) of all calls, in order."""
        return ((self.action, self.params), *self.then)


def writing_call(row: PolicyRow, text: str, configuration: Configuration) -> PolicyCall | None:
    """The call that writes `text` as this policy; None if no simulated call writes it. Raises
    NotWritableError if calls write this policy, but not with this text.
    """
    found = _iam_call(row, text) or _organization_call(row, text) or _resource_calls(row, text)
    if found is None:
        return None
    calls, effect = found
    (action, params), *then = calls
    organization = configuration.organization
    if row.kind in ("SCP", "RCP") and organization is not None:
        account = organization.management_account_id
    elif (resource := configuration.resources.get(row.holder)) is not None:
        account = resource.account
    else:
        account = account_of(row.holder) or ""
    return PolicyCall(action=action, params=params, account=account, effect=effect, then=tuple(then))


_Call = tuple[str, dict[str, Json]]
_Found = tuple[list[_Call], str]


def _iam_call(row: PolicyRow, text: str) -> _Found | None:
    owner = row.holder.rsplit("/", 1)[-1]
    match row.kind:
        case "trust policy":
            return [("iam:UpdateAssumeRolePolicy", {"RoleName": owner, "PolicyDocument": text})], _TRUST
        case "inline":
            kind = row.attached_at.partition(" ")[0].title()
            params: dict[str, Json] = {
                f"{kind}Name": owner,
                "PolicyName": row.name,
                "PolicyDocument": text,
            }
            return [(f"iam:Put{kind}Policy", params)], _SESSIONS
        case "managed" | "permissions boundary" if row.arn is not None:
            params = {"PolicyArn": row.arn, "PolicyDocument": text, "SetAsDefault": True}
            return [("iam:CreatePolicyVersion", params)], _SESSIONS
    return None


def _organization_call(row: PolicyRow, text: str) -> _Found | None:
    if row.kind not in ("SCP", "RCP"):
        return None
    return [("organizations:UpdatePolicy", {"PolicyId": row.holder, "Content": text})], _ACCOUNTS


def _resource_calls(row: PolicyRow, text: str) -> _Found | None:
    if row.kind != "resource policy" or row.holder.count(":") < 5:
        return None
    _, _, service, region, account, name = row.holder.split(":", 5)
    match service:
        case "s3" if "/" not in name:
            call: _Call = ("s3:PutBucketPolicy", {"Bucket": name, "Policy": text})
        case "kms":
            call = "kms:PutKeyPolicy", {"KeyId": row.holder, "PolicyName": "default", "Policy": text}
        case "sns":
            params: dict[str, Json] = {"TopicArn": row.holder, "AttributeName": "Policy"}
            call = "sns:SetTopicAttributes", {**params, "AttributeValue": text}
        case "sqs":
            url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
            call = "sqs:SetQueueAttributes", {"QueueUrl": url, "Attributes": {"Policy": text}}
        case "secretsmanager":
            call = "secretsmanager:PutResourcePolicy", {"SecretId": row.holder, "ResourcePolicy": text}
        case "ecr" if region == DEFAULT_REGION:
            params = {"registryId": account, "repositoryName": name.removeprefix("repository/")}
            call = "ecr:SetRepositoryPolicy", {**params, "policyText": text}
        case "lambda":
            from sts_tui.simulation.views.function_policy_calls import function_policy_calls

            calls = function_policy_calls(row.holder, row.text, text)
            return calls or [("lambda:GetPolicy", {"FunctionName": row.holder})], _REQUESTS
        case _:
            return None
    return [call], _REQUESTS


def why_not_writable(row: PolicyRow) -> str:
    """Why no simulated call writes this policy, and what to do instead."""
    if row.kind == "older version":
        name = row.attached_at.removeprefix("version ")
        return f"only the default version can be edited: iam set-default-policy-version --version-id {name}"
    service = row.holder.split(":")[2] if row.holder.count(":") >= 5 else ""
    if service == "ecr":
        return "it is in another Region than the editor calls: use :aws ecr set-repository-policy --region"
    if row.kind == "resource policy" and service:
        return f"no simulated operation writes policies of {service}; edit the account file"
    return f"no simulated operation writes a {row.kind}"
