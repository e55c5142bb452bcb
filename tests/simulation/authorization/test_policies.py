"""Which policies apply to a request: guardrails along the organization, boundaries, groups, endpoints."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.iam import Outcome, PolicyType
from sts_tui.iam.settings import DEFAULT_SETTINGS
from sts_tui.simulation import ANONYMOUS, AwsError, Simulation
from sts_tui.simulation.authorization.policies import (
    endpoint_of,
    governing_resource,
    identity_documents,
    is_asked_of_a_role,
    rcp_levels,
    scp_levels,
)
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.reach.access.access_matrix import access_of
from sts_tui.simulation.views.rows import policy_rows
from sts_tui.sts.identity import (
    ANONYMOUS_IDENTITY,
    root_identity,
    service_identity,
    session_identity,
)
from tests.accounts.policies import MAIN, OTHER, allows, role_arn, trusts
from tests.accounts.small import SMALL, assume, open_small

DATA = "arn:aws:s3:::data/in.csv"
LINKED = "aws-service-role/autoscaling.amazonaws.com"
NO_S3 = {
    "Version": "2012-10-17",
    "Statement": {"Sid": "NoS3", "Effect": "Deny", "Action": "s3:*", "Resource": "*"},
}
RCP_NO_S3 = {"Version": "2012-10-17", "Statement": {
    "Sid": "KeepOut", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}  # fmt: skip


def organized(management: str = OTHER, **unit: Any) -> Simulation:
    """MAIN and OTHER in one unit of an organization."""
    house = deepcopy(SMALL)
    house["Accounts"][0]["RoleDetailList"].append({
        "RoleName": "Linked", "Path": f"/{LINKED}/",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Service": "autoscaling.amazonaws.com"},
            "Action": "sts:AssumeRole"}},
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": allows("s3:*")}],
    })  # fmt: skip
    units = [{"Name": "Unit", "Accounts": [MAIN, OTHER], **unit}]
    house["Organization"] = {
        "Id": "o-test123456", "ManagementAccountId": management,
        "Root": {"Name": "Root", "OrganizationalUnits": units},
    }  # fmt: skip
    return Simulation.open(house, seed=7)


def verdict(
    sim: Simulation, caller: Any, action: str = "s3:GetObject", resource: str = DATA, **more: Any
) -> Any:
    """Outcome, deciding policy type and statements of a request."""
    try:
        sim.request(action, resource, caller=caller, **more)
    except AwsError as error:
        if error.decision is None:
            return error.code
    event = list(sim.events)[-1]
    assert isinstance(event, RequestAnswered)
    explanation = sim.explain(event)
    assert explanation is not None
    decision = explanation.decision
    return decision.outcome, decision.settled_by, event.decided_by


def test_an_scp_of_a_unit_denies_and_says_so() -> None:
    sim = organized(ServiceControlPolicies=[
        {"Name": "FullAWSAccess", "Document": allows("*")},
        {"Name": "no-s3", "Document": NO_S3}])  # fmt: skip
    assert verdict(sim, assume(sim)) == (Outcome.EXPLICIT_DENY, PolicyType.SCP, "no-s3#NoS3")


@pytest.mark.parametrize(
    ("policies", "kind"),
    [
        ({"ServiceControlPolicies": [
            {"Name": "all", "Document": allows("*")}, {"Name": "no", "Document": NO_S3}]},
         "service_control_policy"),
        ({"ResourceControlPolicies": [{"Name": "no", "Document": RCP_NO_S3}]}, "resource_control_policy"),
    ],
)  # fmt: skip
def test_a_denied_caller_of_the_organization_sees_the_arn_of_the_guardrail(
    policies: dict[str, Any], kind: str
) -> None:
    sim = organized(**policies)
    key = assume(sim)
    with pytest.raises(AwsError) as caught:
        sim.request("s3:GetObject", DATA, caller=key)
    arn = rf"arn:aws:organizations::{OTHER}:policy/o-test123456/{kind}/p-[a-z0-9]{{10}}"
    assert re.search(rf"with an explicit deny in a {kind.replace('_', ' ')}: {arn}$", caught.value.message)


def test_where_the_file_says_nothing_full_access_is_attached_and_an_empty_list_allows_nothing() -> None:
    sim = organized()
    assert verdict(sim, assume(sim))[0] is Outcome.ALLOWED
    nothing = organized(ServiceControlPolicies=[])
    with pytest.raises(AwsError) as caught:
        assume(nothing)
    assert caught.value.decision is not None
    assert caught.value.decision.settled_by is PolicyType.SCP


def test_the_management_account_is_exempt_from_scps_and_rcps() -> None:
    policies = {
        "ServiceControlPolicies": [{"Name": "no", "Document": NO_S3}],
        "ResourceControlPolicies": [{"Name": "no", "Document": RCP_NO_S3}],
    }
    sim = organized(management=MAIN, **policies)
    assert verdict(sim, assume(sim))[0] is Outcome.ALLOWED


def test_an_rcp_binds_the_resources_of_a_member_for_any_caller() -> None:
    sim = organized(ResourceControlPolicies=[{"Name": "keep-out", "Document": RCP_NO_S3}])
    assert verdict(sim, assume(sim)) == (Outcome.EXPLICIT_DENY, PolicyType.RCP, "keep-out#KeepOut")
    assert verdict(sim, ANONYMOUS) == (Outcome.EXPLICIT_DENY, PolicyType.RCP, "keep-out#KeepOut")


def test_service_linked_roles_are_exempt_from_both() -> None:
    sim = organized(
        ServiceControlPolicies=[
            {"Name": "FullAWSAccess", "Document": allows("*")}, {"Name": "no", "Document": NO_S3}],
        ResourceControlPolicies=[{"Name": "no", "Document": RCP_NO_S3}],
    )  # fmt: skip
    service = sim.resolve("service:autoscaling.amazonaws.com")
    key = assume(sim, f"{LINKED}/Linked", caller=service)
    assert verdict(sim, key)[0] is Outcome.ALLOWED


def test_root_of_a_member_account_is_bound_by_scps() -> None:
    sim = organized(ServiceControlPolicies=[
        {"Name": "FullAWSAccess", "Document": allows("*")},
        {"Name": "no-s3", "Document": NO_S3}])  # fmt: skip
    assert verdict(sim, sim.resolve("root@main"))[1] is PolicyType.SCP
    assert verdict(open_small(), open_small().resolve("root@main"))[0] is Outcome.ALLOWED


def test_policies_of_groups_are_the_users() -> None:
    sim = open_small()
    sim.call("iam:CreateGroup", {"GroupName": "Readers"})
    sim.call(
        "iam:PutGroupPolicy",
        {"GroupName": "Readers", "PolicyName": "r", "PolicyDocument": allows("s3:*")},
    )
    bob = sim.resolve("main/bob")
    assert verdict(sim, bob)[0] is Outcome.IMPLICIT_DENY
    sim.call("iam:AddUserToGroup", {"GroupName": "Readers", "UserName": "bob"})
    assert verdict(sim, bob) == (Outcome.ALLOWED, PolicyType.IDENTITY, "Readers/r#1")


def test_a_managed_session_policy_is_read_live() -> None:
    sim = open_small()
    arn = f"arn:aws:iam::{MAIN}:policy/cap"
    sim.call("iam:CreatePolicy", {"PolicyName": "cap", "PolicyDocument": allows("sts:*")})
    key = assume(sim, PolicyArns=[{"arn": arn}])
    assert verdict(sim, key)[1] is PolicyType.SESSION
    sim.call(
        "iam:CreatePolicyVersion",
        {"PolicyArn": arn, "PolicyDocument": allows("s3:*"), "SetAsDefault": True},
    )
    assert verdict(sim, key)[0] is Outcome.ALLOWED


def test_a_vpc_endpoint_is_chosen_by_its_id() -> None:
    house = deepcopy(SMALL)
    endpoint = f"arn:aws:ec2:us-east-1:{OTHER}:vpc-endpoint/vpce-1"
    refusing = {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}}  # fmt: skip
    house["Accounts"][1]["Resources"] = [{"Arn": endpoint, "Policy": refusing}]
    sim = Simulation.open(house, seed=7)
    key = assume(sim)
    assert verdict(sim, key)[0] is Outcome.ALLOWED
    through = verdict(sim, key, context={"aws:SourceVpce": "vpce-1"})
    assert through[:2] == (Outcome.IMPLICIT_DENY, PolicyType.ENDPOINT)
    shut = {"Version": "2012-10-17", "Statement": {
        "Sid": "Shut", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}  # fmt: skip
    house["Accounts"][1]["Resources"] = [{"Arn": endpoint, "Policy": shut}]
    other = Simulation.open(house, seed=7)
    assert verdict(other, assume(other), context={"aws:SourceVpce": "vpce-1"})[2] == "vpce-1#Shut"
    event = list(sim.events)[-1]
    assert isinstance(event, RequestAnswered)
    part = sim.context(event)
    assert part is not None
    assert part.values["aws:VpceAccount"] == OTHER


@pytest.mark.parametrize("resource", ["arn:aws:s3:::data", DATA, "arn:aws:s3:::data/deep/er.csv"])
def test_a_bucket_policy_judges_the_bucket_and_its_objects(resource: str) -> None:
    sim = open_small()
    policy = {"Version": "2012-10-17", "Statement": {
        "Sid": "Shut", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]}}  # fmt: skip
    sim.call("s3:PutBucketPolicy", {"Bucket": "data", "Policy": policy})
    assert verdict(sim, assume(sim), resource=resource) == (
        Outcome.EXPLICIT_DENY, PolicyType.RESOURCE, "data#Shut",
    )  # fmt: skip


def test_a_layer_can_be_left_out_of_a_question_and_the_answer_says_so() -> None:
    sim = organized(ServiceControlPolicies=[
        {"Name": "FullAWSAccess", "Document": allows("*")},
        {"Name": "no-s3", "Document": NO_S3}])  # fmt: skip
    verdict(sim, assume(sim))
    event = list(sim.events)[-1]
    assert isinstance(event, RequestAnswered)
    what_if = sim.explain(event, without=[PolicyType.SCP])
    assert what_if is not None
    assert what_if.decision.outcome is Outcome.ALLOWED
    assert what_if.decision.left_out == (PolicyType.SCP,)
    assert verdict(sim, event.access_key_id)[0] is Outcome.EXPLICIT_DENY


def test_rows_list_every_policy_that_applies_to_a_role_with_where_it_is_attached() -> None:
    sim = organized()
    sim.call("iam:CreatePolicy", {"PolicyName": "cap", "PolicyDocument": allows("sts:*")})
    boundary = f"arn:aws:iam::{MAIN}:policy/cap"
    sim.call("iam:PutRolePermissionsBoundary", {"RoleName": "App", "PermissionsBoundary": boundary})
    rows = policy_rows(sim.world, role_arn("App"))
    assert [(row.name, row.kind, row.attached_at) for row in rows] == [
        ("trust policy", "trust policy", "role App"),
        ("work", "inline", "role App"),
        ("cap", "permissions boundary", "role App"),
        ("FullAWSAccess", "SCP", "Root"),
        ("FullAWSAccess", "SCP", "Unit"),
        ("FullAWSAccess", "SCP", MAIN),
    ]
    assert rows[1].text.startswith('{\n  "Version": "2012-10-17"')


def test_a_role_of_another_account_needs_both_sides() -> None:
    sim = open_small()
    sim.call("iam:UpdateAssumeRolePolicy",
             {"RoleName": "App", "PolicyDocument": trusts(f"arn:aws:iam::{MAIN}:user/bob")},
             caller=sim.resolve("operator@other"))  # fmt: skip
    bob, params = sim.resolve("main/bob"), {"RoleArn": role_arn("App", OTHER), "RoleSessionName": "b2"}
    with pytest.raises(AwsError):
        sim.call("sts:AssumeRole", params, caller=bob)
    sim.call("iam:PutUserPolicy", {"UserName": "bob", "PolicyName": "p", "PolicyDocument": allows("sts:*")})
    assert sim.call("sts:AssumeRole", params, caller=bob)["AssumedRoleUser"]["Arn"].endswith("App/b2")


UNREAD = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"


def with_unread(attached: str, *policies: dict[str, Any]) -> tuple[Simulation, str]:
    """A session of a role to which an AWS managed policy is attached that no file has."""
    house = deepcopy(SMALL)
    role = house["Accounts"][0]["RoleDetailList"][0]
    role["RolePolicyList"] = [
        {"PolicyName": f"p{number}", "PolicyDocument": one} for number, one in enumerate(policies)
    ]
    given: dict[str, Any] = {}
    match attached:
        case "identity":
            role["AttachedManagedPolicies"] = [{"PolicyArn": UNREAD}]
        case "boundary":
            role["PermissionsBoundary"] = {"PermissionsBoundaryArn": UNREAD}
        case "session":
            given["PolicyArns"] = [{"arn": UNREAD}]
    sim = Simulation.open(house, seed=7)
    return sim, assume(sim, **given)


@pytest.mark.parametrize(
    ("attached", "policies", "outcome"),
    [
        ("identity", [], Outcome.UNDECIDED),
        ("identity", [allows("sqs:*")], Outcome.UNDECIDED),
        ("identity", [allows("s3:*")], Outcome.ALLOWED),
        ("identity", [NO_S3], Outcome.EXPLICIT_DENY),
        ("boundary", [allows("s3:*")], Outcome.UNDECIDED),
        ("boundary", [], Outcome.IMPLICIT_DENY),
        ("session", [allows("s3:*")], Outcome.UNDECIDED),
        ("session", [], Outcome.IMPLICIT_DENY),
    ],
)
def test_a_managed_policy_without_a_document_leaves_undecided_what_it_may_allow(
    attached: str, policies: list[dict[str, Any]], outcome: Outcome
) -> None:
    sim, key = with_unread(attached, *policies)
    found, _, decided_by = verdict(sim, key)
    assert found is outcome
    assert ("ViewOnlyAccess" in decided_by) is (outcome is Outcome.UNDECIDED)


def test_what_nobody_knows_of_a_policy_is_unknown_in_the_access_matrix() -> None:
    sim, key = with_unread("identity", allows("s3:GetObject"))
    matrix = access_of(session_identity(sim.world.sessions[key]), sim.world)
    read = matrix.rows["s3"]["Read"]
    assert "GetObject" in read.allowed
    assert "ListMultipartUploadParts" not in read.allowed
    assert matrix.rows["dynamodb"]["Write"].verdict == "unknown"


def test_a_session_policy_that_was_deleted_is_not_unknown() -> None:
    sim = open_small()
    arn = sim.call("iam:CreatePolicy", {"PolicyName": "Narrow", "PolicyDocument": allows("s3:*")})["Policy"][
        "Arn"
    ]
    sim.advance(60)
    key = assume(sim, PolicyArns=[{"arn": arn}])
    assert verdict(sim, key)[0] is Outcome.ALLOWED
    sim.call("iam:DeletePolicy", {"PolicyArn": arn})
    sim.advance(60)
    assert verdict(sim, key)[0] is Outcome.IMPLICIT_DENY


ELSEWHERE = "999988887777"
KMS = "arn:aws:kms:us-east-1"


@pytest.mark.parametrize(
    ("action", "resource", "outcome"),
    [
        ("kms:Decrypt", f"{KMS}:{MAIN}:key/undescribed", Outcome.UNDECIDED),
        ("kms:Decrypt", f"{KMS}:{MAIN}:key/without-policy", Outcome.UNDECIDED),
        ("kms:Decrypt", f"{KMS}:{ELSEWHERE}:key/theirs", Outcome.UNDECIDED),
        ("kms:CreateKey", "*", Outcome.ALLOWED),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ELSEWHERE}:theirs", Outcome.UNDECIDED),
        ("sqs:DeleteQueue", f"arn:aws:sqs:us-east-1:{ELSEWHERE}:theirs", Outcome.IMPLICIT_DENY),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{OTHER}:known-account", Outcome.IMPLICIT_DENY),
        ("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{MAIN}:ours", Outcome.ALLOWED),
        ("sts:AssumeRole", f"arn:aws:iam::{ELSEWHERE}:role/Theirs", Outcome.UNDECIDED),
    ],
)
def test_a_policy_of_a_resource_that_nobody_knows_is_not_the_lack_of_one(
    action: str, resource: str, outcome: Outcome
) -> None:
    """A KMS key always has a policy; what accounts outside the files allow is not known.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    house = deepcopy(SMALL)
    house["Accounts"][0]["Resources"].append({"Arn": f"{KMS}:{MAIN}:key/without-policy"})
    role = house["Accounts"][0]["RoleDetailList"][0]
    own = allows(["kms:*", "sqs:SendMessage", "sts:AssumeRole"])
    role["RolePolicyList"] = [{"PolicyName": "own", "PolicyDocument": own}]
    sim = Simulation.open(house, seed=7)
    assert verdict(sim, assume(sim), action, resource)[0] is outcome


QUEUE = f"arn:aws:sqs:us-east-1:{MAIN}:jobs"
TABLE = f"arn:aws:dynamodb:us-east-1:{MAIN}:table/orders"


@pytest.mark.parametrize(
    ("asked", "entry"),
    [
        ("arn:aws:s3:::data", "arn:aws:s3:::data"),
        ("arn:aws:s3:::data/a/b", "arn:aws:s3:::data"),
        ("arn:aws:s3:::data-2/a", None),
        ("arn:aws:s3:::dat", None),
        (QUEUE, QUEUE),
        (f"{QUEUE}:x", QUEUE),
        (TABLE, TABLE),
        (f"{TABLE}/index/by-day", TABLE),
        (f"arn:aws:dynamodb:us-east-1:{MAIN}:table", None),
        ("arn:aws:s3", None),
        ("*", None),
        ("", None),
    ],
)
def test_a_resource_is_judged_by_its_own_entry_or_by_what_contains_it(asked: str, entry: str | None) -> None:
    model = deepcopy(SMALL)
    model["Accounts"][0]["Resources"] += [{"Arn": QUEUE}, {"Arn": TABLE}]
    world = Simulation.open(model).world.in_force
    found = governing_resource(asked, world)
    assert (found.arn if found else None) == entry
    assert governing_resource(asked, replace(world, resources={})) is None


def test_an_endpoint_is_found_by_its_whole_id() -> None:
    arn = f"arn:aws:ec2:us-east-1:{MAIN}:vpc-endpoint/vpce-1"
    model = deepcopy(SMALL)
    model["Accounts"][0]["Resources"] += [{"Arn": f"{arn}2"}, {"Arn": arn}]
    world = Simulation.open(model).world.in_force
    found = endpoint_of("vpce-1", world)
    assert found is not None
    assert found.arn == arn
    assert [endpoint_of(each, world) for each in ("1", "vpce", "", None)] == [None] * 4


@pytest.mark.parametrize(
    ("action", "asked"),
    [
        ("sts:AssumeRole", True),
        ("STS:assumerolewithsaml", True),
        ("sts:TagSession", True),
        ("sts:SetSourceIdentity", True),
        ("sts:SetContext", True),
        ("sts:GetCallerIdentity", False),
        ("iam:GetRole", False),
        ("iam:AssumeRole", False),
    ],
)
def test_a_trust_policy_answers_who_assumes_the_role(action: str, asked: bool) -> None:
    assert is_asked_of_a_role(action) is asked


def test_policies_of_a_principal_say_how_they_are_attached_and_where() -> None:
    sim = open_small()
    managed = sim.call("iam:CreatePolicy", {"PolicyName": "P", "PolicyDocument": allows("sqs:*")})["Policy"][
        "Arn"
    ]
    for operation, params in (
        ("CreateGroup", {"GroupName": "g"}),
        ("CreateGroup", {"GroupName": "h"}),
        ("AddUserToGroup", {"GroupName": "g", "UserName": "bob"}),
        ("PutGroupPolicy", {"GroupName": "g", "PolicyName": "of-g", "PolicyDocument": allows("s3:*")}),
        ("PutGroupPolicy", {"GroupName": "h", "PolicyName": "of-h", "PolicyDocument": allows("s3:*")}),
        ("PutUserPolicy", {"UserName": "bob", "PolicyName": "own", "PolicyDocument": allows("s3:*")}),
        ("AttachUserPolicy", {"UserName": "bob", "PolicyArn": managed}),
        ("AttachGroupPolicy", {"GroupName": "g", "PolicyArn": managed}),
        ("AttachRolePolicy", {"RoleName": "App", "PolicyArn": managed}),
    ):
        sim.call(f"iam:{operation}", params)
    world = sim.world.in_force

    def of(arn: str | None) -> list[tuple[str, str, str, str, str | None]]:
        found = identity_documents(arn, world)
        return [(each.name, each.owner, each.kind, each.attached_at, each.arn) for each in found]

    group = [
        ("of-g", "g", "inline", "group g", None),
        ("P", "", "managed", "group g", managed),
    ]
    assert of(f"arn:aws:iam::{MAIN}:user/bob") == [
        ("own", "bob", "inline", "user bob", None),
        ("P", "", "managed", "user bob", managed),
        *group,
    ]
    assert of(f"arn:aws:iam::{MAIN}:group/g") == group
    assert of(role_arn("App")) == [
        ("work", "App", "inline", "role App", None),
        ("P", "", "managed", "role App", managed),
    ]
    assert of(f"arn:aws:iam::{OTHER}:user/bob") == of(None) == of("arn:aws:s3:::data") == []


def test_levels_of_the_organization_bind_principals_and_resources_of_members() -> None:
    world = organized(ResourceControlPolicies=[{"Name": "no", "Document": RCP_NO_S3}]).world.in_force
    member, management = root_identity(MAIN), root_identity(OTHER)
    linked = replace(member, caller=replace(member.caller, is_service_linked=True))
    service = service_identity("sns.amazonaws.com")
    for caller, scps in ((member, 3), (management, 0), (linked, 0), (service, 0), (ANONYMOUS_IDENTITY, 0)):
        assert len(scp_levels(caller, world)) == scps
    for caller, account, rcps in (
        (member, MAIN, 3), (management, MAIN, 3), (service, MAIN, 3), (ANONYMOUS_IDENTITY, MAIN, 3),
        (linked, MAIN, 0), (member, OTHER, 0), (member, None, 0), (member, "999988887777", 0),
    ):  # fmt: skip
        assert len(rcp_levels(caller, account, world, DEFAULT_SETTINGS)) == rcps
    levels = rcp_levels(member, MAIN, world, DEFAULT_SETTINGS)
    assert [each.level for each in levels] == [0, 1, 2]
    assert [[document.name for document in each.documents] for each in levels] == [[], ["no"], []]
    assert rcp_levels(service, MAIN, world, DEFAULT_SETTINGS)[1] is levels[1], "the same for every caller"
