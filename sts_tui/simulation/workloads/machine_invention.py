"""Which servers and pods does a dump suggest? Those that Roles Anywhere and EKS give credentials to.

A trust policy names the service alone. Trust anchors, profiles and associations of the files say who comes
through it: the holders of certificates of a simulated authority, and the pods of an association. Each is
tried as a call first: only those that AWS would let in are kept. An anchor whose certificate is that of a
real authority stays without traffic, as nothing here could sign for it.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.entities import WorkloadHop
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import Ask, carry_out
from sts_tui.simulation.identities import ANONYMOUS, operator_identity
from sts_tui.simulation.workloads.federated_invention import SignIn
from sts_tui.simulation.workloads.workload_credentials import (
    POD,
    NoCredentialsError,
    PodPlace,
    certificate_session,
    holders,
    pod_session,
)
from sts_tui.simulation.world import World

MOST_TRIED: Final = 24
"""Of each kind: tried with real signatures, so they are few."""


def machines(world: World, seed: int) -> tuple[SignIn, ...]:
    """The first certificate and the first pod that get into a role, role by role as the files name them."""
    found: dict[tuple[str, str], SignIn] = {}
    for kind, asks in (("server", _of_certificates(world)), ("pod", _of_pods(world))):
        for number, (role_arn, identity, ask) in enumerate(asks):
            if number == MOST_TRIED:
                break
            role = world.in_force.roles.get(role_arn)
            if role is None or (role_arn, kind) in found:
                continue
            if carry_out(ask, world, Authenticator(), seed).error is None:
                hop = WorkloadHop(role_arn=role_arn)
                found[role_arn, kind] = SignIn(role=role, identity=identity, hop=hop, kind=kind)
    return tuple(found.values())


def _of_certificates(world: World) -> Iterator[tuple[str, str, Ask]]:
    """(ARN of the role, identity, call)"""
    for provider, user, role_arn in holders(world):
        try:
            action, params = certificate_session(provider, user, role_arn, world)
        except NoCredentialsError:
            continue  # a field of the certificate cannot be
        yield role_arn, f"{provider.name}/{user.name}", Ask(action=action, params=params, caller=ANONYMOUS)


def _of_pods(world: World) -> Iterator[tuple[str, str, Ask]]:
    """(ARN of the role, identity, call)"""
    for association in world.in_force.pod_associations.values():
        try:
            action, params, account = pod_session(PodPlace.of_association(association), world)
        except NoCredentialsError:
            continue
        ask = Ask(action=action, params=params, caller=operator_identity(account))
        yield association.target_role_arn or association.role_arn, f"{POD}{association.label}", ask
