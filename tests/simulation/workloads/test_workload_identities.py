"""Servers with certificates and pods as workloads: they sign in by themselves and renew, until a cut.

https://docs.aws.amazon.com/rolesanywhere/latest/userguide/credential-helper.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.views.rows import SessionRow, session_rows
from sts_tui.simulation.world import Health
from tests.accounts.workload_identities import (
    ANCHOR,
    ASSOCIATION,
    POD_ROLE,
    SERVER_ROLE,
    TARGET_ROLE,
    model,
)

READ = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/x"}
HOUR = 3600


def working(name: str, identity: str, role: str, **more: Any) -> Simulation:
    raw = model()
    raw["Accounts"][0]["PodIdentityAssociations"][0].update(more)
    raw["Workloads"] = [
        {"Name": name, "Identity": identity, "AssumeRoles": [{"RoleArn": role}], "EverySeconds": 60,
         "Requests": [READ]}
    ]  # fmt: skip
    return Simulation(from_json(raw).model)


def server() -> Simulation:
    return working("web", "corp-ca/web-1", SERVER_ROLE)


def pod(**more: Any) -> Simulation:
    return working("web", "pod:prod/shop/web", more.get("targetRoleArn", POD_ROLE), **more)


def row(sim: Simulation) -> SessionRow:
    return session_rows(sim)[-1]


def test_rows_name_the_authority_and_the_cluster() -> None:
    certificate, token = server(), pod()
    for sim in (certificate, token):
        sim.advance(1)
    assert (row(certificate).via, row(certificate).limit) == ("certificate corp-ca", "profile 1h")
    assert (row(token).via, row(token).limit) == ("pod prod", "service 6h")
    assert "corp" in row(certificate).through
    assert "prod/shop/web" in row(token).through


@pytest.mark.parametrize(("opening", "hours"), [(server, 1), (pod, 6)])
def test_both_renew_before_the_end(opening: Any, hours: int) -> None:
    sim = opening()
    sim.advance(hours * HOUR + 60)
    own = [one for one in sim.world.sessions.values() if one.proof is not None]
    assert len(own) == 2
    assert sim.world.workload_states["web"].health is Health.HEALTHY


def test_a_disabled_trust_anchor_ends_it_only_when_the_session_ends() -> None:
    sim = server()
    sim.advance(60)
    sim.call("rolesanywhere:DisableTrustAnchor", {"trustAnchorId": ANCHOR.rpartition("/")[2]}, caller="admin")
    sim.advance(HOUR - 1200)
    assert sim.world.workload_states["web"].health is Health.HEALTHY
    sim.advance(1800)
    state = sim.world.workload_states["web"]
    assert state.health is Health.FAILING
    assert "CreateSession" in state.reason


def test_a_deleted_association_ends_it_only_when_the_session_ends() -> None:
    sim = pod()
    sim.advance(60)
    params = {"clusterName": "prod", "associationId": ASSOCIATION.rpartition("/")[2]}
    sim.call("eks:DeletePodIdentityAssociation", params, caller="admin")
    sim.advance(HOUR)
    assert sim.world.workload_states["web"].health is Health.HEALTHY
    sim.advance(6 * HOUR)
    assert sim.world.workload_states["web"].health is Health.FAILING


def test_a_pod_with_a_target_role_works_as_that_role_by_way_of_the_first() -> None:
    sim = pod(targetRoleArn=TARGET_ROLE)
    sim.advance(60)
    own = [one.issuer_arn for one in sim.world.sessions.values() if one.proof is not None]
    assert own == [POD_ROLE, TARGET_ROLE]
    assert sim.world.workload_states["web"].health is Health.HEALTHY


@pytest.mark.parametrize(
    ("opening", "cut", "is_cut"),
    [
        (server, "revoke-role", True),
        (server, "revoke-certificate", False),
        (server, "disable-anchor", False),
        (server, "disable-profile", False),
        (pod, "revoke-role", True),
        (pod, "deny-service-account", True),
        (pod, "delete-association", False),
    ],
)
def test_the_desk_says_which_cut_ends_live_sessions_and_which_new_ones(
    opening: Any, cut: str, is_cut: bool
) -> None:
    sim = opening()
    sim.advance(60)
    desk = incident(sim, row(sim).access_key_id)
    found = desk.row(cut)
    assert found is not None
    assert not found.trial.refused
    assert found.trial.is_cut is is_cut


@pytest.mark.parametrize(("opening", "label"), [(server, "web-1@Server"), (pod, "web-0@Pod")])
def test_a_session_is_called_after_its_holder_and_named_as_aws_does(opening: Any, label: str) -> None:
    sim = opening()
    sim.advance(60)
    (session,) = [one for one in sim.world.sessions.values() if one.proof is not None]
    assert session.label == label
    assert session.arn.rpartition("/")[2] != session.name


def test_the_name_of_a_pod_means_its_newest_session() -> None:
    sim = pod()
    sim.advance(6 * HOUR + 60)
    old, new = [one for one in sim.world.sessions.values() if one.proof is not None]
    assert old.arn != new.arn
    assert sim.resolve("web-0@Pod").access_key_id == new.access_key_id
