"""Keys of the request itself: defaults, what the caller's words imply, and the Region that answers."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.request_context import (
    endpoint_part,
    endpoint_region,
    request_part,
    requested_region,
)
from sts_tui.sts.identity import (
    ANONYMOUS_IDENTITY,
    CallerIdentity,
    root_identity,
    service_identity,
    user_identity,
)
from tests.accounts.organization import MODEL
from tests.accounts.policies import MAIN, OTHER, user_arn

ENDPOINT = f"arn:aws:ec2:us-east-1:{OTHER}:vpc-endpoint/vpce-1"


def configuration() -> Configuration:
    model: dict[str, Any] = deepcopy(MODEL)
    model["Accounts"][1]["Resources"] = [{"Arn": ENDPOINT}]
    return Simulation.open(model).world.in_force


WORLD = configuration()
ALICE = user_identity(WORLD.users[user_arn("alice")])
SERVICE = service_identity("sns.amazonaws.com")
FIRST, LAST = "a.amazonaws.com", "b.amazonaws.com"


def values(
    said: dict[str, Any] | None = None, *, action: str = "s3:GetObject", caller: CallerIdentity = ALICE,
    region: str = "eu-west-1",
) -> dict[str, Any]:  # fmt: skip
    return dict(request_part(action, region, said or {}, caller, WORLD).values)


def test_a_request_without_context_has_the_defaults() -> None:
    assert values() == {
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:RequestedRegion": "eu-west-1",
        "aws:UserAgent": "sts-tui",
        "aws:SourceIp": "203.0.113.10",
    }


def test_values_of_the_caller_replace_the_defaults() -> None:
    found = values({"aws:SecureTransport": "false", "aws:SourceIp": "198.51.100.7", "app:key": ["a"]})
    assert found["aws:SecureTransport"] == "false"
    assert found["aws:SourceIp"] == "198.51.100.7"
    assert found["app:key"] == ["a"]


@pytest.mark.parametrize(
    ("caller", "account"),
    [
        (ALICE, MAIN),
        (root_identity(OTHER), OTHER),
        (SERVICE, None),
        (ANONYMOUS_IDENTITY, None),
        (replace(ALICE, account=None), MAIN),
        (replace(ALICE, caller=replace(ALICE.caller, account=None)), MAIN),
    ],
)
def test_kms_knows_the_callers_account(caller: CallerIdentity, account: str | None) -> None:
    assert values(action="KMS:Decrypt", caller=caller).get("kms:CallerAccount") == account
    assert "kms:CallerAccount" not in values(caller=caller)


@pytest.mark.parametrize(
    "key",
    ["aws:SourceVpce", "AWS:SOURCEVPC", "aws:SourceVpcArn", "aws:VpcSourceIp", "aws:VpceAccount",
     "aws:VpceOrgID", "aws:VpceOrgPaths"],
)  # fmt: skip
def test_a_request_through_a_vpc_endpoint_has_no_public_address(key: str) -> None:
    assert "aws:SourceIp" not in values({key: "x"})


@pytest.mark.parametrize(
    ("said", "via", "first", "last"),
    [
        ({"aws:CalledVia": [FIRST, LAST]}, "true", FIRST, LAST),
        ({"AWS:calledvia": "a.amazonaws.com"}, "true", "a.amazonaws.com", "a.amazonaws.com"),
        ({"aws:CalledVia": []}, "false", None, None),
        ({"aws:CalledViaFirst": "a.amazonaws.com"}, "true", "a.amazonaws.com", None),
        ({"aws:CalledViaLast": "a.amazonaws.com"}, "true", None, "a.amazonaws.com"),
        ({"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, "true", None, None),
        ({"aws:ViaAWSService": "true"}, "true", None, None),
        ({}, "false", None, None),
    ],
)  # fmt: skip
def test_a_chain_of_services_is_a_call_through_a_service(
    said: dict[str, Any], via: str, first: str | None, last: str | None
) -> None:
    found = values(said)
    assert found["aws:ViaAWSService"] == via
    assert (found.get("aws:CalledViaFirst"), found.get("aws:CalledViaLast")) == (first, last)


@pytest.mark.parametrize(
    ("said", "caller", "mfa"),
    [
        ({}, ALICE, None),
        ({"aws:ViaAWSService": "true"}, ALICE, "false"),
        ({"aws:ViaAWSService": True}, ALICE, "false"),
        ({"aws:ViaAWSService": "false"}, ALICE, None),
        ({"aws:CalledVia": ["a.amazonaws.com"]}, ALICE, "false"),
        ({"aws:CalledVia": ["a.amazonaws.com"], "aws:ViaAWSService": "false"}, ALICE, None),
        ({"aws:ViaAWSService": "true"}, root_identity(MAIN), None),
        ({"aws:ViaAWSService": "true"}, SERVICE, None),
    ],
)
def test_a_service_that_calls_for_a_user_makes_temporary_credentials_without_mfa(
    said: dict[str, Any], caller: CallerIdentity, mfa: str | None
) -> None:
    assert values(said, caller=caller).get("aws:MultiFactorAuthPresent") == mfa


@pytest.mark.parametrize(
    ("said", "caller", "account", "organization"),
    [
        ({"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OTHER}:t"}, SERVICE, OTHER, "o-exampleorgid"),
        ({"aws:SourceAccount": OTHER}, SERVICE, OTHER, "o-exampleorgid"),
        ({"aws:SourceAccount": "999988887777"}, SERVICE, "999988887777", None),
        (
            {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OTHER}:t", "aws:SourceAccount": MAIN},
            SERVICE, MAIN, "o-exampleorgid",
        ),
        ({"aws:SourceArn": "arn:aws:s3:::data"}, SERVICE, None, None),
        ({"aws:SourceArn": "arn:aws:iam::aws:policy/x"}, SERVICE, None, None),
        ({"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OTHER}:t"}, ALICE, None, None),
        ({}, SERVICE, None, None),
    ],
)  # fmt: skip
def test_a_service_calls_for_a_resource_whose_owner_its_arn_says(
    said: dict[str, Any], caller: CallerIdentity, account: str | None, organization: str | None
) -> None:
    found = values(said, caller=caller)
    assert (found.get("aws:SourceAccount"), found.get("aws:SourceOrgID")) == (account, organization)


@pytest.mark.parametrize(
    ("resource", "region"),
    [
        (f"arn:aws:sqs:eu-central-1:{MAIN}:q", "eu-central-1"),
        (f"arn:aws:sqs:eu-central-1:{MAIN}:q:with:colons", "eu-central-1"),
        ("arn:aws:s3:::data", None),
        (f"arn:aws:sqs:*:{MAIN}:q", None),
        ("arn:aws:sqs:eu-central-1:q", None),
        ("urn:aws:sqs:eu-central-1:1:q", None),
        ("*", None),
        (5, None),
    ],
)
def test_a_request_goes_to_the_region_of_its_resource(resource: object, region: str | None) -> None:
    assert endpoint_region(resource, "us-west-2") == (region or "us-west-2")


@pytest.mark.parametrize(
    ("service", "region", "requested"),
    [
        ("s3", "eu-west-1", "eu-west-1"),
        ("s3", "aws-global", "us-east-1"),
        ("iam", "eu-west-1", "us-east-1"),
        ("organizations", "eu-west-1", "us-east-1"),
        ("globalaccelerator", "eu-west-1", "us-west-2"),
        ("iam", "cn-northwest-1", "cn-north-1"),
        ("organizations", "cn-north-1", "cn-northwest-1"),
        ("iam", "us-gov-east-1", "us-gov-west-1"),
        ("networkmanager", "us-gov-east-1", "us-gov-west-1"),
        ("route53", "us-isob-east-1", "us-isob-east-1"),
        ("iam", "eusc-de-east-1", "eusc-de-east-1"),
    ],
)
def test_a_service_with_one_endpoint_is_asked_in_its_region(
    service: str, region: str, requested: str
) -> None:
    assert requested_region(service, region) == requested


@pytest.mark.parametrize("arn", [None, f"arn:aws:ec2:us-east-1:{OTHER}:vpc-endpoint/vpce-2"])
def test_nothing_is_known_of_another_endpoint(arn: str | None) -> None:
    assert dict(endpoint_part(arn, WORLD).values) == {}


def test_an_endpoint_of_the_files_says_whose_it_is() -> None:
    found = endpoint_part(ENDPOINT, WORLD).values
    assert found["aws:VpceAccount"] == OTHER
    assert found["aws:VpceOrgID"] == "o-exampleorgid"
