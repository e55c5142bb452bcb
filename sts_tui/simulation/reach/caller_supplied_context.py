"""What a caller could bring to meet the conditions of policies: MFA, an external id, a tag, an address.

Only what the caller chooses is a wish; what follows from who calls is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import Role, User
from sts_tui.account.policies.global_condition_keys import comes_from_identity
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.calls.pipeline import Ask
from sts_tui.simulation.world import World


class Wish(Struct, frozen=True):
    """One thing that a caller brings, in words, and how it changes the call."""

    label: str
    change: Callable[[Ask], Ask]


def applied(ask: Ask, wishes: Sequence[Wish]) -> Ask:
    """The call with all of them."""
    for wish in wishes:
        ask = wish.change(ask)
    return ask


def wishes_of(source: str, role: Role, world: World) -> list[Wish]:
    """What the conditions of the role's trust policy and of the caller's own policies ask for, each once."""
    documents = [role.assume_role_policy_document.document]
    documents += [
        found.written.document
        for found in identity_documents(source, world.in_force)
        if found.written is not None
    ]
    user = world.in_force.users.get(source)
    found: dict[str, Wish] = {}
    for document in documents:
        for operator, key, values in _conditions(document):
            for wish in _wishes(operator, key, values, user, world):
                found.setdefault(wish.label, wish)
    return list(found.values())


def _conditions(document: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """(operator, key, values) of every condition of an Allow."""
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        for operator, block in (statement.get("Condition") or {}).items():
            for key, values in block.items():
                yield operator, key, [str(one) for one in (values if isinstance(values, list) else [values])]


def _wishes(operator: str, key: str, values: list[str], user: User | None, world: World) -> Iterator[Wish]:
    lowered = key.lower()
    if lowered in ("aws:multifactorauthpresent", "aws:multifactorauthage"):
        yield from _mfa(user, world)
        return
    if "not" in operator.lower() or not values:
        return
    value = _example(values[0], user)
    name, _, tag = key.partition("/")
    match name.lower():
        case "sts:externalid":
            yield Wish(f"external id {values[0]}", _with(ExternalId=value))
        case "sts:sourceidentity":
            yield Wish(f"source identity {values[0]}", _with(SourceIdentity=value))
        case "sts:rolesessionname":
            yield Wish(f"session name {values[0]}", _with(RoleSessionName=value))
        case "aws:requesttag":
            yield Wish(f"tag {tag}={values[0]}", _with_tag(tag, value))
        case "aws:tagkeys" | "sts:transitivetagkeys":
            return
        case "aws:requestedregion":
            yield Wish(f"region {value}", lambda ask: replace(ask, region=value))
        case _ if not comes_from_identity(key) and not lowered.startswith(("sts:", "aws:resource")):
            example = value.partition("/")[0] if lowered in ("aws:sourceip", "aws:vpcsourceip") else value
            yield Wish(f"{key}={example}", _in_context(key, example))


def _mfa(user: User | None, world: World) -> Iterator[Wish]:
    """A code of the user's first device; only users have one to pass."""
    if user is None or not user.mfa_devices:
        return
    from sts_tui.sts.issuing.mfa import next_code  # pyotp: only where a policy asks for MFA

    serial = user.mfa_devices[0].serial_number
    code = next_code(serial, world.now, world.spent_mfa_steps(serial))
    if code is not None:
        yield Wish("MFA", _with(SerialNumber=serial, TokenCode=code))


def _example(value: str, user: User | None) -> str:
    """A text that a pattern matches: the user's name for its variable, `any` for what may be anything."""
    name = user.user_name if user else ""
    return value.replace("${aws:username}", name).replace("*", "any").replace("?", "x")


def _with(**params: str) -> Callable[[Ask], Ask]:
    return lambda ask: replace(ask, params={**ask.params, **params})


def _with_tag(key: str, value: str) -> Callable[[Ask], Ask]:
    def change(ask: Ask) -> Ask:
        tags = [*ask.params.get("Tags", ()), {"Key": key, "Value": value}]
        return replace(ask, params={**ask.params, "Tags": tags})

    return change


def _in_context(key: str, value: str) -> Callable[[Ask], Ask]:
    return lambda ask: replace(ask, context={**ask.context, key: value})
