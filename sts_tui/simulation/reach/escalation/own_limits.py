"""Which of its own Denies and limits can a principal remove?

It deletes or overwrites an inline policy that denies, detaches or rewrites a managed one, leaves a group that
denies, or rewrites the policy that is its boundary. Only one change is made at a time.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Group, InlinePolicy, User
from sts_tui.account.iam_quotas import VERSIONS_PER_POLICY
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.reach.assume_rights import statements_of
from sts_tui.simulation.reach.escalation.changed_copy import (
    EVERYTHING,
    Holder,
    OwnChange,
    Principal,
    RequestKeys,
    allowing_everything,
    boundary_keys,
    holders_of,
    inline_of,
    noun_of,
    own_change,
    with_holder,
    with_inline,
    with_policy,
)

Ask: TypeAlias = Callable[[str, str, RequestKeys], str | None]
"""The verdict on an action and a resource, with these condition keys of the request. Empty: allowed; None:
denied; else the fact that would decide it.
"""


def without_own_limits(entity: Principal, configuration: Configuration, ask: Ask) -> Iterator[OwnChange]:
    """The changes of a user or role that remove a Deny, or the limits of its boundary."""
    for holder in holders_of(entity, configuration):
        documents = {each.arn: each.written for each in identity_documents(holder.arn, configuration)}
        denying = [one for one in inline_of(holder) if _denies(one.policy_document)]
        attached = [
            one.policy_arn
            for one in holder.attached_managed_policies
            if _denies(documents.get(one.policy_arn))
        ]
        yield from _without_inline(entity.arn, holder, denying, configuration, ask)
        for arn in attached:
            yield from _without_attached(entity.arn, holder, arn, configuration, ask)
        if isinstance(entity, User) and isinstance(holder, Group) and (denying or attached):
            unknown = ask("iam:RemoveUserFromGroup", holder.arn, ())
            if unknown is not None:
                left = tuple(name for name in entity.group_list if name != holder.group_name)
                copy = with_holder(configuration, replace(entity, group_list=left))
                words = (f"group {holder.group_name}",)
                change = own_change(entity.arn, "RemoveUserFromGroup", copy, unknown, words)
                yield replace(change, written=holder.arn)
    if entity.permissions_boundary is not None:
        arn = entity.permissions_boundary.permissions_boundary_arn
        yield from _rewritten(entity.arn, arn, configuration, ask)


def _without_inline(
    source: str,
    holder: Holder,
    denying: list[InlinePolicy],
    configuration: Configuration,
    ask: Ask,
) -> Iterator[OwnChange]:
    """Each inline policy that denies is deleted, or replaced by one that allows everything."""
    if not denying:
        return
    noun, keys = noun_of(holder), boundary_keys(holder)
    for verb in ("Put", "Delete"):
        unknown = ask(f"iam:{verb}{noun}Policy", holder.arn, keys)
        for one in denying if unknown is not None else ():
            kept = [each for each in inline_of(holder) if each is not one]
            if verb == "Put":
                kept.append(replace(one, policy_document=EVERYTHING))
            copy = with_inline(configuration, holder, kept)
            words = (f"inline policy {one.policy_name}",)
            change = own_change(source, f"{verb}{noun}Policy", copy, unknown or "", words)
            yield replace(change, written=holder.arn, written_with=keys)


def _without_attached(
    source: str, holder: Holder, arn: str, configuration: Configuration, ask: Ask
) -> Iterator[OwnChange]:
    """A managed policy that denies is rewritten, or detached."""
    yield from _rewritten(source, arn, configuration, ask)
    keys = (*boundary_keys(holder), ("iam:PolicyARN", arn))
    unknown = ask(f"iam:Detach{noun_of(holder)}Policy", holder.arn, keys)
    if unknown is not None:
        left = tuple(one for one in holder.attached_managed_policies if one.policy_arn != arn)
        copy = with_holder(configuration, replace(holder, attached_managed_policies=left))
        words = (f"policy {arn.rpartition('/')[2]}",)
        change = own_change(source, f"Detach{noun_of(holder)}Policy", copy, unknown, words)
        yield replace(change, written=holder.arn, written_with=keys)


def _rewritten(source: str, arn: str, configuration: Configuration, ask: Ask) -> Iterator[OwnChange]:
    """A customer managed policy gets a new version that allows everything; an older version is deleted if
    there are five.
    """
    policy = configuration.policies.get(arn)
    if policy is None or account_of(arn) != account_of(source):
        return
    is_full = len(policy.policy_version_list) >= VERSIONS_PER_POLICY
    names = (*(("DeletePolicyVersion",) if is_full else ()), "CreatePolicyVersion")
    verdicts = [ask(f"iam:{name}", arn, ()) for name in names]
    if None not in verdicts:
        copy = with_policy(configuration, allowing_everything(policy))
        unknown = "; ".join(dict.fromkeys(filter(None, verdicts)))
        words = (f"policy {policy.policy_name}",)
        yield replace(own_change(source, ", ".join(names), copy, unknown, words), written=arn)


def _denies(written: WrittenPolicy | None) -> bool:
    """Whether a document has a Deny."""
    statements: Iterator[Mapping[str, object]] = (
        iter(()) if written is None else statements_of(written.document)
    )
    return any(each.get("Effect") == "Deny" for each in statements)
