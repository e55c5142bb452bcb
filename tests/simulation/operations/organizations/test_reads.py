"""What may be read of an organization, by whom, in which pages.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.sts.identity import CallerIdentity
from tests.accounts.bench import ACCOUNT, Bench, bench, bench_of, refusal
from tests.accounts.policies import arn
from tests.simulation.operations.organizations.test_policies import MANAGEMENT, created, organization

UNIT = "ou-abcd-12345678"
READS: dict[str, dict[str, str]] = {
    "ListRoots": {},
    "ListAccounts": {},
    "DescribeAccount": {"AccountId": ACCOUNT},
    "ListAccountsForParent": {"ParentId": UNIT},
    "ListOrganizationalUnitsForParent": {"ParentId": "r-abcd"},
    "ListChildren": {"ParentId": "r-abcd", "ChildType": "ACCOUNT"},
    "ListParents": {"ChildId": ACCOUNT},
    "DescribeOrganizationalUnit": {"OrganizationalUnitId": UNIT},
    "ListPolicies": {"Filter": "SERVICE_CONTROL_POLICY"},
    "DescribePolicy": {"PolicyId": "p-FullAWSAccess"},
    "ListPoliciesForTarget": {"TargetId": UNIT, "Filter": "SERVICE_CONTROL_POLICY"},
    "ListTargetsForPolicy": {"PolicyId": "p-FullAWSAccess"},
}


def read(aws: Bench, name: str, **more: Any) -> dict[str, Any]:
    return aws(f"organizations:{name}", **READS.get(name, {}), **more)


def as_member(aws: Bench) -> None:
    caller = Caller(kind=CallerKind.USER, account=ACCOUNT, arn=arn("user/ann"))
    aws.caller = CallerIdentity(caller=caller, label="ann", account=ACCOUNT)


def test_the_tree_is_read_from_the_root_down() -> None:
    aws = organization()
    assert [one["Id"] for one in read(aws, "ListRoots")["Roots"]] == ["r-abcd"]
    assert [one["Id"] for one in read(aws, "ListAccounts")["Accounts"]] == [MANAGEMENT, ACCOUNT]
    assert [one["Id"] for one in read(aws, "ListOrganizationalUnitsForParent")["OrganizationalUnits"]] == [
        UNIT
    ]
    assert read(aws, "ListChildren")["Children"] == [{"Id": MANAGEMENT, "Type": "ACCOUNT"}]
    assert read(aws, "ListParents")["Parents"] == [{"Id": UNIT, "Type": "ORGANIZATIONAL_UNIT"}]
    assert read(aws, "DescribeOrganizationalUnit")["OrganizationalUnit"]["Name"] == "Work"
    assert [one["Id"] for one in read(aws, "ListAccountsForParent")["Accounts"]] == [ACCOUNT]


def test_an_account_has_what_the_files_say_and_nothing_invented() -> None:
    account = read(organization(), "DescribeAccount")["Account"]
    assert account["Arn"] == f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorgid/{ACCOUNT}"
    assert (account["Id"], account["Status"], account["State"]) == (ACCOUNT, "ACTIVE", "ACTIVE")
    assert account.keys().isdisjoint({"JoinedMethod", "JoinedTimestamp", "Email"})


def test_policies_and_where_they_are_attached() -> None:
    aws = organization()
    guard = created(aws)["PolicySummary"]["Id"]
    assert [one["Id"] for one in read(aws, "ListPolicies")["Policies"]] == ["p-FullAWSAccess", guard]
    aws("organizations:AttachPolicy", PolicyId=guard, TargetId=UNIT)
    targets = aws("organizations:ListTargetsForPolicy", PolicyId=guard)["Targets"]
    assert [(one["TargetId"], one["Type"]) for one in targets] == [(UNIT, "ORGANIZATIONAL_UNIT")]
    attached = read(aws, "ListPoliciesForTarget")["Policies"]
    assert [one["Id"] for one in attached] == ["p-FullAWSAccess", guard]
    assert aws.asked[0].resource.endswith(f":ou/o-exampleorgid/{UNIT}")


def test_rcp_full_aws_access_is_attached_everywhere() -> None:
    found = organization()(
        "organizations:ListPoliciesForTarget", TargetId=UNIT, Filter="RESOURCE_CONTROL_POLICY"
    )
    assert [one["Name"] for one in found["Policies"]] == ["RCPFullAWSAccess"]


def test_pages_of_max_results_are_continued_by_their_token() -> None:
    aws = organization()
    first = read(aws, "ListAccounts", MaxResults=1)
    second = read(aws, "ListAccounts", MaxResults=1, NextToken=first["NextToken"])
    assert [first["Accounts"][0]["Id"], second["Accounts"][0]["Id"]] == [MANAGEMENT, ACCOUNT]
    assert "NextToken" not in second
    assert refusal(aws, "organizations:ListAccounts", NextToken="nonsense") == (
        "InvalidInputException",
        400,
        "You specified an invalid value for NextToken.",
    )
    for wrong in (0, 21):
        assert refusal(aws, "organizations:ListAccounts", MaxResults=wrong)[0] == "InvalidInputException"


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        ("DescribeAccount", {"AccountId": "000000000000"}, "AccountNotFoundException"),
        ("ListAccountsForParent", {"ParentId": "ou-abcd-99999999"}, "ParentNotFoundException"),
        ("ListOrganizationalUnitsForParent", {"ParentId": "r-zzzz"}, "ParentNotFoundException"),
        ("ListChildren", {"ParentId": "r-zzzz", "ChildType": "ACCOUNT"}, "ParentNotFoundException"),
        ("ListParents", {"ChildId": "000000000000"}, "ChildNotFoundException"),
        (
            "DescribeOrganizationalUnit",
            {"OrganizationalUnitId": "ou-abcd-99999999"},
            "OrganizationalUnitNotFoundException",
        ),
        ("DescribePolicy", {"PolicyId": "p-12345678"}, "PolicyNotFoundException"),
        ("ListTargetsForPolicy", {"PolicyId": "p-12345678"}, "PolicyNotFoundException"),
        (
            "ListPoliciesForTarget",
            {"TargetId": "ou-abcd-99999999", "Filter": "SERVICE_CONTROL_POLICY"},
            "TargetNotFoundException",
        ),
    ],
)
def test_what_is_not_there_is_not_found(operation: str, params: dict[str, str], code: str) -> None:
    assert refusal(organization(), f"organizations:{operation}", **params)[:2] == (code, 400)


@pytest.mark.parametrize("operation", list(READS))
def test_members_read_the_tree_only_as_delegated_administrators(operation: str) -> None:
    aws = organization()
    as_member(aws)
    assert refusal(aws, f"organizations:{operation}", **READS[operation]) == (
        "AccessDeniedException",
        400,
        "You don't have permissions to access this resource.",
    )
    assert aws("organizations:DescribeOrganization")["Organization"]["Id"] == "o-exampleorgid"


@pytest.mark.parametrize("operation", ["DescribeOrganization", *READS])
def test_without_an_organization_nothing_is_read(operation: str) -> None:
    assert refusal(bench(), f"organizations:{operation}", **READS.get(operation, {})) == (
        "AWSOrganizationsNotInUseException",
        400,
        "Your account is not a member of an organization.",
    )


def test_a_delegated_administrator_reads() -> None:
    root = {"Name": "Root", "Id": "r-abcd", "Accounts": [MANAGEMENT, ACCOUNT]}
    tree = {
        "Id": "o-exampleorgid",
        "ManagementAccountId": MANAGEMENT,
        "Root": root,
        "DelegatedAdministrators": {"iam.amazonaws.com": [ACCOUNT]},
    }
    aws = bench_of({"Organization": tree, "Accounts": [{"AccountId": ACCOUNT}, {"AccountId": MANAGEMENT}]})
    as_member(aws)
    assert len(aws("organizations:ListAccounts")["Accounts"]) == 2
