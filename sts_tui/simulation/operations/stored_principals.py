"""What happens to principals in policies when a user or role is deleted or renamed? IAM stores them by unique
id and shows their ARNs while they exist.

A document of the model has the ARN while the entity exists. When the entity is deleted, its ARN is replaced
by its AIDA… or AROA… id everywhere, so that a new entity with the same name is not trusted; when it is
renamed, its ARN is updated everywhere.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from sts_tui.account.arn import Arn
from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy

_ELEMENTS = ("Principal", "NotPrincipal")
_STORED_ID_PREFIXES = ("AROA", "AIDA")


class UnknownPrincipalError(Exception):
    """A policy names a user or role that does not exist; each service refuses it with its own message."""

    def __init__(self, principal: str) -> None:
        super().__init__(principal)
        self.principal = principal


def with_principal_renamed(configuration: Configuration, old: str, new: str) -> Configuration:
    """The configuration in which every trust and resource policy has principal `new` in place of `old`."""
    roles = {
        arn: replace(role, assume_role_policy_document=changed)
        for arn, role in configuration.roles.items()
        if (changed := renamed_in(role.assume_role_policy_document, old, new)) is not None
    }
    resources = {
        arn: replace(resource, policy=changed)
        for arn, resource in configuration.resources.items()
        if resource.policy is not None and (changed := renamed_in(resource.policy, old, new)) is not None
    }
    if not roles and not resources:
        return configuration
    return replace(
        configuration,
        roles=PersistentMap.of(configuration.roles).updated(roles),
        resources=PersistentMap.of(configuration.resources).updated(resources),
    )


def renamed_in(policy: WrittenPolicy, old: str, new: str) -> WrittenPolicy | None:
    """The policy with the principal replaced; None if it does not name the principal."""
    if old not in _aws_principals(policy.document):
        return None
    return rewritten(policy, lambda principal: new if principal == old else principal)


def rewritten(policy: WrittenPolicy, change: Callable[[str], str]) -> WrittenPolicy:
    """The policy with every AWS principal passed through `change`."""
    statements = policy.document.get("Statement", [])
    new_statements = (
        [_statement(statement, change) for statement in statements]
        if isinstance(statements, list)
        else _statement(statements, change)
    )
    return WrittenPolicy({**policy.document, "Statement": new_statements})


def _statement(statement: Json, change: Callable[[str], str]) -> Json:
    if not isinstance(statement, dict):
        return statement
    return {key: _element(value, change) if key in _ELEMENTS else value for key, value in statement.items()}


def _element(element: Json, change: Callable[[str], str]) -> Json:
    if not isinstance(element, Mapping):
        return element
    return {kind: _each(value, change) if kind == "AWS" else value for kind, value in element.items()}


def _each(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, list):
        return [_each(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def _aws_principals(document: Mapping[str, object]) -> Iterator[str]:
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in _ELEMENTS:
            principal = statement.get(element) if isinstance(statement, Mapping) else None
            if isinstance(principal, Mapping):
                value = principal.get("AWS", [])
                yield from value if isinstance(value, list) else [value]


def stored(policy: WrittenPolicy, configuration: Configuration) -> WrittenPolicy:
    """The policy as IAM stores it: every user and role that it names must exist, except in accounts that the
    model does not have. Unique ids of existing principals become their ARNs. Raises UnknownPrincipalError.
    """
    by_id = {role.role_id: arn for arn, role in configuration.roles.items()}
    by_id |= {user.user_id: arn for arn, user in configuration.users.items()}

    def saved(principal: str) -> str:
        arn = by_id.get(principal, principal)
        if not _is_known(arn, configuration):
            raise UnknownPrincipalError(principal)
        return arn

    return rewritten(policy, saved)


def _is_known(principal: str, configuration: Configuration) -> bool:
    if principal.startswith(_STORED_ID_PREFIXES):
        return False
    try:
        arn = Arn.parse(principal)
    except ValueError:
        return True  # `*` and account ids, which the grammar has checked
    if arn.service != "iam" or arn.account not in configuration.accounts:
        return True
    match arn.resource_type:
        case "user":
            return principal in configuration.users
        case "role":
            return principal in configuration.roles
    return arn.resource_type == "root"
