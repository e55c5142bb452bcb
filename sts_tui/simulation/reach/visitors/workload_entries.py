"""Which certificates and pods can assume which role? Each is tried with the call that its service makes.

A trust policy names only the service. Trust anchors, profiles and associations say who uses the role through
it, and the conditions of the trust policy say which of these it admits.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import CallResult, carry_out
from sts_tui.simulation.identities import ANONYMOUS
from sts_tui.simulation.workloads.pod_nodes import pod_call, try_pod_call
from sts_tui.simulation.workloads.workload_credentials import (
    POD,
    NoCredentialsError,
    PodPlace,
    anchor_and_profile,
    certificate_session,
    holders,
    is_workload_identity,
)
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session


class WorkloadEntry(Struct, frozen=True, kw_only=True):
    """A workload that presents a certificate, or the token of a pod, to assume a role."""

    source: str
    """`corp-ca/web-1` or `pod:prod/shop/web`: the identity of a workload."""
    kind: str
    """`certificate` or `pod`."""
    target: str
    """ARN of the role; for an association with a target role, of the target role."""
    operation: str
    conditions: tuple[str, ...]
    """What it uses to assume the role: `trust anchor corp`, `profile servers`."""
    found: CallResult
    """The result of the call in the present world."""

    @property
    def refusal(self) -> str:
        """AWS's error; empty: the call succeeds."""
        return _refusal(self.found)

    @property
    def session(self) -> Session | None:
        """The session that the call issues; None: the call fails."""
        return self.found.answer.sessions[-1] if self.is_open else None

    @property
    def is_open(self) -> bool:
        """Whether the call succeeds."""
        return self.found.error is None


def workload_entries(world: World, seed: int = 0, only: str | None = None) -> Iterator[WorkloadEntry]:
    """Certificates with each role of the profiles, then the pods of each association. `only`: the ARN of one
    role; None: all.
    """
    authenticator = Authenticator()
    for provider, user, role in holders(world):
        if only not in (None, role):
            continue
        try:
            action, params = certificate_session(provider, user, role, world)
            anchor, profile = anchor_and_profile(provider.name, role, world.in_force)
        except NoCredentialsError:
            continue
        ask = Ask(action=action, params=params, caller=ANONYMOUS)
        yield WorkloadEntry(
            source=f"{provider.name}/{user.name}",
            kind="certificate",
            target=role,
            operation="CreateSession",
            conditions=(f"trust anchor {anchor.name}", f"profile {profile.name}"),
            found=carry_out(ask, world, authenticator, seed),
        )
    for association in world.in_force.pod_associations.values():
        target = association.target_role_arn or association.role_arn
        if not target or only not in (None, target):
            continue
        try:
            call = pod_call(PodPlace.of_association(association), world)
        except NoCredentialsError:
            continue
        yield WorkloadEntry(
            source=f"{POD}{association.label}",
            kind="pod",
            target=target,
            operation="AssumeRoleForPodIdentity",
            conditions=(f"association {association.association_id}",),
            found=try_pod_call(call, world, authenticator, seed),
        )


def _refusal(result: CallResult) -> str:
    return "" if result.error is None else result.decided_by or result.error.hint or result.error.message


def entry_of(source: str, target: str, world: World) -> WorkloadEntry | None:
    """The entry of a graph node into a role; None for nodes that are not such workloads."""
    if not is_workload_identity(source, world):
        return None
    every = workload_entries(world)
    return next((one for one in every if (one.source, one.target) == (source, target)), None)
