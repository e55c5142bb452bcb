"""Which role can a principal create and assume, with every permission that its boundary and the SCPs leave?

The engine evaluates every call: CreateRole with the boundary, PutRolePolicy or AttachRolePolicy on that role,
and AssumeRole by the principal, which the new trust policy names.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import InlinePolicy, PermissionsBoundary, Role
from sts_tui.account.json_value import Json
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.reach.assume_rights import listed
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.changed_copy import (
    EVERYTHING,
    NEW_POLICY,
    OwnChange,
    RequestKeys,
    own_change,
    with_holder,
)
from sts_tui.simulation.reach.escalation.named_policies import administrator_access, named_policies
from sts_tui.simulation.reach.escalation.own_limits import Ask
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.world import World

_MOST_TRIED: Final = 10
"""How many role names are tried for one principal."""
_NEW_ID: Final = f"AROA{'0' * 17}"
"""A unique id that no trust policy of the files can name."""


def created_role(
    source: str,
    statements: Iterable[Mapping[str, object]],
    world: World,
    search: DirectHops,
    ask: Ask,
) -> Iterator[OwnChange]:
    """A new role that trusts the source (its ARN), for each boundary that the source may create it with, or
    without a boundary where that is allowed. `statements`: those of the source's policies.
    """
    configuration = world.in_force
    account, partition = account_of(source) or "", source.split(":")[1]
    template = next((one for one in configuration.roles.values() if account_of(one.arn) == account), None)
    read = list(statements)
    boundaries = ("", *named_policies(read, "iam:PermissionsBoundary", account, configuration))
    named = (str(each) for one in read for each in listed(one.get("Resource")))
    names = [one.replace("*", "any").replace("?", "x") for one in named if ":role/" in one and "$" not in one]
    arns = dict.fromkeys([f"arn:{partition}:iam::{account}:role/any", *names])
    for boundary in boundaries if template is not None else ():
        for arn in islice(arns, _MOST_TRIED):
            if template is None or arn in configuration.roles or account_of(arn) != account:
                continue
            write = _written_by(arn, boundary, partition, ask)
            if not write:
                continue
            role = _role(template, arn, source, boundary)
            copy = with_holder(configuration, role)
            entry = _entry(source, role, replace(world, in_force=copy), search)
            if entry is not None:
                words = (*entry.needs, *((f"boundary {boundary.rpartition('/')[2]}",) if boundary else ()))
                change = own_change(source, f"CreateRole, {write}", copy, entry.unknown, words)
                yield replace(change, acts_as=arn, written=arn, written_with=_keys_of(boundary))
                if not boundary:
                    return  # a boundary would only limit it
                break


def _written_by(arn: str, boundary: str, partition: str, ask: Ask) -> str:
    """The operation that writes the policy of a created role; empty if creating the role or writing its
    policy is not allowed.
    """
    keys = _keys_of(boundary)
    if ask("iam:CreateRole", arn, keys) != "":
        return ""
    if ask("iam:PutRolePolicy", arn, keys) == "":
        return "PutRolePolicy"
    attached = (*keys, ("iam:PolicyARN", administrator_access(partition)))
    return "AttachRolePolicy" if ask("iam:AttachRolePolicy", arn, attached) == "" else ""


def _keys_of(boundary: str) -> RequestKeys:
    return (("iam:PermissionsBoundary", boundary),) if boundary else ()


def _entry(source: str, role: Role, world: World, search: DirectHops) -> HopGroup | None:
    """AssumeRole of the created role by the source; None: a policy denies it."""
    hops = DirectHops(world, search.dumped, frozenset({source}))
    return next((group for group in hops.into(role) if source in group.sources), None)


def _role(template: Role, arn: str, source: str, boundary: str) -> Role:
    trust: dict[str, Json] = {"Effect": "Allow", "Principal": {"AWS": source}, "Action": "sts:AssumeRole"}
    return replace(
        template,
        arn=arn,
        role_name=arn.rpartition("/")[2],
        role_id=_NEW_ID,
        path="/",
        tags=(),
        permissions_boundary=PermissionsBoundary(permissions_boundary_arn=boundary) if boundary else None,
        attached_managed_policies=(),
        role_policy_list=(InlinePolicy(policy_name=NEW_POLICY, policy_document=EVERYTHING),),
        assume_role_policy_document=WrittenPolicy({"Version": "2012-10-17", "Statement": [trust]}),
    )
