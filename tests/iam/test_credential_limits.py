"""What credentials may never call, and what no policy can deny."""

from __future__ import annotations

import pytest

from sts_tui.iam import Caller, CallerKind, Outcome, denied_message
from sts_tui.iam.credential_limits import CREDENTIAL_LIMITS
from tests.accounts.decisions import ACCOUNT, FEDERATED, FULL, ROLE, ROOT, USER, ask, decide, role_session
from tests.accounts.policies import deny, policy

CALLERS = {
    "user": Caller(kind=CallerKind.USER, arn=USER, account=ACCOUNT),
    "user session": Caller(kind=CallerKind.USER_SESSION, arn=USER, account=ACCOUNT),
    "user session with MFA": Caller(kind=CallerKind.USER_SESSION, arn=USER, account=ACCOUNT, has_mfa=True),
    "role session": role_session(),
    "federated user": Caller(kind=CallerKind.FEDERATED_USER, arn=FEDERATED, account=ACCOUNT, issuer_arn=USER),
    "root": Caller(kind=CallerKind.ROOT, arn=ROOT, account=ACCOUNT),
}


@pytest.mark.parametrize(
    ("who", "action", "allowed"),
    [
        ("user", "iam:ListUsers", True),
        ("user", "sts:GetFederationToken", True),
        ("user session", "iam:ListUsers", False),
        ("user session with MFA", "iam:ListUsers", True),
        ("user session", "sts:DecodeAuthorizationMessage", False),
        ("user session with MFA", "sts:GetAccessKeyInfo", False),
        ("user session", "sts:GetWebIdentityToken", True),
        ("user session", "sts:GetSessionToken", False),
        ("user session", "s3:GetObject", True),
        ("role session", "sts:GetSessionToken", False),
        ("role session", "sts:GetFederationToken", False),
        ("role session", "sts:DecodeAuthorizationMessage", True),
        ("role session", "iam:ListUsers", True),
        ("federated user", "iam:ListUsers", False),
        ("federated user", "sts:AssumeRole", False),
        ("federated user", "sts:GetCallerIdentity", True),
        ("federated user", "s3:GetObject", True),
        ("root", "sts:GetFederationToken", True),
    ],
)
def test_credentials_may_call(who: str, action: str, allowed: bool) -> None:
    found = decide(ask(caller=CALLERS[who], action=action), identity=FULL, session=FULL)
    assert found.is_allowed is allowed
    assert (found.limit is None) is allowed


def test_root_cannot_assume_roles_and_aws_says_so() -> None:
    request = ask(caller=CALLERS["root"], action="sts:AssumeRole", resource=ROLE)
    found = decide(
        request, resource=policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    )
    assert found.outcome is Outcome.IMPLICIT_DENY
    assert denied_message(request, found) == "Roles may not be assumed by root accounts."


@pytest.mark.parametrize("who", sorted(CALLERS))
def test_no_policy_can_deny_get_caller_identity(who: str) -> None:
    found = decide(
        ask(caller=CALLERS[who], action="STS:GetCallerIdentity"), identity=policy(deny()), scps=[[]]
    )
    assert (found.outcome, found.settled_by) == (Outcome.ALLOWED, None)


def test_no_policy_can_deny_get_session_token_to_long_term_keys() -> None:
    assert decide(ask(action="sts:GetSessionToken"), identity=policy(deny())).is_allowed


def test_anonymous_callers_are_not_exempt() -> None:
    assert not decide(ask(principal=None, action="sts:GetCallerIdentity")).is_allowed


def test_every_limit_says_why() -> None:
    assert all(limit.because and limit.code and limit.status in (400, 403) for limit in CREDENTIAL_LIMITS)
