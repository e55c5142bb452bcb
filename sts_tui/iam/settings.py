"""What AWS does not document, and what changes a verdict: each doubtful fact is a setting with a default."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class EvaluationSettings(Struct, frozen=True, kw_only=True):
    """Mirrored under `Settings` of an account file, in AWS's spelling (`NotPrincipalNeedsAccount` …)."""

    not_principal_needs_account: bool = True
    """A `NotPrincipal` of a Deny spares a caller only when its account is listed too, as AWS's guide
    advises.
    """
    account_condition_delegates: bool = False
    """An Allow for everyone, limited by a condition on `aws:PrincipalAccount`, only delegates to the account,
    as when the account is named. AWS's guides say that it grants: no other permissions are required."""
    for_any_value_negated_matches_absent: bool = False
    """`ForAnyValue:StringNotEquals` and its like on an absent key."""
    not_resource_with_missing_variable_matches: bool = True
    """A `NotResource` whose only entry has a variable without a value excludes nothing, so the statement
    covers every resource."""
    tag_values_ignore_case: bool = False
    """StringEquals and StringNotEquals compare values of tags without case, as the guide said until 2023."""
    variables_in_bool: bool = True
    """Bool reads policy variables; otherwise `${…}` is text, and not `true`."""
    wildcards_in_variable_values: bool = False
    """A `*` in the value that a policy variable brings in is a wildcard, not a letter."""
    resource_wildcards_cross_colons: bool = False
    """A `*` in the first five segments of a Resource reaches over the colon that follows."""
    user_grant_reaches_federated_users: bool = True
    """A resource policy that names a user stands in for the missing identity Allow of the federated user
    sessions that the user created."""
    everyone_includes_federated_users: bool = True
    """A resource policy for everyone lifts boundary and session policy of a federated user session."""


DEFAULT_SETTINGS: Final = EvaluationSettings()
