"""What do the resource policies of all services share: authorization, validation, and statements by id?

A resource exists if the account file lists it under `Resources`. A caller of another account needs the
permission of its own account and of the resource's policy, as for every other request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Resource
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.configuration_edits import with_entity
from sts_tui.simulation.operations.policy_documents import read
from sts_tui.simulation.operations.stored_principals import UnknownPrincipalError, stored
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call

Malformed = Callable[[str], AwsError]
"""Makes the refusal of a document from our explanation of its error."""


def authorized_resource(call: Call, arn: str, missing: Callable[[], AwsError]) -> Resource:
    """The resource, after authorizing the call. Raises AccessDenied, then `missing`."""
    resource = call.configuration.resources.get(arn)
    call.authorize(call.operation, arn, resource_account=resource.account if resource else None)
    if resource is None:
        raise missing()
    return resource


def checked_document(text: Json, configuration: Configuration, malformed: Malformed) -> WrittenPolicy:
    """The document with its principals as they are stored. Raises `malformed`."""
    document, faults = read(text, PolicyKind.RESOURCE)
    for fault in faults:
        raise malformed(fault.text)
    if not document:
        raise malformed("it is not a JSON object")
    try:
        return stored(WrittenPolicy(document), configuration)
    except UnknownPrincipalError as unknown:
        raise malformed(f"there is no principal {unknown.principal}") from None


def with_policy(
    call: Call, resource: Resource, policy: WrittenPolicy | None, response: dict[str, Any] | None = None
) -> Answer[Any]:
    """The answer of a call that replaces the policy of a resource."""
    changed = replace(resource, policy=policy)
    return Answer(
        response=response or {}, configuration=with_entity(call.configuration, changed), subject=resource.arn
    )


def statements_of(policy: WrittenPolicy | None) -> list[Mapping[str, Json]]:
    """The statements of a policy, also if it has a single one that is not in a list."""
    found = policy.document.get("Statement", []) if policy else []
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, Mapping)]


def with_statement(
    policy: WrittenPolicy | None, statement: JsonObject, empty: JsonObject, configuration: Configuration
) -> WrittenPolicy:
    """The policy with one more statement; `empty`: the document for the first statement. Raises
    UnknownPrincipalError.
    """
    document = dict(policy.document if policy else empty)
    statements: list[Json] = [*statements_of(policy), statement]
    return stored(WrittenPolicy({**document, "Statement": statements}), configuration)


def without_statement(policy: WrittenPolicy, sid: str) -> WrittenPolicy | None:
    """The policy without the statement of this id; None if none is left."""
    left: list[Json] = [one for one in statements_of(policy) if one.get("Sid") != sid]
    return WrittenPolicy({**policy.document, "Statement": left}) if left else None


def has_statement(policy: WrittenPolicy | None, sid: str) -> bool:
    return any(one.get("Sid") == sid for one in statements_of(policy))


def labeled_statement(
    call: Call, label: str, accounts: Sequence[str], actions: Sequence[str], resource: str
) -> dict[str, Json]:
    """The statement that AddPermission of SQS and SNS adds: accounts may perform actions."""
    return {
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": account_principals(call, accounts)},
        "Action": list(actions),
        "Resource": resource,
    }


def account_principals(call: Call, accounts: Sequence[str]) -> list[Json]:
    """The root ARNs of accounts."""
    partition = call.configuration.partition_of(call.account)
    return [f"arn:{partition}:iam::{account}:root" for account in accounts]
