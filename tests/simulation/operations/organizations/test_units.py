"""Organizational units: created, renamed, deleted; accounts moved between them.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html
"""

from __future__ import annotations

import pytest

from sts_tui.simulation.authorization.organization import levels_of
from tests.accounts.bench import ACCOUNT, Bench, bench_of, refusal
from tests.simulation.operations.organizations.test_policies import created, organization, scps_at

WORK = "ou-abcd-12345678"


def new_unit(aws: Bench, parent: str, name: str) -> dict[str, str]:
    unit = aws("organizations:CreateOrganizationalUnit", ParentId=parent, Name=name)["OrganizationalUnit"]
    return {key: str(value) for key, value in unit.items()}


def test_created_unit_answers_its_path_from_the_organization_down() -> None:
    aws = organization()
    made = new_unit(aws, WORK, "Team")
    assert made["Path"] == f"o-exampleorgid/r-abcd/{WORK}/{made['Id']}/"
    described = aws("organizations:DescribeOrganizationalUnit", OrganizationalUnitId=made["Id"])
    assert described["OrganizationalUnit"] == made


def test_units_are_nested_five_levels_deep() -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""
    aws = organization()
    parent = WORK  # the first level
    for level in range(2, 6):
        parent = new_unit(aws, parent, f"level {level}")["Id"]
    assert refusal(aws, "organizations:CreateOrganizationalUnit", ParentId=parent, Name="six")[0] == (
        "ConstraintViolationException"
    )


def test_names_are_unique_within_a_parent() -> None:
    aws = organization()
    new_unit(aws, WORK, "Work")  # the same name under another parent
    assert refusal(aws, "organizations:CreateOrganizationalUnit", ParentId="r-abcd", Name="Work")[0] == (
        "DuplicateOrganizationalUnitException"
    )
    other = new_unit(aws, "r-abcd", "Other")["Id"]
    given = {"OrganizationalUnitId": other, "Name": "Work"}
    assert refusal(aws, "organizations:UpdateOrganizationalUnit", **given)[0] == (
        "DuplicateOrganizationalUnitException"
    )
    renamed = aws("organizations:UpdateOrganizationalUnit", OrganizationalUnitId=other, Name="Third")
    assert renamed["OrganizationalUnit"]["Name"] == "Third"


def test_only_an_empty_unit_is_deleted() -> None:
    aws = organization()
    assert refusal(aws, "organizations:DeleteOrganizationalUnit", OrganizationalUnitId=WORK)[0] == (
        "OrganizationalUnitNotEmptyException"
    )
    aws("organizations:MoveAccount", AccountId=ACCOUNT, SourceParentId=WORK, DestinationParentId="r-abcd")
    aws("organizations:DeleteOrganizationalUnit", OrganizationalUnitId=WORK)
    assert refusal(aws, "organizations:DescribeOrganizationalUnit", OrganizationalUnitId=WORK)[0] == (
        "OrganizationalUnitNotFoundException"
    )


def test_moved_account_inherits_the_policies_of_its_new_parents_only() -> None:
    aws = organization()
    guard = created(aws)["PolicySummary"]["Id"]
    aws("organizations:AttachPolicy", PolicyId=guard, TargetId=WORK)
    strict = new_unit(aws, "r-abcd", "Strict")["Id"]
    other = created(aws, "strict")["PolicySummary"]["Id"]
    aws("organizations:AttachPolicy", PolicyId=other, TargetId=strict)
    aws("organizations:MoveAccount", AccountId=ACCOUNT, SourceParentId=WORK, DestinationParentId=strict)
    assert scps_at(aws, 1) == ["FullAWSAccess", "strict"]
    assert len(levels_of(ACCOUNT, aws.configuration)) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"AccountId": "000000000000"}, "AccountNotFoundException"),
        ({"SourceParentId": "r-abcd"}, "SourceParentNotFoundException"),
        ({"DestinationParentId": "ou-abcd-99999999"}, "DestinationParentNotFoundException"),
        ({"DestinationParentId": WORK}, "DuplicateAccountException"),
    ],
)
def test_impossible_moves_are_refused(changes: dict[str, str], code: str) -> None:
    given = {"AccountId": ACCOUNT, "SourceParentId": WORK, "DestinationParentId": "r-abcd", **changes}
    assert refusal(organization(), "organizations:MoveAccount", **given)[:2] == (code, 400)


def test_an_organization_has_2_000_units() -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""
    units = [{"Name": f"unit {number}", "Accounts": []} for number in range(1_998)]
    root = {"Name": "Root", "Id": "r-abcd", "Accounts": [ACCOUNT], "OrganizationalUnits": units}
    tree = {"Id": "o-exampleorgid", "ManagementAccountId": ACCOUNT, "Root": root}
    aws = bench_of({"Organization": tree, "Accounts": [{"AccountId": ACCOUNT}]})
    first = new_unit(aws, "r-abcd", "second to last")
    new_unit(aws, first["Id"], "last")
    assert refusal(aws, "organizations:CreateOrganizationalUnit", ParentId="r-abcd", Name="more")[0] == (
        "ConstraintViolationException"
    )
