"""Requests and callers for the policy engine alone, written shortly."""

from __future__ import annotations

from typing import Any

from sts_tui.iam import Caller, CallerKind, Decision, PolicySet, PolicyType, Request, evaluate
from sts_tui.iam.policy_results import own_policy_type
from tests.accounts.policies import MAIN, allow, policy

ACCOUNT = MAIN
USER = f"arn:aws:iam::{ACCOUNT}:user/app/ana"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app/Deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/job-1"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OBJECT = "arn:aws:s3:::data/key"
EVERYTHING = allow("*")


FULL = policy(EVERYTHING)
"""One statement that allows everything."""


def crowd(policy_type: PolicyType, request: Request) -> dict[str, Any]:
    """Forty statements for the action of a request, none of which concerns it, for a policy of this type."""
    statements = [
        _about_others(effect, number, request) for effect in ("Deny", "Allow") for number in range(20)
    ]
    if policy_type is PolicyType.RESOURCE and own_policy_type(request) is PolicyType.TRUST:
        for number, statement in enumerate(statements):
            del statement["Resource"]
            statement["Principal"] = {"AWS": f"{990000000000 + number}"}
    elif policy_type in (PolicyType.RESOURCE, PolicyType.RCP, PolicyType.ENDPOINT):
        statements = [{**statement, "Principal": "*"} for statement in statements]
    if policy_type is PolicyType.RCP:
        statements = statements[:20]
    return policy(*statements)


def _about_others(effect: str, number: int, request: Request) -> dict[str, Any]:
    return {
        "Effect": effect,
        "Action": request.action,
        "Resource": f"arn:aws:elsewhere:::unrelated-{number}/*",
    }


def role_session(**changes: Any) -> Caller:
    known = {"arn": SESSION, "account": ACCOUNT, "issuer_arn": ROLE, "unique_id": "AROAEXAMPLEEXAMPLEEXA"}
    return Caller(kind=CallerKind.ROLE_SESSION, **{**known, **changes})


def ask(
    *,
    principal: str | None = USER,
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    owner: str | None = ACCOUNT,
    context: dict[str, Any] | None = None,
    caller: Caller | None = None,
) -> Request:
    return Request(principal, action, resource, owner, context, caller)


def decide(request: Request | None = None, **policies: Any) -> Decision:
    return evaluate(request or ask(), PolicySet(**policies))
