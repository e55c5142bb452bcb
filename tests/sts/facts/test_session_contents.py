"""The table of what a session carries, row by row against the simulation."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from sts_tui.identity_providers.oidc import issue_oidc
from sts_tui.simulation.calls.ask import ContextNotSettableError
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.sign_ins import (
    console_sign_in,
    login_code,
    login_credentials,
    open_portal_session,
    open_sign_ins,
    portal_sign_in,
    portal_user,
    role_of_portal,
)
from sts_tui.sts.facts.session_contents import SESSION_CONTENTS, SessionContent
from sts_tui.sts.session import Session
from tests.accounts.organization import ALICE_MFA, MODEL, Desk
from tests.accounts.policies import MAIN, allow, policy, role_arn

EVERYTHING = policy(allow("*"))
TAGS = [{"Key": "team", "Value": "a"}, {"Key": "job", "Value": "b"}]


def model() -> dict[str, Any]:
    whole = deepcopy(MODEL)
    provider = whole["Accounts"][0]["OpenIDConnectProviders"][0]
    provider["ContextProvider"] = {
        "SubjectSourceKey": "actor",
        "KeyDefinitionList": [{"SourceKey": "aud", "TargetKey": "audience"}],
    }
    whole["IdentityCenter"] = {
        "Users": [{"UserName": "ann"}],
        "PermissionSets": [{"Name": "All", "InlinePolicy": EVERYTHING}],
        "AccountAssignments": [
            {"AccountId": MAIN, "PermissionSetArn": "All", "PrincipalType": "USER", "PrincipalId": "ann"}
        ],
    }
    alice = next(one for one in whole["Accounts"][0]["UserDetailList"] if one["UserName"] == "alice")
    alice["LoginProfile"] = {"CreateDate": "2025-01-01T00:00:00Z"}
    login = {"PolicyArn": "arn:aws:iam::aws:policy/SignInLocalDevelopmentAccess"}
    alice["AttachedManagedPolicies"] = [*alice.get("AttachedManagedPolicies", []), login]
    return whole


def credentials(access_key_id: str) -> dict[str, Any]:
    return {"Credentials": {"AccessKeyId": access_key_id}}


def at_the_portal(desk: Desk) -> dict[str, Any]:
    user = portal_user("ann", desk.sim.world)
    desk.sim.call(*portal_sign_in(user, desk.sim.world))
    portal = open_portal_session(user, desk.sim.world)
    assert portal is not None
    answer = desk.sim.call(*role_of_portal(portal, MAIN, "All"))
    return credentials(answer["roleCredentials"]["accessKeyId"])


def logged_in(desk: Desk) -> dict[str, Any]:
    alice = desk.sim.resolve("alice")
    for action, params, caller in console_sign_in(alice, desk.sim.world):
        desk.sim.call(action, params, caller=caller)
    origin = open_sign_ins(alice, "console", desk.sim.world)[-1]
    code = desk.sim.call(*login_code(origin))["code"]
    return credentials(desk.sim.call(*login_credentials(code))["tokenOutput"]["accessToken"]["accessKeyId"])


def tagged(desk: Desk) -> dict[str, Any]:
    given = {"Tags": TAGS, "TransitiveTagKeys": ["team"], "SourceIdentity": "alice", "Policy": EVERYTHING}
    return desk.assume("App", **given)


def scoped(desk: Desk) -> dict[str, Any]:
    return desk.call("GetScopedCredentials", by=desk.key(tagged(desk)), Policy=EVERYTHING)


def federated(desk: Desk) -> dict[str, Any]:
    directory = desk.sim.world.identity_providers["github"]
    token = issue_oidc(directory, directory.users[0], now=desk.now, overrides={"actor": "ana"})
    arguments = {"RoleArn": role_arn("Build"), "RoleSessionName": "build", "WebIdentityToken": token}
    return desk.call("AssumeRoleWithWebIdentity", by="anonymous", **arguments)


def with_mfa(desk: Desk) -> dict[str, Any]:
    return desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code())


PROBES: dict[str, tuple[Callable[[Desk], dict[str, Any]], Callable[[Session], Any], str]] = {
    "transitive session tag": (tagged, lambda session: dict(session.tags).get("team"), "Deep"),
    "other session tag": (tagged, lambda session: dict(session.tags).get("job"), "Deep"),
    "source identity": (tagged, lambda session: session.source_identity, "Deep"),
    "origin identity": (
        federated, lambda session: session.context.get("aws:OriginIdentity/Subject"), "Plain",
    ),
    "further claims of the provider": (
        federated,
        lambda session: session.context.get("aws:TransactionContext/IdentityProvider/audience"),
        "Plain",
    ),
    "user of IAM Identity Center": (
        at_the_portal, lambda session: session.context.get("identitystore:UserId"), "Plain",
    ),
    "login": (logged_in, lambda session: session.context.get("aws:SignInSessionArn"), "Plain"),
    "provider of the token": (
        federated, lambda session: session.context.get("aws:FederatedProvider"), "Plain",
    ),
    "session policy": (tagged, lambda session: session.session_policies or None, "Deep"),
    "scope-down policy": (scoped, lambda session: session.scope_down_policies[:1] or None, "Deep"),
    "MFA of GetSessionToken": (with_mfa, lambda session: session.mfa_at, "Plain"),
    "issue time": (tagged, lambda session: session.dated_at, "Deep"),
}  # fmt: skip


def test_every_row_has_a_probe() -> None:
    assert [row.what for row in SESSION_CONTENTS] == list(PROBES)


@pytest.mark.parametrize("row", SESSION_CONTENTS, ids=lambda row: row.what.replace(" ", "-"))
def test_rows_say_what_the_simulation_does(row: SessionContent) -> None:
    issue, probe, next_role = PROBES[row.what]
    desk = Desk(model=model())
    first = issue(desk)
    carried = probe(desk.session(first))
    assert carried is not None
    desk.sim.advance(60)
    copy = desk.call("GetScopedCredentials", by=desk.key(first), DurationSeconds=600)
    assert (probe(desk.session(copy)) == carried) is row.survives_scoping
    after = desk.assume(next_role, by=desk.key(first), session="next")
    assert (probe(desk.session(after)) == carried) is row.survives_assume_role


@pytest.mark.parametrize(
    "key",
    [
        "aws:OriginIdentity/Subject",
        "aws:OriginIdentity/SubjectType",
        "aws:OriginIdentity/Issuer",
        "aws:OriginIdentity/FederatedProviderArn",
        "aws:TransactionContext/IdentityProvider/team",
        "aws:IdentityCenterInstanceArn",
        "aws:IdentityStoreArn",
        "aws:SignInSessionArn",
        "aws:SourceIdentity",
        "aws:PrincipalTag/team",
    ],
)
def test_no_caller_sets_who_is_behind_a_request(key: str) -> None:
    """https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trusted-identity-propagation.html"""
    desk = Desk()
    with pytest.raises(ContextNotSettableError):
        desk.sim.request("s3:GetObject", "arn:aws:s3:::data/x", caller="alice", context={key: "ana"})


def test_session_of_identity_center_says_who_it_is_whatever_its_holder_writes() -> None:
    """The identity store has requests with a key of this name."""
    desk = Desk(model=model())
    key = desk.key(at_the_portal(desk))
    claimed = {"identitystore:UserId": "somebody-else"}
    with pytest.raises(ContextNotSettableError):
        desk.sim.request("s3:GetObject", "arn:aws:s3:::data/x", caller=key, context=claimed)
    desk.sim.request([("identitystore:DescribeUser", "*")], caller=key, context=claimed, each=True)
    event = next(one for one in reversed(desk.sim.events) if isinstance(one, RequestAnswered))
    part = desk.sim.context(event)
    assert part is not None
    assert part.values["identitystore:UserId"] == portal_user("ann", desk.sim.world).user_id


def test_policies_see_the_person_behind_a_shared_role() -> None:
    """Two people in one role: a Deny on the subject reaches one of them, in the chained session too."""
    desk = Desk(model=model())
    directory = desk.sim.world.identity_providers["github"]
    keys = {}
    for person in ("ana", "ben"):
        token = issue_oidc(directory, directory.users[0], now=desk.now, overrides={"actor": person})
        arguments = {"RoleArn": role_arn("Build"), "RoleSessionName": "build", "WebIdentityToken": token}
        answer = desk.call("AssumeRoleWithWebIdentity", by="anonymous", **arguments)
        keys[person] = desk.key(desk.assume("Plain", by=desk.key(answer), session="shared"))
    condition = {"StringEquals": {"aws:OriginIdentity/Subject": "ana"}}
    document = policy({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition})
    desk.sim.call("iam:PutRolePolicy", {"RoleName": "Plain", "PolicyName": "ana", "PolicyDocument": document})
    assert not desk.may("s3:GetObject", "arn:aws:s3:::data/x", by=keys["ana"])
    assert desk.may("s3:GetObject", "arn:aws:s3:::data/x", by=keys["ben"])
