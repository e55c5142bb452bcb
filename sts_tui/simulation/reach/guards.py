"""Could a policy that only restricts (a boundary, an SCP, an RCP) deny AssumeRole, and for whom?

If none could, a pair of source and role is decided without the engine.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import PolicyDocument, PolicyType
from sts_tui.iam.settings import evaluation_part
from sts_tui.simulation.authorization.organization import is_management_account, levels_of
from sts_tui.simulation.reach.assume_rights import (
    ASSUME_ROLE,
    document_is_plain,
    mentions_caller,
    mentions_resource,
    relevant_statements,
    statements_of,
)
from sts_tui.simulation.world import World

_EVERYTHING: Final = ("*", ["*"])


class Guard(Struct, frozen=True):
    """What policies that only restrict say about AssumeRole."""

    needs_engine: bool = False
    """Whether one of them could deny it."""
    depends_on_caller: bool = False
    depends_on_resource: bool = False

    def __or__(self, other: Guard) -> Guard:
        return Guard(
            self.needs_engine or other.needs_engine,
            self.depends_on_caller or other.depends_on_caller,
            self.depends_on_resource or other.depends_on_resource,
        )


class Guardrails:
    """The guards of the accounts of a world, each read once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._settings = evaluation_part(world.settings)
        self._scps: dict[str, Guard] = {}
        self._rcps: dict[str, Guard] = {}

    def scps(self, account: str) -> Guard:
        """What the SCPs over an account say, without those that allow everything."""
        found = self._scps.get(account)
        if found is None:
            found = Guard()
            if not is_management_account(account, self._world.in_force):
                for level in levels_of(account, self._world.in_force):
                    documents = [policy.document for policy in level.service_control_policies]
                    if not any(map(_allows_everything, documents)):
                        found |= Guard(needs_engine=True, depends_on_caller=True, depends_on_resource=True)
                    for document in documents:
                        found |= self._denials(document, PolicyType.SCP)
            self._scps[account] = found
        return found

    def rcps(self, account: str) -> Guard:
        """What the RCPs over an account say about assuming its roles."""
        found = self._rcps.get(account)
        if found is None:
            found = Guard()
            if not is_management_account(account, self._world.in_force):
                for level in levels_of(account, self._world.in_force):
                    for policy in level.resource_control_policies:
                        found |= self._denials(policy.document, PolicyType.RCP)
            self._rcps[account] = found
        return found

    def _denials(self, written: WrittenPolicy, layer: PolicyType) -> Guard:
        """The Denies of a guardrail that could cover AssumeRole, and what cannot be read."""
        if not document_is_plain(written.document):
            return Guard(needs_engine=True, depends_on_caller=True, depends_on_resource=True)
        compiled = PolicyDocument(written.document).statements(layer, self._settings)
        found = Guard()
        for statement, each in zip(compiled, statements_of(written.document), strict=True):
            if statement.is_deny and statement.covers_action(ASSUME_ROLE.lower()):
                found |= Guard(True, mentions_caller(each), mentions_resource(each))
        return found


def boundary_guard(written: WrittenPolicy | None) -> Guard:
    """A boundary that allows everything does not matter; any other needs the engine."""
    if written is not None and _allows_everything(written):
        return Guard()
    relevant = list(relevant_statements(written.document)) if written is not None else []
    return Guard(True, any(map(mentions_caller, relevant)), any(map(mentions_resource, relevant)))


def _allows_everything(written: WrittenPolicy) -> bool:
    """Whether a document holds an Allow on everything, and nothing else that concerns AssumeRole."""
    relevant = list(relevant_statements(written.document))
    return (
        document_is_plain(written.document)
        and all(each.get("Effect") == "Allow" for each in relevant)
        and any(
            not set(each) - {"Sid", "Effect", "Action", "Resource"}
            and each.get("Action") in _EVERYTHING
            and each.get("Resource") in _EVERYTHING
            for each in relevant
        )
    )
