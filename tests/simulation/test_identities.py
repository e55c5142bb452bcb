"""WHO: names and whom they mean."""

from __future__ import annotations

import pytest

from sts_tui.simulation import UnknownIdentityError
from sts_tui.simulation.identities import IdentityKind
from tests.accounts.policies import MAIN, OTHER
from tests.accounts.small import alice, assume, open_small


@pytest.mark.parametrize(
    ("who", "kind", "account"),
    [
        ("operator", IdentityKind.OPERATOR, None),
        ("operator@other", IdentityKind.OPERATOR, OTHER),
        ("anonymous", IdentityKind.ANONYMOUS, None),
        (f"root@{MAIN}", IdentityKind.ROOT, MAIN),
        ("root@other", IdentityKind.ROOT, OTHER),
        (f"arn:aws:iam::{MAIN}:root", IdentityKind.ROOT, MAIN),
        ("service:ec2.amazonaws.com", IdentityKind.SERVICE, None),
        ("alice", IdentityKind.USER, MAIN),
        ("main/alice", IdentityKind.USER, MAIN),
        (f"arn:aws:iam::{OTHER}:user/bob", IdentityKind.USER, OTHER),
        ("other/bob", IdentityKind.USER, OTHER),
        ("job", IdentityKind.SESSION, MAIN),
        ("job@App", IdentityKind.SESSION, MAIN),
        ("main/job@App", IdentityKind.SESSION, MAIN),
        ("dana@acme.example", IdentityKind.SESSION, MAIN),
        ("dana@acme.example@App", IdentityKind.SESSION, MAIN),
        (f"arn:aws:sts::{MAIN}:assumed-role/App/job", IdentityKind.SESSION, MAIN),
    ],
)
def test_who_means_whom(who: str, kind: IdentityKind, account: str | None) -> None:
    sim = open_small()
    assume(sim)
    assume(sim, name="dana@acme.example")
    identity = sim.resolve(who)
    assert (identity.kind, identity.account) == (kind, account)
    assert sim.resolve(identity.who).kind is kind


def test_an_access_key_id_is_a_who() -> None:
    sim = open_small()
    key = assume(sim)
    assert sim.resolve(key).access_key_id == key
    assert sim.resolve(alice(sim)).label == "alice"


def test_a_renewed_session_is_the_newest_of_its_name() -> None:
    sim = open_small()
    assume(sim)
    newest = assume(sim)
    assert sim.resolve("job").access_key_id == newest


def test_an_ambiguous_name_lists_names_that_are_unambiguous() -> None:
    sim = open_small()
    with pytest.raises(UnknownIdentityError) as caught:
        sim.resolve("bob")
    assert caught.value.candidates == ("main/bob", "other/bob")
    assert sim.resolve("bob", account="other").account == OTHER


def test_sessions_of_two_roles_are_distinguished_by_role() -> None:
    sim = open_small()
    assume(sim, "Deep", caller=assume(sim))
    with pytest.raises(UnknownIdentityError) as caught:
        sim.resolve("job")
    assert caught.value.candidates == ("job@App", "job@Deep")


def test_a_user_keeps_its_name_when_a_session_takes_it() -> None:
    sim = open_small()
    assume(sim, name="alice")
    assert sim.resolve("alice").kind is IdentityKind.USER
    assert sim.resolve("alice@App").kind is IdentityKind.SESSION


def test_a_role_is_not_a_caller_and_its_sessions_are_named() -> None:
    sim = open_small()
    assume(sim)
    with pytest.raises(UnknownIdentityError, match="a role is not a caller; its sessions are: job@App"):
        sim.resolve("App")


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(UnknownIdentityError, match="did you mean alice"):
        open_small().resolve("alcie")


def test_an_account_that_does_not_exist_is_reported() -> None:
    with pytest.raises(UnknownIdentityError, match="no account nowhere"):
        open_small().resolve("operator@nowhere")


@pytest.mark.parametrize("around", ["  {} ", '"{}"', "AWS_ACCESS_KEY_ID={}", "export AWS_ACCESS_KEY_ID='{}'"])
def test_a_key_is_found_as_it_is_pasted(around: str) -> None:
    sim = open_small()
    assert sim.resolve(around.format(alice(sim))).label == "alice"


def test_a_unique_id_is_a_who_as_cloudtrail_names_callers() -> None:
    sim = open_small()
    key = assume(sim)
    assert sim.resolve(sim.world.sessions[key].user_id).access_key_id == key
    (user,) = (one for one in sim.world.configuration.users.values() if one.user_name == "alice")
    assert sim.resolve(user.user_id).label == "alice"


@pytest.mark.parametrize(
    ("key", "terms"),
    [
        # the id of AWS's documentation, decoded as published: https://docs.aws.amazon.com/IAM/latest/UserGuide/
        ("AKIAQNZGKIQY56JQ7WML", ["029608264753", "get-access-key-last-used", "made up"]),
        ("ASIAQNZGKIQY56JQ7WML", ["029608264753", "lookup-events", "--trail"]),
        ("AKIAIOSFODNN7EXAMPLE", ["does not say the account", "get-access-key-last-used"]),
    ],
)
def test_a_key_that_the_files_do_not_have_says_its_account_and_how_to_find_its_owner(
    key: str, terms: list[str]
) -> None:
    with pytest.raises(UnknownIdentityError) as caught:
        open_small().resolve(key)
    assert [term for term in terms if term not in caught.value.message] == []


def test_a_session_of_a_known_role_that_is_absent_is_named_as_such() -> None:
    with pytest.raises(UnknownIdentityError, match="App has no session i-123"):
        open_small().resolve(f"arn:aws:sts::{MAIN}:assumed-role/App/i-123")
