"""What credentials can call, as data and as enforced; and the limits of the policy engine agree."""

from __future__ import annotations

import pytest

from sts_tui.account.entities import Settings
from sts_tui.iam.access_denied import MessageForm, message_form
from sts_tui.iam.caller import CallerKind
from sts_tui.iam.credential_limits import limit_on
from sts_tui.iam.request import Request
from sts_tui.simulation import AwsError
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.facts.operation_matrix import CREDENTIALS_ROWS, OPERATION_ROWS
from sts_tui.sts.identity import (
    ANONYMOUS_IDENTITY,
    CallerIdentity,
    federated_identity,
    operator_identity,
    root_identity,
    service_identity,
    session_identity,
    user_identity,
)
from tests.accounts.organization import ALICE_MFA, Desk
from tests.accounts.policies import MAIN, OTHER, user_arn

UNSIGNED = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}
ACTIONS = [*(f"sts:{name}" for name in OPERATION_ROWS), "iam:GetUser", "s3:GetObject"]


def identities() -> dict[str, CallerIdentity]:
    desk = Desk()
    audit = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
    mfa = {"SerialNumber": ALICE_MFA, "TokenCode": desk.mfa_code()}
    sessions = {
        "role session": desk.assume("App"),
        "user session": desk.call("GetSessionToken"),
        "user session with MFA": desk.call("GetSessionToken", **mfa),
        "federated user session": desk.call("GetFederationToken", Name="fred"),
        "root session": desk.call("GetSessionToken", by=f"root@{MAIN}"),
        "assumed root": desk.call("AssumeRoot", TargetPrincipal=OTHER, TaskPolicyArn={"arn": audit}),
    }
    return {
        "user": user_identity(desk.sim.world.configuration.users[user_arn("alice")]),
        "root": root_identity(MAIN),
        "service": service_identity("ec2.amazonaws.com"),
        **{name: session_identity(desk.session(response)) for name, response in sessions.items()},
    }


IDENTITIES = identities()


def refused(action: str, caller: CallerIdentity) -> AwsError | None:
    try:
        refuse_caller(action, caller, Settings())
    except AwsError as refusal:
        return refusal
    return None


ANY_TEMPORARY = {"GetCallerIdentity", "GetDelegatedAccessToken", "GetScopedCredentials"}
EXPECTED = {
    "user": set(OPERATION_ROWS) - {"GetScopedCredentials"},
    "root": set(OPERATION_ROWS) - {"AssumeRole", "AssumeRoot", "GetScopedCredentials", "GetWebIdentityToken"},
    "service": {"AssumeRole", "GetCallerIdentity"},
    "role session": set(OPERATION_ROWS) - {"GetFederationToken", "GetSessionToken"},
    "user session": {"AssumeRole", "GetWebIdentityToken"} | ANY_TEMPORARY,
    "user session with MFA": {"AssumeRole", "GetWebIdentityToken"} | ANY_TEMPORARY,
    "federated user session": ANY_TEMPORARY,
    "root session": ANY_TEMPORARY - {"GetScopedCredentials"},
}


@pytest.mark.parametrize("who", sorted(EXPECTED))
def test_credentials_open_these_operations_and_no_others(who: str) -> None:
    is_open = {name for name in OPERATION_ROWS if refused(f"sts:{name}", IDENTITIES[who]) is None}
    assert is_open == EXPECTED[who] | UNSIGNED


@pytest.mark.parametrize("who", sorted(EXPECTED))
def test_table_of_operations_names_the_callers(who: str) -> None:
    """Except root sessions: the table has one kind for those of GetSessionToken and of AssumeRoot."""
    kind = IDENTITIES[who].caller.kind
    named = {name for name, row in OPERATION_ROWS.items() if kind in row.callers}
    assert EXPECTED[who] - UNSIGNED <= named
    if kind is not CallerKind.ROOT_SESSION:
        assert named <= EXPECTED[who]


@pytest.mark.parametrize("who", sorted(IDENTITIES))
@pytest.mark.parametrize("action", ACTIONS)
def test_limits_of_the_policy_engine_are_refused_before_it_is_asked(who: str, action: str) -> None:
    caller = IDENTITIES[who]
    limit = limit_on(Request(principal=caller.arn, action=action, caller=caller.caller))
    refusal = refused(action, caller)
    if limit is None or action.removeprefix("sts:") in UNSIGNED:  # whose credentials do not matter
        return
    assert refusal is not None
    assert (refusal.code, refusal.status) == (limit.code, limit.status)
    if limit.message:
        assert refusal.message == limit.message


@pytest.mark.parametrize("action", ACTIONS)
def test_operator_can_call_anything(action: str) -> None:
    assert refused(action, operator_identity(MAIN)) is None


def test_signed_operations_need_credentials() -> None:
    codes = {name: refused(f"sts:{name}", ANONYMOUS_IDENTITY) for name in OPERATION_ROWS}
    assert {name for name, refusal in codes.items() if refusal is None} == UNSIGNED
    assert {refusal.code for refusal in codes.values() if refusal} == {"MissingAuthenticationToken"}


def test_credentials_table_has_a_row_for_every_kind_of_session() -> None:
    named = " ".join(row.credentials for row in CREDENTIALS_ROWS)
    for name in ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"):
        assert name in named
    for name in ("IAM Identity Center", "aws login", "GetScopedCredentials"):
        assert name in named
    for name in ("GetFederationToken", "GetSessionToken without MFA", "GetSessionToken with MFA"):
        assert name in named


@pytest.mark.parametrize(
    ("action", "is_federated", "form"),
    [
        ("sts:AssumeRole", False, MessageForm.WITHOUT_REASON),
        ("sts:TagSession", False, MessageForm.WITHOUT_REASON),
        ("sts:TagSession", True, MessageForm.ACTION_ALONE),
        ("sts:AssumeRoleWithSAML", True, MessageForm.ACTION_ALONE),
        ("sts:GetFederationToken", False, MessageForm.WITH_REASON),
        ("s3:GetObject", False, MessageForm.WITH_REASON),
    ],
)
def test_form_of_a_denial(action: str, is_federated: bool, form: MessageForm) -> None:
    caller = federated_identity("accounts.google.com", None, "x") if is_federated else root_identity(MAIN)
    assert message_form(action, caller.caller.kind) is form
