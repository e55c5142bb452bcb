"""Who calls, kind by kind, and principals of accounts that are not in the files.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

from __future__ import annotations

import pytest

from sts_tui.iam.caller import CallerKind
from sts_tui.sts.identity import (
    ANONYMOUS_IDENTITY,
    federated_identity,
    operator_identity,
    outside_identity,
    root_identity,
    service_identity,
    session_identity,
    user_identity,
)
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, user_arn

AWAY = "222233334444"
IAM, STS = f"arn:aws:iam::{AWAY}", f"arn:aws:sts::{AWAY}"


@pytest.mark.parametrize(
    ("arn", "kind", "label", "own_arn"),
    [
        (f"{IAM}:root", CallerKind.ROOT, f"root@{AWAY}", f"{IAM}:root"),
        (f"{IAM}:user/eve", CallerKind.USER, f"{AWAY}/eve", f"{IAM}:user/eve"),
        (f"{IAM}:user/team/eve", CallerKind.USER, f"{AWAY}/eve", f"{IAM}:user/team/eve"),
        (
            f"{IAM}:role/Ops",
            CallerKind.ROLE_SESSION,
            f"outside@{AWAY}/Ops",
            f"{STS}:assumed-role/Ops/outside",
        ),
        (
            f"{IAM}:role/a/Ops",
            CallerKind.ROLE_SESSION,
            f"outside@{AWAY}/Ops",
            f"{STS}:assumed-role/Ops/outside",
        ),
        (
            f"{STS}:assumed-role/Ops/job",
            CallerKind.ROLE_SESSION,
            f"job@{AWAY}/Ops",
            f"{STS}:assumed-role/Ops/job",
        ),
        (
            f"{STS}:federated-user/fred",
            CallerKind.FEDERATED_USER,
            f"{AWAY}/federated-user/fred",
            f"{STS}:federated-user/fred",
        ),
    ],
)
def test_a_principal_of_an_account_outside_the_files(
    arn: str, kind: CallerKind, label: str, own_arn: str
) -> None:
    found = outside_identity(arn)
    assert found is not None
    assert (found.caller.kind, found.label, found.account, found.arn) == (kind, label, AWAY, own_arn)
    assert (found.caller.arn, found.caller.account) == (own_arn, AWAY)
    assert found.is_outside
    assert not found.is_operator
    assert not found.is_temporary
    assert found.user_arn == (arn if kind is CallerKind.USER else None)


def test_unique_ids_outside_are_shaped_like_those_of_their_kind() -> None:
    user, role = outside_identity(f"{IAM}:user/eve"), outside_identity(f"{STS}:assumed-role/Ops/job")
    fred = outside_identity(f"{STS}:federated-user/fred")
    assert user is not None
    assert role is not None
    assert fred is not None
    assert (user.user_id or "").startswith("AIDA")
    assert user.user_id == user.caller.unique_id
    assert (role.user_id or "").startswith("AROA")
    assert role.user_id == f"{role.caller.unique_id}:job"
    assert role.caller.issuer_arn == f"{IAM}:role/Ops"
    assert fred.user_id == fred.caller.unique_id == f"{AWAY}:fred"


@pytest.mark.parametrize(
    "arn",
    [
        "eve",
        f"{IAM}:group/g",
        f"{IAM}:user/",
        f"{STS}:user/eve",
        f"{IAM}:assumed-role/Ops/job",
        f"{STS}:assumed-role/Ops",
        f"{STS}:assumed-role/Ops/",
        f"{STS}:assumed-role/Ops/job/more",
        f"{STS}:root",
        f"{IAM}:user/eve\n",
        f"arn:aws:iam::{AWAY[1:]}:root",
        f"arn:azure:iam::{AWAY}:root",
        f"{IAM}:user/é",
    ],
)
def test_what_is_no_principal_is_nobody(arn: str) -> None:
    assert outside_identity(arn) is None


def test_identities_of_the_account_itself() -> None:
    desk = Desk()
    alice = user_identity(desk.sim.world.configuration.users[user_arn("alice")], "AKIAEXAMPLE")
    assert (alice.label, alice.account, alice.access_key_id) == ("alice", MAIN, "AKIAEXAMPLE")
    assert alice.arn == alice.user_arn == alice.caller.arn == user_arn("alice")
    assert alice.user_id == alice.caller.unique_id
    root = root_identity(MAIN)
    assert (root.arn, root.user_id, root.caller.kind) == (f"arn:aws:iam::{MAIN}:root", MAIN, CallerKind.ROOT)
    assert root_identity(MAIN, "aws-cn").arn == f"arn:aws-cn:iam::{MAIN}:root"
    assert (root.user_arn, root.is_operator, root.is_outside) == (None, False, False)
    service = service_identity("ec2.amazonaws.com")
    assert (service.label, service.account, service.user_id) == (
        "service:ec2.amazonaws.com", None, "ec2.amazonaws.com",
    )  # fmt: skip
    operator = operator_identity(MAIN)
    assert (operator.label, operator.account, operator.is_operator) == ("operator", MAIN, True)
    assert (operator_identity().account, operator_identity().arn) == (None, None)
    token = federated_identity("accounts.google.com", None, "google/carl")
    assert (token.caller.kind, token.arn, token.user_id) == (
        CallerKind.FEDERATED, "accounts.google.com", "accounts.google.com",
    )  # fmt: skip
    assert (ANONYMOUS_IDENTITY.user_id, ANONYMOUS_IDENTITY.arn) == ("anonymous", None)


def test_identities_of_sessions() -> None:
    desk = Desk()
    role = session_identity(desk.session(desk.assume("App")))
    assert (role.label, role.caller.kind, role.user_arn) == ("demo@App", CallerKind.ROLE_SESSION, None)
    assert role.is_temporary
    assert not role.caller.has_mfa
    assert not role.caller.is_service_linked
    plain = session_identity(desk.session(desk.call("GetSessionToken")))
    assert (plain.caller.kind, plain.user_arn) == (CallerKind.USER_SESSION, user_arn("alice"))
    fred = session_identity(desk.session(desk.call("GetFederationToken", by="broker", Name="fred")))
    assert (fred.label, fred.user_arn) == ("federated-user/fred", None)
