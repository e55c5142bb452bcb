"""Certificates and pods are ways in, as their trust policies and services let them."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.outside import Entry, entries
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.simulation.reach.visitors.workload_entries import entry_of, workload_entries
from tests.accounts.workload_identities import (
    ANCHOR,
    ASSOCIATION,
    PARTNER,
    POD_ROLE,
    SERVER_ROLE,
    TARGET_ROLE,
    model,
)

CERTIFICATE, POD = "corp-ca/web-1", "pod:prod/shop/web"


def opened(**association: Any) -> Simulation:
    raw = model()
    raw["Accounts"][0]["PodIdentityAssociations"][0].update(association)
    return Simulation(from_json(raw).model)


def outside(sim: Simulation) -> dict[str, Entry]:
    return {one.who: one for one in entries(sim.world) if one.kind in ("certificate", "pod")}


def test_every_certificate_with_each_role_of_a_profile_and_every_association() -> None:
    found = [(one.source, one.target, one.is_open) for one in workload_entries(opened().world)]
    assert found == [
        (CERTIFICATE, SERVER_ROLE, True),
        ("corp-ca/db-1", SERVER_ROLE, True),
        (POD, POD_ROLE, True),
    ]


def test_the_condition_on_the_certificate_decides_which_holder_comes_in() -> None:
    sim = opened()
    condition = {"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "db-1"}}
    trusting = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "rolesanywhere.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
                "Condition": condition,
            }
        ],
    }
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "Server", "PolicyDocument": trusting}, caller="admin")
    found = {one.source: one.is_open for one in workload_entries(sim.world)}
    assert (found[CERTIFICATE], found["corp-ca/db-1"]) == (False, True)


@pytest.mark.parametrize(
    ("action", "params", "source"),
    [
        ("rolesanywhere:DisableTrustAnchor", {"trustAnchorId": ANCHOR.rpartition("/")[2]}, CERTIFICATE),
        (
            "eks:DeletePodIdentityAssociation",
            {"clusterName": "prod", "associationId": ASSOCIATION.rpartition("/")[2]},
            POD,
        ),
    ],
)
def test_what_is_disabled_or_deleted_lets_nobody_in(action: str, params: dict[str, Any], source: str) -> None:
    sim = opened()
    sim.call(action, params, caller="admin")
    found = [one for one in workload_entries(sim.world) if one.source == source]
    assert not any(one.is_open for one in found)


def test_a_target_role_is_what_the_pod_reaches() -> None:
    entry = entry_of(POD, TARGET_ROLE, opened(targetRoleArn=TARGET_ROLE).world)
    assert entry is not None
    assert entry.is_open
    assert PARTNER in entry.target


def test_entries_from_outside_name_the_trust_anchor_and_the_association() -> None:
    found = outside(opened())
    certificate = next(one for who, one in found.items() if "web-1" in who)
    assert certificate.is_open
    assert "trust anchor corp" in certificate.conditions
    assert any("association" in condition for one in found.values() for condition in one.conditions)


def test_a_pod_reaches_what_its_role_may_assume() -> None:
    graph = reach_of(opened())
    reached = {chain.hops[-1].target for chain in graph.chains_from(POD)}
    assert {POD_ROLE, TARGET_ROLE} <= reached
