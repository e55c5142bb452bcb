"""`oidc:HOST/SUBJECT@ROLE` and `saml:PROVIDER/USER@ROLE` sign a user in as AWS would, or say why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.checkpoint.checkpoint import checkpoint_of
from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.simulation.workloads.federated_subject import example_subjects
from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.subjects import signed_in
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.dumps import GITHUB, dump_with_trusts
from tests.accounts.entities import role
from tests.accounts.policies import MAIN, arn, policy, trust
from tests.support.explorer import SAMPLE

INSIDE = f"oidc:{GITHUB}/repo:acme/app:ref:refs/heads/main@deploy"


def test_a_dump_without_providers_has_an_example_for_each_trust_and_all_sign_in() -> None:
    sim = Simulation.open(dump_with_trusts())
    names = [who for who, _ in example_subjects(sim.world, sim.model.raw_dumps)]
    assert names == [f"oidc:{GITHUB}/repo:acme/any@deploy", "saml:okta/any@staff"]
    assert [signed_in(who, sim).label for who in names] == ["repo-acme-any@deploy", "any@staff"]


def test_a_subject_of_the_pattern_is_let_in_and_carries_its_claims() -> None:
    sim = Simulation.open(dump_with_trusts())
    identity = signed_in(INSIDE, sim)
    session = sim.world.sessions[identity.access_key_id or ""]
    assert session.operation == "AssumeRoleWithWebIdentity"
    assert session.context[f"{GITHUB}:sub"] == "repo:acme/app:ref:refs/heads/main"


def test_a_subject_outside_the_pattern_is_denied_by_the_trust_policy() -> None:
    sim = Simulation.open(dump_with_trusts())
    with pytest.raises(AwsError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        signed_in(f"oidc:{GITHUB}/repo:evil/app@deploy", sim)


def test_where_a_file_lists_providers_those_that_it_does_not_list_are_not_there(tmp_path: Path) -> None:
    overlay = {"Accounts": [{"AccountId": MAIN, "OpenIDConnectProviders": [{"Url": "gitlab.com"}]}]}
    files = [tmp_path / "dump.json", tmp_path / "overlay.json"]
    for file, content in zip(files, (dump_with_trusts(), overlay), strict=True):
        file.write_text(json.dumps(content))
    sim = Simulation.open(files)
    with pytest.raises(UnknownIdentityError):
        signed_in(INSIDE, sim)
    assert signed_in("saml:okta/kim@staff", sim).label == "kim@staff", "of SAML nothing is listed"


def test_an_account_file_that_lists_no_provider_has_none() -> None:
    trusting = policy(trust({"Federated": arn(f"oidc-provider/{GITHUB}")}, "sts:AssumeRoleWithWebIdentity"))
    sim = Simulation.open({"Accounts": [{"AccountId": MAIN, "RoleDetailList": [role("deploy", trusting)]}]})
    with pytest.raises(UnknownIdentityError):
        signed_in(INSIDE, sim)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("oidc:gitlab.com/x@deploy", f"it names oidc:{GITHUB}"),
        (f"oidc:{GITHUB}/x@nix", "there is no role nix"),
        (f"oidc:{GITHUB}", "write oidc:HOST/SUBJECT@ROLE"),
        ("saml:okta/kim@deploy", "names no provider of okta/kim"),
    ],
)
def test_what_cannot_sign_in_says_why(who: str, said: str) -> None:
    sim = Simulation.open(dump_with_trusts())
    with pytest.raises(UnknownIdentityError, match=said):
        signed_in(who, sim)
    assert not sim.world.identity_providers


def test_users_of_the_models_own_providers_sign_in_with_their_claims() -> None:
    sim = Simulation.open(SAMPLE)
    names = [who for who, _ in example_subjects(sim.world)]
    assert "saml:acme-sso/dana@ReadOnly" in names
    identity = signed_in("saml:acme-sso/dana@ReadOnly", sim)
    assert ("team", "data") in sim.world.sessions[identity.access_key_id or ""].tags


def test_where_statements_ask_for_different_subjects_the_one_that_admits_counts() -> None:
    def admits(subject: str, audience: str) -> dict[str, Any]:
        asked = {f"{GITHUB}:sub": subject, f"{GITHUB}:aud": audience}
        return trust(
            {"Federated": arn(f"oidc-provider/{GITHUB}")},
            "sts:AssumeRoleWithWebIdentity",
            Condition={"StringEquals": asked},
        )

    dump = dump_with_trusts()
    dump["RoleDetailList"][0]["AssumeRolePolicyDocument"] = policy(admits("one", "a"), admits("two", "b"))
    sim = Simulation.open(dump)
    assert signed_in(f"oidc:{GITHUB}/two@deploy", sim).label == "two@deploy"


def test_animate_signs_users_of_assumed_providers_in() -> None:
    sim = Simulation.open(dump_with_trusts())
    assert sim.animate() == 2
    sim.advance(30)
    operations = {session.operation for session in sim.world.sessions.values()}
    assert operations == {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}


def test_a_tour_acts_as_a_subject_and_a_refusal_fails_the_step() -> None:
    player = Player(Simulation.open(dump_with_trusts()))
    assert not player.perform(parse_step(f"as '{INSIDE}'")).is_invalid
    assert player.acting.label == "repo-acme-app-ref-refs-heads-main@deploy"
    refused = player.perform(parse_step(f"as oidc:{GITHUB}/repo:evil/app@deploy"))
    assert refused.is_invalid
    assert "AccessDenied" in refused.message
    assert Player(player.simulation, readonly=True).perform(parse_step(f"as '{INSIDE}'")).is_invalid


def test_it_is_undone_and_comes_back_with_a_checkpoint() -> None:
    sim = Simulation.open(dump_with_trusts())
    identity = signed_in(INSIDE, sim)
    state = checkpoint_of(sim.commands)
    other = Simulation.open(dump_with_trusts())
    other.restore(state)
    assert other.world.identity_providers == sim.world.identity_providers
    assert identity.access_key_id in other.world.sessions
    sim.undo()
    assert identity.access_key_id not in sim.world.sessions


def test_a_user_of_identity_center_signs_in_with_as() -> None:
    from tests.accounts.landing_zone import ANN, MODEL, PROD

    player = Player(Simulation.open(MODEL, seed=7), Path.cwd())
    outcome = player.perform(parse_step(f"as {ANN}@Developer"))
    assert not outcome.is_invalid, outcome.message
    assert player.acting.account == PROD
    assert player.acting.label.startswith(f"{ANN}@AWSReservedSSO_Developer")
    again = player.perform(parse_step(f"as {PROD}/{ANN}"))
    assert not again.is_invalid, "the same session, or a new one of the open portal session"
    wrong = player.perform(parse_step(f"as {ANN}@Audit"))
    assert wrong.is_invalid
