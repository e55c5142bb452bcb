"""A cut ends the access only if it ends what the holder could do with other choices: a Region, MFA."""

from __future__ import annotations

from typing import Any, Final

from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.chosen_request import MOST_TRIED
from sts_tui.simulation.containment.desk import Incident, incident
from sts_tui.simulation.containment.incident_json import incident_json
from sts_tui.simulation.containment.incident_text import incident_lines
from tests.accounts.entities import user
from tests.accounts.policies import MAIN, allow, deny, policy

MANAGEMENT: Final = "777788889999"
REGION_GUARD: Final = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}


def desk(*statements: dict[str, Any], organization: dict[str, Any] | None = None, **ann: Any) -> Incident:
    account = {"AccountId": MAIN, "UserDetailList": [user("ann", ("p", policy(*statements)), **ann)]}
    others = [{"AccountId": MANAGEMENT}] if organization else []
    files = {"Accounts": [account, *others], **({"Organization": organization} if organization else {})}
    return incident(Simulation.open(files), "ann")


def starred(found: Incident) -> list[str]:
    return [row.cut.id.partition(":")[0] for row in found.best]


def test_what_a_region_guard_spares_is_what_the_holder_can_do() -> None:
    guard = deny(NotAction="iam:*", Condition=REGION_GUARD)
    del guard["Action"]
    found = desk(allow(["ec2:*", "sqs:*"]), guard)
    assert found.does == ("ec2:CopyImage * [region eu-west-1]", "sqs:TagQueue * [region eu-west-1]")
    assert "ec2:RunInstances [region eu-west-1]" in found.can_stay
    assert "quarantine" not in starred(found)
    assert {"key-inactive", "deny-all"} <= set(starred(found))
    requests: Any = incident_json(found)["can_do"]
    assert requests["requests"][0]["needs"] == ["region eu-west-1"]


def test_an_rcp_does_not_cut_a_service_that_rcps_do_not_cover() -> None:
    scp = policy(allow("*"), deny("ec2:*", Condition=REGION_GUARD))
    organization = {
        "Id": "o-exampleorgid",
        "ManagementAccountId": MANAGEMENT,
        "Root": {
            "Name": "Root",
            "ServiceControlPolicies": [{"Name": "guard", "Document": scp}],
            "Accounts": [{"AccountId": MAIN}, {"AccountId": MANAGEMENT}],
        },
    }
    found = desk(allow("ec2:*"), organization=organization)
    assert found.does == ("ec2:CopyImage * [region eu-west-1]",)
    assert "rcp" not in starred(found)


def test_mfa_is_a_choice_of_who_has_a_device() -> None:
    guard = deny(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})
    device = [{"SerialNumber": f"arn:aws:iam::{MAIN}:mfa/ann"}]
    assert desk(allow("s3:ListAllMyBuckets"), guard, MFADevices=device).does == (
        "s3:ListAllMyBuckets * [MFA]",
    )
    assert desk(allow("s3:ListAllMyBuckets"), guard).does == ()


def test_a_resource_in_another_region_is_asked_there() -> None:
    queue = f"arn:aws:sqs:eu-west-1:{MAIN}:jobs"
    found = desk(allow("sqs:SendMessage", queue), deny(Condition=REGION_GUARD))
    assert found.does == (f"sqs:SendMessage {queue}",)


def test_what_more_combinations_could_open_is_unknown() -> None:
    tags = [
        deny(Condition={"Null": {f"aws:RequestTag/t{number}": "true"}}) for number in range(MOST_TRIED + 1)
    ]
    found = desk(allow("ec2:CreateVpc"), *tags)
    assert found.does == ("ec2:CreateVpc * (unknown)",)


def test_what_no_choice_opens_is_named_as_tried_and_denied() -> None:
    found = desk(allow(["sqs:*", "s3:ListAllMyBuckets"]), deny("sqs:*"))
    assert found.does == ("s3:ListAllMyBuckets *",)
    assert found.denied == ("sqs:TagQueue *",)
    text = "\n".join(incident_lines(found))
    assert "Denied    sqs:TagQueue * (asked in us-east-1" in text
