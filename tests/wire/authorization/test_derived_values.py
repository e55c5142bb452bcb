"""Values that no path through the members finds: derived from what a client sent, whatever that was."""

from __future__ import annotations

import pytest

from sts_tui.account.configuration import Configuration
from sts_tui.wire.authorization.derived_values import Facts, derived
from sts_tui.wire.messages import HttpRequest


def facts(**members: object) -> Facts:
    return Facts(
        request=HttpRequest(method="POST", target="/", headers={}),
        members=members,
        region="eu-central-1",
        account="111122223333",
        configuration=Configuration(),
    )


def test_a_partiql_statement_names_its_table_and_index() -> None:
    statements = [{"Statement": 'SELECT * FROM "Music"."by-year" WHERE Artist = \'x\''}]
    table = "arn:aws:dynamodb:eu-central-1:111122223333:table/Music"
    assert derived("partiql", facts(Statement='DELETE FROM "Music"')) == [table]
    assert derived("partiql", facts(Statements=statements)) == [f"{table}/index/by-year"]


@pytest.mark.parametrize("odd", [5, True, "x", {"a": 1}, [5], [{"Statement": 5}], None])
def test_members_of_another_type_name_nothing_and_raise_nothing(odd: object) -> None:
    assert derived("partiql", facts(Statements=odd, TransactStatements=odd)) == []
    assert derived("queue", facts(QueueUrl=odd)) == []
    assert derived("ec2-resources", facts(ResourceId=odd)) == []
