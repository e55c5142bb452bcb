"""Which edits of a role's or user's own policies are cuts: detaching, removing, editing a policy?

They affect all sessions of the role or user, and its keys, immediately and in the same way.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sts_tui.account.arn import account_of
from sts_tui.account.entities import InlinePolicy, Role, User
from sts_tui.account.json_value import Json
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.containment.credential_use import Use
from sts_tui.simulation.containment.cut import Cut, Step
from sts_tui.simulation.containment.kinds.joined_denies import SID, joined_text
from sts_tui.simulation.world import World


def detached(
    kind: str, name: str, holder: Role | User, inline: Iterable[InlinePolicy], account: str, place: str
) -> Iterator[Cut]:
    """A cut for each managed policy of a role or user, then one for each inline policy. `place`: a prefix to
    the policy's name in the id, if several roles may have a policy of this name.
    """
    for attached in holder.attached_managed_policies:
        policy = attached.policy_arn.rpartition("/")[2]
        params = {f"{kind}Name": name, "PolicyArn": attached.policy_arn}
        step = Step(f"iam:Detach{kind}Policy", params, account)
        yield Cut(id=f"detach:{place}{policy}", title=f"detach {policy} from {name}", steps=(step,))
    for one in _with_allows(inline):
        params = {f"{kind}Name": name, "PolicyName": one.policy_name}
        step = Step(f"iam:Delete{kind}Policy", params, account)
        yield Cut(
            id=f"detach:{place}{one.policy_name}", title=f"delete {one.policy_name} of {name}", steps=(step,)
        )


def edited(
    kind: str, name: str, holder: Role | User, inline: Iterable[InlinePolicy], uses: tuple[Use, ...],
    place: str, world: World,
) -> Iterator[Cut]:  # fmt: skip
    """A Deny of the used actions in the first of the principal's own policies that can be edited."""
    judged = [use for use in uses if not use.is_rightful] or list(uses)
    actions = sorted({request.action for use in judged for request in use.requests})
    account = account_of(holder.arn) or ""
    if not actions:
        return
    deny: dict[str, Json] = {"Sid": SID, "Action": list(actions), "Resource": "*"}
    for one in _with_allows(inline):
        document = joined_text(one.policy_document.document, deny)
        params = {f"{kind}Name": name, "PolicyName": one.policy_name, "PolicyDocument": document}
        title = f"edit {one.policy_name} of {name}: deny what was used"
        step = Step(f"iam:Put{kind}Policy", params, account)
        yield Cut(id=f"edit:{place}{one.policy_name}", title=title, steps=(step,))
        return
    for attached in holder.attached_managed_policies:
        policy = world.configuration.policies.get(attached.policy_arn)
        if policy is not None and policy.default_document is not None and account_of(policy.arn) == account:
            document = joined_text(policy.default_document.document, deny)
            version: dict[str, object] = {
                "PolicyArn": policy.arn,
                "PolicyDocument": document,
                "SetAsDefault": True,
            }
            title = f"edit {policy.policy_name}, wherever it is attached: deny what was used"
            step = Step("iam:CreatePolicyVersion", version, account)
            yield Cut(id=f"edit:{place}{policy.policy_name}", title=title, steps=(step,))
            return


def _with_allows(inline: Iterable[InlinePolicy]) -> Iterator[InlinePolicy]:
    """The policies without those that only deny: deleting these would restore access, and the next revocation
    would overwrite a Deny that was added to them.
    """
    return (one for one in inline if _has_allow(one.policy_document))


def _has_allow(policy: WrittenPolicy) -> bool:
    """Whether any statement is not a Deny, so that it could allow something."""
    listed = policy.document.get("Statement", [])
    statements = listed if isinstance(listed, list) else [listed]
    return any(not isinstance(one, Mapping) or one.get("Effect") != "Deny" for one in statements)
