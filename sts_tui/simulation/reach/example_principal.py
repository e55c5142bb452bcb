"""Which principal of an account outside the files would a trust policy admit? An example principal is derived
from its conditions.

A condition on the principal itself (its account, kind, name or id) selects among the principals of the
account that the policy names, and the example meets it. A principal that the policy names by its ARN is not
replaced: its properties follow from the ARN.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from sts_tui.account.arn import account_of, is_account_id
from sts_tui.account.json_value import Json
from sts_tui.account.policies.global_condition_keys import comes_from_identity

_EXAMPLE: Final = ":role/any"
_USERNAME: Final = "${aws:username}"
_NAME: Final = "any"
_FROM_THE_ARN: Final = (
    *("aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username"),
    *("aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist"),
    "aws:userid",
)
_OF_TYPE: Final[Mapping[str, str]] = {
    "account": "arn:aws:iam::{account}:root",
    "user": "arn:aws:iam::{account}:user/any",
    "federateduser": "arn:aws:sts::{account}:federated-user/any",
}
"""Example ARNs by `aws:PrincipalType`; for other types the ARN of a role is used."""


class ExamplePrincipal(NamedTuple):
    """A principal, and the context of its request without the keys that follow from the principal."""

    arn: str
    context: Mapping[str, Json]


def example_role(account: str) -> str:
    """The ARN of an example role in an account."""
    return f"arn:aws:iam::{account}{_EXAMPLE}"


def example_principal(
    principal: str, context: Mapping[str, Json], *, is_any: bool = False
) -> ExamplePrincipal:
    """The principal that meets the conditions. `context`: the required values by key; `is_any`: whether the
    policy names every account, so that the example may be in any.
    """
    asked = {key.lower(): value for key, value in context.items() if isinstance(value, str)}
    kept = {key: value for key, value in context.items() if not _follows(key)}
    if not principal.endswith(_EXAMPLE):
        return ExamplePrincipal(principal, kept)
    named = asked.get("aws:principalaccount", "")
    account = named if is_any and is_account_id(named) else account_of(principal) or ""
    if (pattern := asked.get("aws:principalarn", "")).startswith("arn:"):
        return ExamplePrincipal(pattern, _resolved(kept, pattern))
    userid = asked.get("aws:userid")
    if userid is not None:
        kept["aws:userid"] = userid
    is_user = any(_USERNAME in value for value in asked.values()) or (userid or "").startswith("AIDA")
    if is_user or "aws:username" in asked:
        arn = f"arn:aws:iam::{account}:user/{asked.get('aws:username', _NAME)}"
    else:
        form = _OF_TYPE.get(asked.get("aws:principaltype", "").lower())
        arn = form.format(account=account) if form else example_role(account)
    return ExamplePrincipal(arn, _resolved(kept, arn))


def _follows(key: str) -> bool:
    return comes_from_identity(key) and key.lower() in _FROM_THE_ARN


def _resolved(context: Mapping[str, Json], arn: str) -> dict[str, Json]:
    """The context with the user's name in place of the policy variable."""
    name = arn.rpartition("/")[2]
    return {
        key: value.replace(_USERNAME, name) if isinstance(value, str) else value
        for key, value in context.items()
    }
