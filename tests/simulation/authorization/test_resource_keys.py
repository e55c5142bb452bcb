"""Keys that a resource sets, and tags of resources that the files do not have."""

from __future__ import annotations

from typing import Any, cast

import pytest

from sts_tui.iam import Outcome
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.resource_keys import resource_part, unknown_resource_keys
from sts_tui.simulation.events import RequestAnswered
from tests.accounts.entities import user
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, deny, policy

OTHER = "444455556666"
VM = f"arn:aws:ec2:us-east-1:{PROD}:instance/i-1"
SECRET = f"arn:aws:secretsmanager:us-east-1:{PROD}:secret:s"
BUCKET = "arn:aws:s3:::data"
USER = f"arn:aws:iam::{PROD}:user/u"


def own_file(*resources: str) -> Simulation:
    tagged = [{"Arn": arn, "Tags": [{"Key": "open", "Value": "yes"}]} for arn in resources]
    return Simulation.open({"Accounts": [{"AccountId": PROD, "Resources": tagged}]})


def dump(*statements: dict[str, Any]) -> Simulation:
    """The output of get-account-authorization-details."""
    one = user("u", ("p", policy(*statements or (allow(),))), Arn=USER)
    return Simulation.open({"UserDetailList": [one], "RoleDetailList": []})


@pytest.mark.parametrize(
    ("resource", "key", "value"),
    [
        (VM, "aws:ResourceTag/open", "yes"),
        (VM, "ec2:ResourceTag/open", "yes"),
        (SECRET, "secretsmanager:ResourceTag/open", "yes"),
        (BUCKET, "s3:ResourceAccount", PROD),
        (BUCKET, "aws:ResourceAccount", PROD),
    ],
)
def test_a_service_has_its_own_name_for_tags_and_owner(resource: str, key: str, value: str) -> None:
    configuration = own_file(resource).world.configuration
    assert resource_part(resource, PROD, configuration).values[key] == value


def test_other_services_have_no_such_key() -> None:
    queue = f"arn:aws:sqs:us-east-1:{PROD}:jobs"
    values = resource_part(queue, PROD, own_file(queue).world.configuration).values
    assert "aws:ResourceTag/open" in values
    assert not [key for key in values if key.startswith("sqs:")]


@pytest.mark.parametrize(
    ("resource", "owner", "keys"),
    [
        (VM, PROD, ("aws:ResourceTag/*", "ec2:ResourceTag/*")),
        (BUCKET, PROD, ("aws:ResourceTag/*",)),
        (USER, PROD, ()),
        ("*", PROD, ()),
    ],
)
def test_a_raw_dump_has_no_tags_but_those_of_iam(resource: str, owner: str, keys: tuple[str, ...]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html"""
    assert unknown_resource_keys(resource, owner, dump().world.configuration) == keys


def test_what_a_file_lists_is_known_and_what_it_leaves_out_has_no_tags_in_our_own_format() -> None:
    assert unknown_resource_keys(VM, PROD, own_file().world.configuration) == ()
    assert unknown_resource_keys(VM, OTHER, own_file().world.configuration) != ()


TAGGED = {"StringEquals": {"aws:ResourceTag/open": "yes"}}


NOT_TAGGED = {"StringNotEquals": {"ec2:ResourceTag/open": "yes"}}


@pytest.mark.parametrize(
    "statements",
    [
        [allow("ec2:*", Condition=TAGGED)],
        [allow("ec2:*"), deny("ec2:*", Condition=TAGGED)],
        [allow("ec2:*"), deny("ec2:*", Condition=NOT_TAGGED)],
    ],
    ids=["Allow", "Deny", "negated Deny"],
)
def test_a_condition_on_the_tag_of_a_resource_that_a_dump_lacks_is_undecided(
    statements: list[dict[str, Any]],
) -> None:
    [decision] = dump(*statements).request([("ec2:StopInstances", VM)], caller=USER, each=True)
    assert decision.outcome is Outcome.UNDECIDED


def test_the_explanation_says_that_the_policy_of_the_resource_is_unknown() -> None:
    sim = dump(allow("s3:*"))
    sim.request("s3:GetObject", f"{BUCKET}/x", caller=USER)
    explanation = sim.explain(cast("RequestAnswered", sim.events[-1]))
    assert explanation is not None
    assert "the files do not have the resource" in "\n".join(explanation.lines())
