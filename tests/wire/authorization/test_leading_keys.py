"""The partition keys of a call of DynamoDB: named, absent, or not said."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.endpoint.boto import session
from sts_tui.iam.decision import Outcome
from sts_tui.simulation import Simulation
from sts_tui.wire.authorization.leading_keys import leading_keys
from tests.accounts.entities import user
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, policy

TABLE = f"arn:aws:dynamodb:us-east-1:{PROD}:table/GameScores"
USER: dict[str, Any] = {"UserId": {"S": "ana"}}
BOTH: dict[str, Any] = {"UserId": {"S": "ana"}, "GameTitle": {"S": "chess"}}
EQUAL: dict[str, Any] = {"ExpressionAttributeValues": {":u": {"S": "ana"}, ":g": {"S": "chess"}}}


@pytest.mark.parametrize(
    ("members", "wanted"),
    [
        ({"Key": USER}, ["ana"]),
        ({"Key": {"Id": {"N": "7"}}}, ["7"]),
        ({"Key": BOTH}, None),
        ({"Item": BOTH}, None),
        ({"KeyConditionExpression": "UserId = :u", **EQUAL}, ["ana"]),
        ({"KeyConditionExpression": "UserId = :u AND Score >= :g", **EQUAL}, ["ana"]),
        ({"KeyConditionExpression": "UserId = :u AND GameTitle = :g", **EQUAL}, None),
        (
            {"KeyConditions": {"UserId": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "ana"}]}}},
            ["ana"],
        ),
        ({"RequestItems": {"GameScores": {"Keys": [USER, {"UserId": {"S": "bo"}}]}}}, ["ana", "bo"]),
        ({"RequestItems": {"GameScores": [{"DeleteRequest": {"Key": USER}}]}}, ["ana"]),
        ({"RequestItems": {"GameScores": [{"PutRequest": {"Item": BOTH}}]}}, None),
        ({"TransactItems": [{"Get": {"TableName": "GameScores", "Key": USER}}]}, ["ana"]),
        ({"TransactItems": [{"Put": {"TableName": "Other", "Item": BOTH}}]}, []),
        ({"Statement": "SELECT * FROM GameScores"}, None),
        ({"TableName": "GameScores"}, []),
    ],
)  # fmt: skip
def test_keys_are_named_absent_or_not_said(members: dict[str, Any], wanted: list[str] | None) -> None:
    assert leading_keys(members, TABLE) == wanted


@pytest.mark.parametrize("odd", [5, "x", [5], {"a": 5}, None, {"GameScores": [5, {"PutRequest": 5}]}])
def test_members_of_another_type_raise_nothing(odd: object) -> None:
    names = ("Key", "Item", "KeyConditions", "RequestItems", "TransactItems", "ExpressionAttributeValues")
    for name in names:
        leading_keys({name: odd, "KeyConditionExpression": odd}, TABLE)


@pytest.mark.parametrize(
    ("key", "outcome"),
    [(USER, Outcome.ALLOWED), ({"UserId": {"S": "bo"}}, Outcome.IMPLICIT_DENY), (BOTH, Outcome.UNDECIDED)],
)
def test_aws_example_allows_items_of_the_caller_and_nothing_that_may_be_another_s(
    key: dict[str, Any], outcome: Outcome
) -> None:
    """`ForAllValues` takes an absent key for allowed; a key that the request leaves unknown is not absent.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    only_own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:username}"]}}
    may = policy(allow("dynamodb:*", TABLE, Condition=only_own))
    sim = Simulation.open(
        {"UserDetailList": [user("ana", ("own", may), Arn=f"arn:aws:iam::{PROD}:user/ana")]}
    )
    decisions: list[Outcome] = []
    real = sim.request

    def request(*given: Any, **named: Any) -> Any:
        found = real(*given, **{**named, "each": True})
        decisions.extend(one.outcome for one in found)
        return found

    sim.request = request  # type: ignore[method-assign]
    client = session(sim, "ana", soft=True).client("dynamodb", region_name="us-east-1")
    client.get_item(TableName="GameScores", Key=key)
    assert decisions == [outcome]
