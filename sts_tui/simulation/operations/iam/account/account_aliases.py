"""The account alias: the name in the sign-in address. One at most; unique in all of AWS.

https://docs.aws.amazon.com/IAM/latest/UserGuide/console_account-alias.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.simulation.operations.configuration_edits import with_account_facts
from sts_tui.simulation.operations.refusals import already_exists, no_such_entity
from sts_tui.simulation.operations.responses import page_of
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def create_account_alias(call: Call[shapes.CreateAccountAliasRequest]) -> Answer:
    """Replaces the alias that the account has. Raises AccessDenied, EntityAlreadyExists."""
    call.authorize(call.operation)
    alias = call.params["AccountAlias"]
    taken = [one for one in call.configuration.accounts.values() if one.account_alias == alias]
    if taken and taken[0].account_id != call.account:
        raise already_exists(f"The account alias {alias} already exists.")
    return _with_alias(call, alias)


def delete_account_alias(call: Call[shapes.DeleteAccountAliasRequest]) -> Answer:
    """Raises AccessDenied, NoSuchEntity."""
    call.authorize(call.operation)
    alias = call.params["AccountAlias"]
    if call.configuration.accounts[call.account].account_alias != alias:
        raise no_such_entity(f"The Account Alias with name {alias} cannot be found.")
    return _with_alias(call, "")


def list_account_aliases(
    call: Call[shapes.ListAccountAliasesRequest],
) -> Answer[shapes.ListAccountAliasesResponse]:
    """None or one. Raises AccessDenied, ValidationError."""
    call.authorize(call.operation)
    alias = call.configuration.accounts[call.account].account_alias
    page = page_of([alias] if alias else [], call.params)
    return Answer(response={"AccountAliases": page.items, **page.end})


def _with_alias(call: Call, alias: str) -> Answer:
    facts = replace(call.configuration.accounts[call.account], account_alias=alias)
    return Answer(configuration=with_account_facts(call.configuration, facts), subject=call.account)


PERFORMS: dict[str, Perform] = {
    "CreateAccountAlias": create_account_alias,
    "DeleteAccountAlias": delete_account_alias,
    "ListAccountAliases": list_account_aliases,
}
