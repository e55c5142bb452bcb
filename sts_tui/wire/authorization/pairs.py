"""Which actions, resources and context does IAM evaluate for an operation? From the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from sts_tui.wire.authorization.context_keys import pair_context, shared_context
from sts_tui.wire.authorization.derived_values import Facts, derived
from sts_tui.wire.authorization.templates import arns_of
from sts_tui.wire.requests.recognition import Recognized

_UNKNOWN: Final = "?"
_SECRET: Final = re.compile(r":secretsmanager:[^:]*:[^:]*:secret:[^*]+$")
_WHOLE_SERVICE: Final = ("List", "Describe")
"""Operations that are authorized for `…:*` if they name no resource."""


class Asked(Struct, frozen=True, kw_only=True):
    """Everything that a call needs to be allowed."""

    pairs: tuple[tuple[str, str, Mapping[str, object], tuple[str, ...]], ...]
    """(action, resource, context of this pair, keys that cannot be derived from the request)."""
    context: Mapping[str, object]
    is_resource_unknown: bool
    """Whether no ARN could be derived for one of the actions, so that `*` is used."""


def asked(recognized: Recognized, facts: Facts) -> Asked:
    """Everything that a recognized request has to be allowed."""
    row, members = recognized.row, recognized.members
    absent = "*" if recognized.operation.startswith(_WHOLE_SERVICE) else ""
    by_action: dict[str, list[str]] = {}
    for action, template in row.do:
        listed = by_action.setdefault(action, [])
        if template != _UNKNOWN:
            found = arns_of(template, members, lambda name: derived(name, facts))
            listed += [_whole(action, arn, facts) for arn in found]
    for action, template in row.do:
        if not by_action[action] and absent and template != _UNKNOWN:
            by_action[action] = arns_of(template, members, lambda name: derived(name, facts), absent=absent)
    first = next(iter(by_action))
    wanted = {
        action: arns
        for action, arns in by_action.items()
        if arns or not _is_optional(action, first, by_action)
    }
    is_unknown = any(_is_opaque(arn) for arns in wanted.values() for arn in arns or [_UNKNOWN])
    pairs = tuple(
        (action, "*" if _is_opaque(arn) else arn, *pair_context(action, arn, recognized, facts))
        for action, arns in wanted.items()
        for arn in dict.fromkeys(arns or [_UNKNOWN])
    )
    return Asked(pairs=pairs, context=shared_context(recognized, facts), is_resource_unknown=is_unknown)


def _is_optional(action: str, first: str, by_action: Mapping[str, list[str]]) -> bool:
    """Whether an action is needed only if the request names something: a role to pass, an item of a
    transaction.
    """
    return action == "iam:PassRole" or action != first or any(by_action.values())


def _is_opaque(arn: str) -> bool:
    """Whether the ARN is not derived, or is the alias of a KMS key, which does not show the authorized
    key.
    """
    return arn == _UNKNOWN or (":kms:" in arn and ":key/alias/" in arn)


def _whole(action: str, arn: str, facts: Facts) -> str:
    """The ARN with the part that a service adds to the name in a request."""
    if action.startswith("secretsmanager:") and arn not in facts.members.values():
        return _as_secret(arn, facts)
    return _as_role(action, arn, facts)


def _as_secret(arn: str, facts: Facts) -> str:
    """A secret's ARN ends with six characters that its name does not have: those of the model's secret, else
    `??????`, which is also how policies name them.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    """
    if not _SECRET.search(arn) or arn.endswith("-??????"):
        return arn
    known = (
        one for one in facts.configuration.resources if one.startswith(f"{arn}-") and len(one) == len(arn) + 7
    )
    return next(known, f"{arn}-??????")


def _as_role(action: str, arn: str, facts: Facts) -> str:
    if action != "iam:PassRole" or arn.startswith("arn:") or arn == "*":
        return arn
    return f"arn:{facts.partition}:iam::{facts.account}:role/{arn.lstrip('/')}"
