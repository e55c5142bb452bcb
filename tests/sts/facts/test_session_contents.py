"""The table of what a session carries, row by row against the simulation."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from sts_tui.identity_providers.oidc import issue_oidc
from sts_tui.sts.facts.session_contents import SESSION_CONTENTS, SessionContent
from sts_tui.sts.session import Session
from tests.accounts.organization import ALICE_MFA, MODEL, Desk
from tests.accounts.policies import allow, policy, role_arn

EVERYTHING = policy(allow("*"))
TAGS = [{"Key": "team", "Value": "a"}, {"Key": "job", "Value": "b"}]


def model() -> dict[str, Any]:
    whole = deepcopy(MODEL)
    provider = whole["Accounts"][0]["OpenIDConnectProviders"][0]
    provider["ContextProvider"] = {"SubjectSourceKey": "actor"}
    return whole


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
