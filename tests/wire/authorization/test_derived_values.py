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
    assert derived("ec2-import-task", facts(ImportTaskId=odd)) == []
    assert derived("ssm-target", facts(Target=odd, Targets=odd)) == []
    assert derived("glue-schema", facts(SchemaId=odd)) == []
    assert derived("event-data-store", facts(QueryStatement=odd)) == []
    assert derived("codebuild-projects", facts(ids=odd)) == []
    assert derived("organizations-entity", facts(ParentId=odd, Target=odd)) == []


def test_a_query_of_cloudtrail_lake_names_its_event_data_store() -> None:
    store = "0a1b2c3d-f852-4e8f-8bd1-bcf6c0a1b2c3"
    found = derived("event-data-store", facts(QueryStatement=f"SELECT eventID FROM {store} LIMIT 5"))
    assert found == [f"arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/{store}"]


def test_nodes_of_a_target_are_instances_or_managed_instances() -> None:
    targets = [{"Key": "InstanceIds", "Values": ["i-1", "mi-2"]}]
    assert derived("ssm-target", facts(Targets=targets)) == [
        "arn:aws:ec2:eu-central-1:111122223333:instance/i-1",
        "arn:aws:ssm:eu-central-1:111122223333:managed-instance/mi-2",
    ]
    assert derived("ssm-target", facts(Target="ecs:cluster_task_container")) == []


def test_a_schema_has_its_registry_in_its_arn() -> None:
    named = {"SchemaName": "s", "RegistryName": "r"}
    assert derived("glue-schema", facts(SchemaId=named)) == [
        "arn:aws:glue:eu-central-1:111122223333:schema/r/s"
    ]
    assert derived("glue-schema", facts(SchemaId={"SchemaArn": "arn:x"})) == ["arn:x"]


def test_an_import_task_says_its_kind() -> None:
    assert derived("ec2-import-task", facts(ImportTaskId="import-snap-1")) == [
        "arn:aws:ec2:eu-central-1:111122223333:import-snapshot-task/import-snap-1"
    ]
