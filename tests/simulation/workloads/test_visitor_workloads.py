"""Visitors of an app as workloads, and those that animate invents: Cognito's enhanced flow.

https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.loading.load import from_json
from sts_tui.simulation import Simulation
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.workloads.invention import animated
from sts_tui.simulation.world import Health
from sts_tui.sts.session import Session
from tests.accounts.photo_app import MODEL, POOL
from tests.accounts.policies import role_arn

PUBLIC = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/public/x"}
HOUR = 3600


def opened(*workloads: dict[str, Any], **pool: Any) -> Simulation:
    model = deepcopy(MODEL)
    model["IdentityProviders"][0]["IdentityPool"] |= pool
    model["Workloads"] = list(workloads)
    return Simulation(from_json(model).model)


def visitor(identity: str, role: str, request: dict[str, Any] = PUBLIC) -> dict[str, Any]:
    hop = {"RoleArn": role_arn(role)}
    return {
        "Name": "app",
        "Identity": identity,
        "AssumeRoles": [hop],
        "EverySeconds": 60,
        "Requests": [request],
    }


def sessions(sim: Simulation) -> list[Session]:
    return list(sim.world.sessions.values())


def test_a_guest_renews_for_the_same_identity_in_the_pool() -> None:
    sim = opened(visitor("app:photos", "Guest"))
    sim.advance(HOUR)
    assert sim.world.workload_states["app"].health is Health.HEALTHY
    first, second = sessions(sim)
    assert first.has_session_policy
    assert first.context == second.context
    assert len(sim.world.configuration.pool_identities) == 1


def test_someone_who_signs_in_reads_their_own_folder() -> None:
    """`${cognito-identity.amazonaws.com:sub}` of the request is that of the session."""
    own = {
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::photos/${cognito-identity.amazonaws.com:sub}/x",
    }
    sim = opened(visitor(f"app:{POOL}/members/ana", "Member", own))
    sim.advance(61)
    assert sim.world.workload_states["app"].health is Health.HEALTHY
    (session,) = sessions(sim)
    assert session.context["cognito-identity.amazonaws.com:sub"] in sim.world.configuration.pool_identities
    asked = [each for each in sim.events.since(0) if isinstance(each, RequestAnswered)]
    assert "${" not in asked[-1].resource


def test_a_pool_that_is_closed_to_guests_leaves_the_app_without_credentials() -> None:
    sim = opened(visitor("app:photos", "Guest"), AllowUnauthenticatedIdentities=False)
    sim.advance(61)
    assert "GetId: NotAuthorizedException" in sim.world.workload_states["app"].reason


def test_a_role_that_the_pool_does_not_give_is_reported() -> None:
    sim = opened(visitor("app:photos", "Member"))
    sim.advance(61)
    assert "the identity pool gives" in sim.world.workload_states["app"].reason


@pytest.mark.parametrize("identity", ["app:photo", "app:photos/ana", "app:photos/members/eve"])
def test_a_visitor_who_is_not_in_the_files_is_an_error(identity: str) -> None:
    with pytest.raises(AccountFileError):
        opened(visitor(identity, "Guest"))


def test_animate_lets_guests_and_people_in_by_the_enhanced_flow() -> None:
    sim = opened(AllowClassicFlow=False)
    made, _ = animated(sim.world, 0)
    assert made["~Guest-guest"].identity == f"app:{POOL}"
    assert made["~Member-visitor"].identity == f"app:{POOL}/facebook/fay"
    assert made == animated(sim.world, 0)[0]
    sim.animate()
    sim.advance(60)
    issued = {each.operation for each in sessions(sim) if each.issuer_arn == role_arn("Guest")}
    assert issued == {"AssumeRoleWithWebIdentity"}
    assert any(
        each.verdict is Verdict.ALLOWED and each.workload == "~Member-visitor"
        for each in sim.events.since(0)
        if isinstance(each, RequestAnswered)
    )


def test_where_no_file_has_a_user_one_is_invented_at_the_login_provider() -> None:
    model = deepcopy(MODEL)
    del model["IdentityProviders"][1:]
    made, providers = animated(Simulation(from_json(model).model).world, 0)
    pool, provider, user = made["~Member-visitor"].identity.removeprefix("app:").split("/")
    assert (pool, user) == (POOL, "any")
    assert providers[provider].users[0].name == user
