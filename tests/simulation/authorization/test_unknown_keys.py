"""Which keys of a request does nobody know? Those about accounts that are not in the files."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.configuration import Configuration
from sts_tui.iam import Outcome, PolicyType
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.unknown_keys import Unknown, unknown_keys
from sts_tui.simulation.events import RequestAnswered
from sts_tui.sts.identity import (
    ANONYMOUS_IDENTITY,
    CallerIdentity,
    outside_identity,
    root_identity,
    service_identity,
)
from tests.accounts.organization import MODEL
from tests.accounts.policies import MAIN, OTHER, role_arn, trusts

MANAGEMENT, STRANGE = "555566667777", "999988887777"
ORGANIZATION = "o-exampleorgid"


def configuration(*, organized: bool = True) -> Configuration:
    model: dict[str, Any] = deepcopy(MODEL)
    model["Organization"] |= {"ManagementAccountId": MANAGEMENT, "Root": {"Name": "Root"}}
    if not organized:
        del model["Organization"]
    return Simulation.open(model).world.in_force


ORGANIZED, ALONE = configuration(), configuration(organized=False)
INSIDE = root_identity(MAIN)


def outside(resource: str) -> CallerIdentity:
    service = "sts" if resource.startswith(("assumed", "federated")) else "iam"
    found = outside_identity(f"arn:aws:{service}::{STRANGE}:{resource}")
    assert found is not None
    assert found.is_outside
    return found


def organization_of(prefix: str) -> tuple[str, str]:
    return f"aws:{prefix}OrgID", f"aws:{prefix}OrgPaths"


@pytest.mark.parametrize(
    ("owner", "keys"),
    [
        (STRANGE, organization_of("Resource")),
        (MAIN, ()),
        (MANAGEMENT, ()),  # in the organization, but no file describes it
        (None, ()),
        ("aws", ()),
    ],
)
def test_the_organization_of_an_account_outside_the_files_is_unknown(
    owner: str | None, keys: tuple[str, ...]
) -> None:
    assert unknown_keys(INSIDE, owner, None, ORGANIZED) == Unknown(keys, dict.fromkeys(keys, ORGANIZATION))


DUMP: dict[str, Any] = {
    "UserDetailList": [{"UserName": "u", "Arn": f"arn:aws:iam::{MAIN}:user/u"}],
    "RoleDetailList": [],
}
ORGANIZED_OVERLAY = {
    "Organization": {
        "Id": ORGANIZATION,
        "ManagementAccountId": MANAGEMENT,
        "Root": {"Name": "Root", "Accounts": [MANAGEMENT, MAIN]},
    }
}


@pytest.mark.parametrize(
    ("overlays", "is_unknown"),
    [
        ([], True),
        ([{"Accounts": [{"AccountId": MAIN, "Standalone": True}]}], False),
        ([ORGANIZED_OVERLAY], False),
    ],
)
def test_a_raw_dump_does_not_say_whether_its_account_is_in_an_organization(
    overlays: list[Any], is_unknown: bool, tmp_path: Path
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html"""
    files = []
    for number, value in enumerate([DUMP, *overlays]):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(value))
    dump = Simulation.open(files).world.in_force
    keys = (*organization_of("Principal"), *organization_of("Resource"), *organization_of("Vpce"))
    assert unknown_keys(INSIDE, MAIN, None, dump, MAIN).keys == (keys if is_unknown else ())


def test_a_condition_on_the_organization_of_a_raw_dump_is_undecided() -> None:
    trust = trusts("*", Condition={"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}})
    role = {"RoleName": "R", "Arn": role_arn("R"), "AssumeRolePolicyDocument": trust, "RolePolicyList": []}
    simulation = Simulation.open(DUMP | {"RoleDetailList": [role]})
    user = f"arn:aws:iam::{MAIN}:user/u"
    [decision] = simulation.request([("sts:AssumeRole", role_arn("R"))], caller=user, each=True)
    assert decision.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(("owner", "keys"), [(MANAGEMENT, organization_of("Resource")), (OTHER, ())])
def test_files_without_an_organization_do_not_say_which_it_is_not(owner: str, keys: tuple[str, ...]) -> None:
    assert unknown_keys(INSIDE, owner, None, ALONE) == Unknown(keys, {})


def test_only_a_service_calls_for_a_resource_of_another_account() -> None:
    service = service_identity("sns.amazonaws.com")
    keys = organization_of("Source")
    assert unknown_keys(service, MAIN, STRANGE, ORGANIZED).keys == keys
    assert unknown_keys(service, MAIN, OTHER, ORGANIZED) == Unknown()
    assert unknown_keys(service, MAIN, ["x"], ORGANIZED) == Unknown()
    for other in (INSIDE, ANONYMOUS_IDENTITY):
        assert unknown_keys(other, MAIN, STRANGE, ORGANIZED) == Unknown()


@pytest.mark.parametrize(
    ("resource", "known", "unknown"),
    [
        ("user/u", ["aws:SourceIdentity"], ["aws:userid", "aws:PrincipalTag/*", "aws:TokenIssueTime"]),
        (
            "assumed-role/R/s",
            ["aws:AssumedRoot"],
            ["aws:userid", "aws:MultiFactorAuthAge", "aws:SourceIdentity", "saml:*"],
        ),
        ("federated-user/f", ["aws:userid"], ["aws:PrincipalTag/*", "aws:TokenIssueTime"]),
        ("root", ["aws:userid", "aws:PrincipalTag/*"], ["aws:MultiFactorAuthPresent", "aws:AssumedRoot"]),
    ],
)
def test_what_the_arn_of_a_principal_does_not_say_is_unknown(
    resource: str, known: list[str], unknown: list[str]
) -> None:
    found = unknown_keys(outside(resource), MAIN, None, ORGANIZED)
    assert found.not_of == dict.fromkeys(organization_of("Principal"), ORGANIZATION)
    assert {*unknown, *organization_of("Principal")} <= set(found.keys)
    assert set(known).isdisjoint(found.keys)


def test_a_principal_of_the_files_has_no_unknown_keys() -> None:
    assert unknown_keys(INSIDE, MAIN, None, ORGANIZED) == Unknown()


@pytest.mark.parametrize(
    ("more", "action", "verdicts"),
    [
        ({}, "s3:GetObject", {"unknown"}),
        ({}, "ec2:RunInstances", {"not consulted", "unknown"}),
        ({"Standalone": True}, "s3:GetObject", {"none"}),
    ],
)
def test_explanations_say_where_a_dump_does_not_bring_the_organizations_policies(
    more: dict[str, Any], action: str, verdicts: set[str], tmp_path: Path
) -> None:
    """RCPs do not cover EC2 in any organization."""
    for name, content in (("dump.json", DUMP), ("more.json", {"Accounts": [{"AccountId": MAIN, **more}]})):
        (tmp_path / name).write_text(json.dumps(content))
    sim = Simulation.open([tmp_path / "dump.json", tmp_path / "more.json"])
    sim.request([(action, "*")], caller=f"root@{MAIN}", each=True)
    explanation = sim.explain(next(one for one in reversed(sim.events) if isinstance(one, RequestAnswered)))
    assert explanation is not None
    control = [one for one in explanation.layers if one.policy_type in (PolicyType.SCP, PolicyType.RCP)]
    assert {one.verdict.value for one in control} == verdicts
    assert explanation.decision.outcome is Outcome.ALLOWED
