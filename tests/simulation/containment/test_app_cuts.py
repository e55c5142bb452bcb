"""Cutting one visitor of an app, and what a pool gives no more.

https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
"""

from __future__ import annotations

import pytest

from sts_tui.simulation.containment.cut import Cut, carry_out
from sts_tui.simulation.containment.cuts import cuts_for
from sts_tui.simulation.containment.holder import find_holder
from sts_tui.simulation.identities import operator_identity
from sts_tui.sts.errors import AwsError
from tests.accounts.photo_app import PHOTOS, POOL, App

PICTURE = f"{PHOTOS}/public/x"


def cuts_of(app: App, key: str) -> dict[str, Cut]:
    holder = find_holder(key, app.sim.world)
    return {cut.id: cut for cut in cuts_for(holder, (), (), app.sim.world)}


def made(app: App, cut: Cut) -> None:
    carry_out(
        cut,
        operator_identity(),
        lambda action, params, who, joins: app.sim.call(action, params, who, joins=joins),
    )


def works(app: App, key: str) -> bool:
    try:
        app.sim.request("s3:GetObject", PICTURE, caller=key)
    except AwsError:
        return False
    return True


def test_one_guest_is_denied_by_subject_and_the_others_are_not() -> None:
    app = App()
    thief, other = app.key(), app.key()
    made(app, cuts_of(app, thief)["deny-subject"])
    assert (works(app, thief), works(app, other)) == (False, True)


def test_a_deny_of_the_session_name_denies_every_guest() -> None:
    app = App()
    thief, other = app.key(), app.key()
    made(app, cuts_of(app, thief)["deny-userid"])
    assert (works(app, thief), works(app, other)) == (False, False)


def test_closing_the_pool_to_guests_ends_no_session() -> None:
    app = App()
    key = app.key()
    cut = cuts_of(app, key)["end-sign-in"]
    assert cut.title == "close the identity pool photos to guests"
    made(app, cut)
    assert works(app, key)
    with pytest.raises(AwsError, match="Unauthenticated access"):
        app.identity()
    described = app.call("DescribeIdentityPool", "admin", IdentityPoolId=POOL)
    assert described["CognitoIdentityProviders"], "the rest of the pool is as it was"


def test_taking_the_role_from_the_pool_ends_no_session_either() -> None:
    app = App()
    key = app.key("members/ana")
    cut = cuts_of(app, key)["end-sign-in"]
    assert cut.title == "take Member from the identity pool photos"
    made(app, cut)
    with pytest.raises(AwsError) as refusal:
        app.key("members/ana")
    assert refusal.value.code == "InvalidIdentityPoolConfigurationException"
    assert app.key(), "guests still come in"
