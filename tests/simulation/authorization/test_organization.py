"""The place of an account in the organization, the policies of each level, and the keys that follow from it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import NamedPolicy, Organization, OrganizationAccount, OrganizationalUnit
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.organization import (
    FULL_AWS_ACCESS,
    arn_of_policy,
    id_of_policy,
    is_management_account,
    levels_of,
    organization_keys,
)
from tests.accounts.decisions import FULL
from tests.accounts.organization import Desk

MANAGEMENT, SHOP, LAB, AWAY = "111122223333", "444455556666", "000011112222", "999900001111"
GUARD = NamedPolicy(name="guard", document=WrittenPolicy(FULL))


def account(name: str, **more: object) -> OrganizationAccount:
    return OrganizationAccount(account_id=name, **more)  # type: ignore[arg-type]


TEAM = OrganizationalUnit(
    name="Team", id="ou-team", accounts=(account(SHOP, service_control_policies=()),),
    resource_control_policies=(GUARD,),
)  # fmt: skip
UNITS = OrganizationalUnit(
    name="Units", id="ou-units", organizational_units=(TEAM,), service_control_policies=(GUARD,)
)
ROOT = OrganizationalUnit(name="Root", id="r-1", accounts=(account(LAB),), organizational_units=(UNITS,))
WHOLE = Organization(id="o-1", management_account_id=MANAGEMENT, root=ROOT)


def configured(organization: Organization | None = WHOLE) -> Configuration:
    return replace(Desk().sim.world.configuration, organization=organization)


@pytest.mark.parametrize(
    ("account", "ids"),
    [
        (SHOP, ["r-1", "ou-units", "ou-team", SHOP]),
        (LAB, ["r-1", LAB]),
        (MANAGEMENT, ["r-1", MANAGEMENT]),  # which the tree leaves out
        (AWAY, []),
        ("", []),
    ],
)
def test_levels_lead_from_the_root_to_the_account(account: str, ids: list[str]) -> None:
    assert [level.id for level in levels_of(account, configured())] == ids
    assert levels_of(account, configured(None)) == ()


def test_each_level_has_its_own_policies_and_full_access_where_nothing_is_listed() -> None:
    root, units, team, shop = levels_of(SHOP, configured())
    assert [level.service_control_policies for level in (root, units, team, shop)] == [
        (FULL_AWS_ACCESS,), (GUARD,), (FULL_AWS_ACCESS,), (),
    ]  # fmt: skip
    assert [level.resource_control_policies for level in (root, units, team, shop)] == [(), (), (GUARD,), ()]
    assert [level.name for level in (root, units, team, shop)] == ["Root", "Units", "Team", SHOP]


@pytest.mark.parametrize(
    ("account", "paths"),
    [(SHOP, ["o-1/r-1/ou-units/ou-team/"]), (LAB, ["o-1/r-1/"]), (MANAGEMENT, ["o-1/r-1/"])],
)
def test_keys_name_the_organization_and_the_path_without_the_account(account: str, paths: list[str]) -> None:
    assert organization_keys("Principal", account, configured()) == {
        "aws:PrincipalOrgID": "o-1",
        "aws:PrincipalOrgPaths": paths,
    }
    assert set(organization_keys("Resource", account, configured())) == {
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
    }


def test_an_account_outside_has_none_of_these_keys() -> None:
    assert organization_keys("Principal", AWAY, configured()) == {}
    assert organization_keys("Principal", SHOP, configured(None)) == {}


def test_only_the_management_account_is_one() -> None:
    assert is_management_account(MANAGEMENT, configured())
    assert not is_management_account(SHOP, configured())
    assert not is_management_account(None, configured())
    assert not is_management_account(None, configured(None))
    assert not is_management_account(MANAGEMENT, configured(None))


def test_policies_of_one_name_and_type_are_one_policy() -> None:
    scp, rcp = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
    derived = id_of_policy(GUARD, scp)
    assert derived.startswith("p-")
    assert derived == id_of_policy(replace(GUARD, document=FULL_AWS_ACCESS.document), scp)
    assert len({derived, id_of_policy(GUARD, rcp), id_of_policy(replace(GUARD, name="other"), scp)}) == 3
    assert id_of_policy(replace(GUARD, id="p-own"), scp) == "p-own"
    assert id_of_policy(replace(FULL_AWS_ACCESS, id=""), scp) == "p-FullAWSAccess"
    assert id_of_policy(replace(GUARD, name="RCPFullAWSAccess"), rcp) == "p-RCPFullAWSAccess"
    assert arn_of_policy(WHOLE, GUARD, scp) == (
        f"arn:aws:organizations::{MANAGEMENT}:policy/o-1/service_control_policy/{derived}"
    )
    assert arn_of_policy(WHOLE, FULL_AWS_ACCESS, scp) == FULL_AWS_ACCESS.arn
