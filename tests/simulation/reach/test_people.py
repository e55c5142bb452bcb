"""Who of IAM Identity Center can come in: the people, by permission set."""

from __future__ import annotations

from copy import deepcopy

from sts_tui.simulation.reach.outside import entries
from tests.accounts.landing_zone import ANN, BEN, MODEL, PROD, LandingZone
from tests.accounts.policies import policy


def people(zone: LandingZone) -> dict[str, list[tuple[str, bool]]]:
    found: dict[str, list[tuple[str, bool]]] = {}
    for entry in entries(zone.sim.world):
        if entry.kind == "identity center":
            name = entry.target.rpartition("/")[2].split("_")[1]
            found.setdefault(name, []).append((entry.who.partition(" ")[0], entry.is_open))
    return found


def test_reach_names_the_people_of_each_permission_set() -> None:
    zone = LandingZone()
    assert people(zone) == {"Developer": [(ANN, True)], "Audit": [(BEN, True)]}


def test_people_of_a_group_come_and_go() -> None:
    zone = LandingZone()
    membership = next(iter(zone.sim.world.configuration.group_memberships))
    zone.admin("identitystore:DeleteGroupMembership", MembershipId=membership)
    assert people(zone)["Developer"] == [("IAM", True)], "nobody by name"


def test_perimeter_that_locks_everyone_out_shows_in_reach() -> None:
    model = deepcopy(MODEL)
    lockout = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:*",
        "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    }
    model["Organization"]["Root"]["Accounts"][1] = {
        "AccountId": PROD,
        "ResourceControlPolicies": [{"Name": "perimeter", "Document": policy(lockout)}],
    }
    assert people(LandingZone(model)) == {"Developer": [(ANN, False)], "Audit": [(BEN, False)]}
