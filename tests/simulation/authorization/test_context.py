"""Request context: every key as AWS fills it, and where it came from."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.account.entities import Settings
from sts_tui.iam import Caller, CallerKind
from sts_tui.simulation import ANONYMOUS, AwsError, Simulation
from sts_tui.simulation.authorization.context import (
    ContextPart,
    Origin,
    caller_part,
    clock_keys,
    clock_part,
    mfa_instant,
    stacked,
)
from sts_tui.simulation.events import RequestAnswered
from sts_tui.sts.identity import CallerIdentity, outside_identity
from sts_tui.sts.session import SessionKind
from tests.accounts.policies import MAIN, OTHER, role_arn
from tests.accounts.small import alice, assume, open_small

SAMPLE = "sample_accounts/acme.json"
PROD = "111122223333"
OBJECT = "arn:aws:s3:::acme-orders/1"


def context(
    sim: Simulation, caller: Any, action: str = "s3:GetObject", resource: str = OBJECT, **more: Any
) -> tuple[dict[str, Any], dict[str, Origin]]:
    """Values and origins of the context of a request."""
    with suppress(AwsError):
        sim.request(action, resource, caller=caller, **more)
    event = list(sim.events)[-1]
    assert isinstance(event, RequestAnswered)
    part = sim.context(event)
    assert part is not None
    assert part.values.keys() == part.origins.keys()
    return part.values, part.origins


def test_a_users_request_carries_who_asks_and_what_every_request_has() -> None:
    sim = Simulation.open(SAMPLE)
    values, origins = context(sim, sim.resolve("alice"))
    assert values == {
        "aws:PrincipalType": "User",
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalAccount": PROD,
        "aws:userid": values["aws:userid"],
        "aws:PrincipalArn": f"arn:aws:iam::{PROD}:user/alice",
        "aws:username": "alice",
        "aws:PrincipalTag/team": "web",
        "aws:PrincipalOrgID": "o-acme4example",
        "aws:PrincipalOrgPaths": values["aws:PrincipalOrgPaths"],
        "aws:ResourceAccount": PROD,
        "s3:ResourceAccount": PROD,
        "aws:ResourceOrgID": "o-acme4example",
        "aws:ResourceOrgPaths": values["aws:PrincipalOrgPaths"],
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:RequestedRegion": "us-east-1",
        "aws:UserAgent": "sts-tui",
        "aws:SourceIp": "203.0.113.10",
        "aws:CurrentTime": "2026-01-15T09:00:00Z",
        "aws:EpochTime": "1768467600",
    }
    assert values["aws:userid"].startswith("AIDA")
    (path,) = values["aws:PrincipalOrgPaths"]
    organization, root, unit, end = path.split("/")
    assert (organization, root[:2], unit[:3], end) == ("o-acme4example", "r-", "ou-", "")
    assert {origins[key] for key in origins if key.startswith("aws:PrincipalOrg")} == {Origin.ORGANIZATION}
    assert origins["aws:CurrentTime"] is Origin.CLOCK
    assert origins["aws:SourceIp"] is Origin.NETWORK
    assert origins["aws:PrincipalTag/team"] is Origin.PRINCIPAL


def test_a_role_session_carries_the_roles_arn_its_issue_time_and_its_tags() -> None:
    sim = open_small()
    sim.call("iam:TagRole", {"RoleName": "App", "Tags": [
        {"Key": "Team", "Value": "web"}, {"Key": "cost", "Value": "7"}]})  # fmt: skip
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "App", "PolicyDocument": {
        "Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": MAIN},
                                               "Action": ["sts:AssumeRole", "sts:TagSession"]}}})  # fmt: skip
    key = assume(sim, Tags=[{"Key": "team", "Value": "data"}])
    sim.advance(61)
    values, origins = context(sim, key)
    assert values["aws:PrincipalArn"] == role_arn("App")
    assert values["aws:PrincipalType"] == "AssumedRole"
    assert values["aws:userid"].endswith(":job")
    assert values["aws:TokenIssueTime"] == "2026-01-15T09:00:00Z"
    assert values["aws:MultiFactorAuthPresent"] == "false"
    assert "aws:username" not in values
    tags = {key: value for key, value in values.items() if key.startswith("aws:PrincipalTag/")}
    assert tags == {"aws:PrincipalTag/cost": "7", "aws:PrincipalTag/team": "data"}
    assert origins["aws:PrincipalTag/team"] is Origin.SESSION
    assert origins["aws:PrincipalTag/cost"] is Origin.PRINCIPAL
    assert origins["aws:TokenIssueTime"] is Origin.SESSION


def test_a_users_session_carries_whether_and_when_mfa_was_used() -> None:
    sim = open_small()
    without = sim.call("sts:GetSessionToken", {}, caller=alice(sim))["Credentials"]["AccessKeyId"]
    values, _ = context(sim, without)
    assert (values["aws:MultiFactorAuthPresent"], values["aws:username"]) == ("false", "alice")
    assert "aws:MultiFactorAuthAge" not in values
    assert "aws:MultiFactorAuthPresent" not in context(sim, alice(sim))[0]


def test_a_service_and_an_anonymous_caller_are_distinguished() -> None:
    sim = open_small()
    values, _ = context(sim, sim.resolve("service:lambda.amazonaws.com"))
    assert values["aws:PrincipalIsAWSService"] == "true"
    assert values["aws:PrincipalServiceNamesList"] == ["lambda.amazonaws.com"]
    values, _ = context(sim, ANONYMOUS)
    assert (values["aws:PrincipalType"], values["aws:PrincipalAccount"], values["aws:userid"]) == (
        "Anonymous", "anonymous", "anonymous",
    )  # fmt: skip
    assert "aws:PrincipalArn" not in values
    assert "aws:PrincipalIsAWSService" not in values


@pytest.mark.parametrize(
    ("arn", "account"),
    [
        ("arn:aws:sns:us-east-1:444455556666:alerts", "444455556666"),
        ("arn:aws:s3:::data", None),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None),
        ("no ARN", None),
    ],
)
def test_the_account_of_the_source_is_that_of_its_arn(arn: str, account: str | None) -> None:
    sim = open_small()
    service = sim.resolve("service:sns.amazonaws.com")
    assert context(sim, service, context={"aws:SourceArn": arn})[0].get("aws:SourceAccount") == account


def test_while_a_token_is_judged_there_is_no_principal_arn_but_the_providers_account() -> None:
    sim = Simulation.open(SAMPLE)
    sim.advance(0)
    event = next(
        event
        for event in sim.events
        if isinstance(event, RequestAnswered) and event.action == "sts:AssumeRoleWithWebIdentity"
    )
    part = sim.context(event)
    assert part is not None
    assert part.values["aws:PrincipalAccount"] == "444455556666"
    assert part.values["aws:PrincipalType"] == "User"
    assert part.values["aws:userid"].endswith("oidc-provider/token.actions.githubusercontent.com")
    assert not part.values.keys() & {"aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:username"}
    key = "token.actions.githubusercontent.com:sub"
    assert part.values[key] == "repo:acme/shop:ref:refs/heads/main"


def test_an_instances_credentials_say_where_they_were_delivered() -> None:
    sim = Simulation.open(SAMPLE)
    sim.advance(0)
    values, origins = context(sim, sim.resolve("i-0ab12cd34ef567890@App"))
    assert values["ec2:SourceInstanceArn"].endswith(":instance/i-0ab12cd34ef567890")
    assert values["ec2:RoleDelivery"] == "2.0"
    assert origins["ec2:RoleDelivery"] is Origin.SESSION


def test_what_the_caller_says_goes_over_the_defaults_in_any_case() -> None:
    sim = open_small()
    given = {"AWS:sourceip": "10.0.0.1", "aws:CurrentTime": "2030-01-01T00:00:00Z"}
    values, origins = context(sim, alice(sim), context=given)
    assert (values["AWS:sourceip"], values["aws:CurrentTime"]) == ("10.0.0.1", "2030-01-01T00:00:00Z")
    assert "aws:SourceIp" not in values
    assert origins["AWS:sourceip"] is Origin.REQUEST


def test_through_a_vpc_endpoint_there_is_no_source_ip() -> None:
    sim = open_small()
    values, _ = context(sim, alice(sim), context={"aws:SourceVpce": "vpce-1"})
    assert "aws:SourceIp" not in values


@pytest.mark.parametrize(
    ("action", "region", "reported"),
    [("s3:GetObject", "eu-west-1", "eu-west-1"), ("iam:GetRole", "eu-west-1", "us-east-1"),
     ("sts:AssumeRole", "eu-west-1", "eu-west-1")],
)  # fmt: skip
def test_global_services_report_their_home_region(action: str, region: str, reported: str) -> None:
    sim = open_small()
    values, _ = context(sim, alice(sim), action=action, region=region)
    assert values["aws:RequestedRegion"] == reported


def test_tags_of_roles_are_tags_of_the_resource_by_both_names() -> None:
    sim = open_small()
    sim.call("iam:TagRole", {"RoleName": "App", "Tags": [{"Key": "team", "Value": "web"}]})
    values, origins = context(sim, alice(sim), action="iam:GetRole", resource=role_arn("App"))
    assert (values["aws:ResourceTag/team"], values["iam:ResourceTag/team"]) == ("web", "web")
    assert origins["aws:ResourceTag/team"] is Origin.RESOURCE


@pytest.mark.parametrize(
    ("resource", "owner", "account"),
    [
        ("arn:aws:s3:::data/in.csv", OTHER, MAIN),
        ("arn:aws:s3:::unknown/in.csv", None, MAIN),
        ("arn:aws:s3:::unknown/in.csv", OTHER, OTHER),
        (f"arn:aws:sqs:us-east-1:{OTHER}:queue", MAIN, OTHER),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None, MAIN),
    ],
)
def test_whose_a_resource_is(resource: str, owner: str | None, account: str) -> None:
    sim = open_small()
    values, _ = context(sim, alice(sim), resource=resource, owner=owner)
    assert values["aws:ResourceAccount"] == account


def test_an_operations_own_keys_are_reported_as_such() -> None:
    sim = open_small()
    assume(sim, ExternalId="x-1")
    event = next(event for event in sim.events if isinstance(event, RequestAnswered))
    part = sim.context(event)
    assert part is not None
    assert (part.values["sts:ExternalId"], part.origins["sts:ExternalId"]) == ("x-1", Origin.OPERATION)
    assert part.values["sts:RoleSessionName"] == "job"


@pytest.mark.parametrize(
    ("kind", "account_of_caller", "has_organization"),
    [
        (CallerKind.USER, MAIN, True),
        (CallerKind.USER, None, True),
        (CallerKind.FEDERATED, MAIN, False),
        (CallerKind.FEDERATED, None, False),
        (CallerKind.ANONYMOUS, None, False),
    ],
)
def test_who_signs_no_request_carries_no_keys_of_an_organization(
    kind: CallerKind, account_of_caller: str | None, has_organization: bool
) -> None:
    """The holder of a token or an assertion is not a principal of an account yet.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    sim = Simulation.open(SAMPLE)
    account = None if kind is CallerKind.ANONYMOUS else PROD
    caller = Caller(kind=kind, arn="arn:aws:iam::111122223333:user/x", account=account_of_caller and PROD)
    who = CallerIdentity(caller=caller, label="x", account=account, arn=caller.arn, user_id="AIDAX")
    values = caller_part(who, sim.world.in_force, sim.world.settings).values
    assert ("aws:PrincipalOrgID" in values) is has_organization
    assert values["aws:PrincipalAccount"] == (account or "anonymous")
    assert ("aws:PrincipalIsAWSService" in values) is (kind is CallerKind.USER)
    assert ("aws:PrincipalArn" in values) is (kind is CallerKind.USER)


@pytest.mark.parametrize(
    ("arn", "userid"),
    [
        ("arn:aws:iam::999988887777:user/u", None),
        ("arn:aws:sts::999988887777:assumed-role/R/s", None),
        ("arn:aws:iam::999988887777:root", "999988887777"),
        ("arn:aws:sts::999988887777:federated-user/f", "999988887777:f"),
    ],
)
def test_the_id_of_a_principal_outside_the_files_is_known_where_it_follows_from_the_arn(
    arn: str, userid: str | None
) -> None:
    sim = open_small()
    caller = outside_identity(arn)
    assert caller is not None
    values = caller_part(caller, sim.world.in_force, sim.world.settings).values
    assert values.get("aws:userid") == userid
    nameless = replace(caller, user_id=None)
    assert "aws:userid" not in caller_part(nameless, sim.world.in_force, sim.world.settings).values


def part(**values: Any) -> ContextPart:
    return ContextPart.of(Origin.REQUEST, values)


def test_a_later_part_hides_keys_of_other_spellings() -> None:
    below, above = part(Team="a", stage="b"), ContextPart.of(Origin.SESSION, {"team": "c"})
    for whole in (above.over(below), stacked((below, above))):
        assert dict(whole.values) == {"stage": "b", "team": "c"}
        assert dict(whole.origins) == {"stage": Origin.REQUEST, "team": Origin.SESSION}
    assert part().over(below) is below
    assert dict(stacked((below, part(), above, below)).values) == {"Team": "a", "stage": "b"}


@pytest.mark.parametrize(
    ("instant", "text", "epoch"),
    [
        (datetime(2026, 1, 15, 9, tzinfo=UTC), "2026-01-15T09:00:00Z", "1768467600"),
        (datetime(2026, 1, 15, 9, 0, 0, 250_000, tzinfo=UTC), "2026-01-15T09:00:00.250Z", "1768467600"),
        (datetime(2026, 1, 15, 9, 0, 0, 999_999, tzinfo=UTC), "2026-01-15T09:00:00.999Z", "1768467600"),
    ],
)
def test_the_clock_in_text_and_in_seconds(instant: datetime, text: str, epoch: str) -> None:
    assert clock_keys(instant, None) == {"aws:currenttime": text, "aws:epochtime": epoch}
    with_mfa = clock_keys(instant, instant - timedelta(seconds=61.5))
    assert with_mfa["aws:multifactorauthage"] == "61"
    shown = clock_part(instant, instant)
    assert dict(shown.values) == {
        "aws:CurrentTime": text, "aws:EpochTime": epoch, "aws:MultiFactorAuthAge": "0",
    }  # fmt: skip
    assert set(shown.origins.values()) == {Origin.CLOCK}


@pytest.mark.parametrize(
    ("settings", "kind", "kept"),
    [
        ({}, SessionKind.ROLE, False),
        ({"role_sessions_keep_mfa": True}, SessionKind.ROLE, True),
        ({"get_session_token_mfa_reaches_roles": True}, SessionKind.ROLE, True),
        ({}, SessionKind.USER, True),
    ],
)
def test_role_sessions_keep_no_mfa_unless_a_setting_says_so(
    settings: dict[str, bool], kind: SessionKind, kept: bool
) -> None:
    sim = open_small()
    key, at = assume(sim), sim.now
    session = replace(sim.world.sessions[key], mfa_at=at, kind=kind)
    assert mfa_instant(session, Settings(**settings)) == (at if kept else None)
    assert mfa_instant(None, Settings(**settings)) is None
