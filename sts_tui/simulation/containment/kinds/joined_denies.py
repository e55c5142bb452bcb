"""How is a Deny for one holder added to those that earlier cuts wrote for others?

PutRolePolicy and similar calls replace the whole policy. A second incident on the same role must not remove
the Deny of the first, so the new document keeps the earlier statements.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json
from sts_tui.simulation.containment.cut import POLICY_ID, Step
from sts_tui.simulation.operations.organizations.organization_policies import (
    TYPES,
    all_policies,
    policy_id,
)
from sts_tui.simulation.operations.organizations.organization_tree import find_target, policies_at

SID: Final = "Incident"
"""The prefix of the `Sid` of every Deny that a cut adds to existing statements."""
_VERSION: Final = "2012-10-17"


def joined(written: Mapping[str, Json] | None, statement: Mapping[str, Json]) -> dict[str, Json]:
    """The policy document with one more Deny, as JSON by element. A Deny of an earlier incident that differs
    only in its actions, or in the values of one condition, is extended; other statements are kept unchanged.
    `written`: the document before; `statement`: the Deny, values by element.
    """
    document: dict[str, Json] = dict(written) if written is not None else {"Version": _VERSION}
    listed = document.get("Statement", [])
    statements: list[Json] = list(listed) if isinstance(listed, list) else [listed]
    sid: dict[str, Json] = {"Sid": statement["Sid"]} if "Sid" in statement else {}
    added: dict[str, Json] = {**sid, "Effect": "Deny", **statement}
    for place, one in enumerate(statements):
        extended = _extended(one, added) if isinstance(one, Mapping) else None
        if extended is not None:
            return {**document, "Statement": [*statements[:place], extended, *statements[place + 1 :]]}
    return {**document, "Statement": [*statements, _with_own_sid(added, statements)]}


def joined_text(written: Mapping[str, Json] | None, statement: Mapping[str, Json]) -> str:
    """See `joined`, as JSON text. `written` and `statement`: values by element."""
    return json.dumps(joined(written, statement), separators=(",", ":"))


def organization_steps(
    name: str, kind: str, statement: Mapping[str, Json], account: str, configuration: Configuration
) -> Iterator[Step]:
    """The calls after which a policy of the organization with this name and Deny is attached to an account. A
    policy of an earlier incident is updated: the number of policies on an account is limited, and AWS
    recommends to extend a prepared one. `kind`: the type of policy; `statement`: values by element.
    https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html
    """
    organization = configuration.organization
    if organization is None:
        return
    management = organization.management_account_id
    for policy_type, policy in all_policies(organization):
        if policy_type.name == kind and policy.name == name:
            there = policy_id(policy, policy_type)
            content = joined_text(policy.document.document, statement)
            yield Step("organizations:UpdatePolicy", {"PolicyId": there, "Content": content}, management)
            attached = policies_at(find_target(organization, account), TYPES[kind].list)
            if there not in {policy_id(one, policy_type) for one in attached}:
                yield _attachment(there, account, management)
            return
    create = {
        "Name": name,
        "Description": "Incident",
        "Type": kind,
        "Content": joined_text(None, statement),
    }
    yield Step("organizations:CreatePolicy", create, management)
    yield _attachment(POLICY_ID, account, management)


def _attachment(policy: str, account: str, management: str) -> Step:
    return Step("organizations:AttachPolicy", {"PolicyId": policy, "TargetId": account}, management)


def _extended(earlier: Mapping[str, Json], added: Mapping[str, Json]) -> dict[str, Json] | None:
    """One Deny that denies what both deny; None if no single statement can."""
    if not str(earlier.get("Sid", "")).startswith(SID if "Sid" in added else ""):
        return None
    differing = {name for name in {*earlier, *added} - {"Sid"} if earlier.get(name) != added.get(name)}
    if not differing:
        return dict(earlier)
    if differing == {"Action"} and "NotAction" not in earlier:
        return {**earlier, "Action": _both(earlier["Action"], added["Action"])}
    if differing == {"Condition"}:
        condition = _either(earlier.get("Condition"), added.get("Condition"))
        return {**earlier, "Condition": condition} if condition is not None else None
    return None


def _either(earlier: Json, added: Json) -> dict[str, Json] | None:
    """A condition that holds if one of the two does; None if they differ in more than the values of one key.
    Values of a negated operator are not joined, because more values would deny less.
    """
    if not isinstance(earlier, Mapping) or not isinstance(added, Mapping) or earlier.keys() != added.keys():
        return None
    differing = [operator for operator in added if earlier[operator] != added[operator]]
    if len(differing) != 1 or "Not" in differing[0] or ":" in differing[0]:
        return None
    own, other = earlier[differing[0]], added[differing[0]]
    if not isinstance(own, Mapping) or not isinstance(other, Mapping) or own.keys() != other.keys():
        return None
    keys = [key for key in other if own[key] != other[key]]
    if len(keys) != 1:
        return None
    return {**earlier, differing[0]: {**own, keys[0]: _both(own[keys[0]], other[keys[0]])}}


def _both(earlier: Json, added: Json) -> list[Json]:
    return list(dict.fromkeys([*_listed(earlier), *_listed(added)]))


def _listed(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list) else [value]


def _with_own_sid(added: Mapping[str, Json], statements: list[Json]) -> dict[str, Json]:
    """The Deny with a `Sid` that is unique within the policy."""
    if "Sid" not in added:
        return dict(added)
    taken = {one.get("Sid") for one in statements if isinstance(one, Mapping)}
    names = (f"{added['Sid']}{number or ''}" for number in (0, *range(2, len(taken) + 2)))
    return {**added, "Sid": next(name for name in names if name not in taken)}
