"""What a recorded AssumeRole of Roles Anywhere says of the certificate, and what it leaves open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sts_tui.account.loading.load import from_json
from sts_tui.simulation import Simulation
from sts_tui.simulation.workloads.workload_credentials import certificate_session
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.replayed import replayed
from sts_tui.trail.writing.events import TrailFile
from tests.accounts.policies import trusts
from tests.accounts.workload_identities import ACCOUNT, ANCHOR, ANYWHERE_ACTIONS, SERVER_ROLE, model


def replay_of(tmp_path: Path, condition: dict[str, Any], changed: dict[str, Any] | None = None) -> Any:
    """A certificate gets a session under one condition of the trust policy; its trail is replayed, with
    another condition where `changed`.
    """
    simulation = Simulation(conditioned(condition))
    trail = TrailFile()
    trail.watch(simulation, "certificate")
    provider = simulation.world.identity_providers["corp-ca"]
    simulation.call(*certificate_session(provider, provider.users[0], SERVER_ROLE, simulation.world))
    path = tmp_path / "trail.json"
    path.write_text(trail.text())
    assert ANCHOR not in json.dumps(
        [one for one in json.loads(trail.text())["Records"] if one["eventName"] == "AssumeRole"]
    )
    with Trail([path]) as recorded:
        return replayed(recorded, conditioned(changed or condition), is_model_before=True).replay


def conditioned(condition: dict[str, Any]) -> Any:
    raw = model()
    raw["Accounts"][0]["RoleDetailList"][0]["AssumeRolePolicyDocument"] = trusts(
        {"Service": "rolesanywhere.amazonaws.com"}, Action=[*ANYWHERE_ACTIONS], Condition=condition
    )
    return from_json(raw).model


def test_tags_of_the_certificate_are_those_of_the_principal(tmp_path: Path) -> None:
    shop = {"StringEquals": {"aws:PrincipalTag/x509Subject/OU": "Shop"}}
    assert replay_of(tmp_path, shop).disagreements == []
    office = {"StringEquals": {"aws:PrincipalTag/x509Subject/OU": "Office"}}
    denied = replay_of(tmp_path, shop, office).disagreements
    assert {one.caller for one in denied} == {"service:rolesanywhere.amazonaws.com"}


def test_the_assume_role_of_a_service_is_evaluated_after_its_other_events(tmp_path: Path) -> None:
    replay = replay_of(tmp_path, {"StringEquals": {"aws:SourceAccount": ACCOUNT}})
    assert replay.events == 2
    assert replay.not_evaluated.total() == 1, "CreateSession"
    assert replay.agreed_allowed == 1


def test_the_trust_anchor_is_of_the_roles_account(tmp_path: Path) -> None:
    own = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert replay_of(tmp_path, own).disagreements == []
    foreign = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
    assert replay_of(tmp_path, own, foreign).disagreements


def test_the_trust_anchor_itself_is_not_recorded_and_never_guessed(tmp_path: Path) -> None:
    of_anchor = {"ArnEquals": {"aws:SourceArn": ANCHOR}}
    replay = replay_of(tmp_path, of_anchor)
    assert (replay.disagreements, replay.agreed_allowed) == ([], 0)
    other = {"ArnEquals": {"aws:SourceArn": ANCHOR[:-1] + "0"}}
    assert replay_of(tmp_path, of_anchor, other).disagreements == []
