"""Which servers and pods does a dump suggest? Those that Roles Anywhere and EKS give credentials to. A trust
policy names only the service. Trust anchors, profiles and associations say who gets credentials through it:
the holders of certificates of a simulated authority, and the pods of an association. Each is tried as a call
first: only those that AWS would admit are kept. A trust anchor with the certificate of a real authority gets
no traffic, because its certificates cannot be signed here.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeAlias

from sts_tui.account.entities import WorkloadHop
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import CallResult, carry_out
from sts_tui.simulation.identities import ANONYMOUS
from sts_tui.simulation.workloads.federated_invention import SignIn
from sts_tui.simulation.workloads.pod_nodes import pod_call, try_pod_call
from sts_tui.simulation.workloads.workload_credentials import (
    POD,
    NoCredentialsError,
    PodPlace,
    certificate_session,
    holders,
)
from sts_tui.simulation.world import World

Candidate: TypeAlias = tuple[str, str, Callable[[], CallResult]]
"""(ARN of the role, identity of a workload, function that tries the call)."""
MOST_TRIED: Final = 24
"""How many of each kind are tried; few, because each is signed."""


def machines(world: World, seed: int) -> tuple[SignIn, ...]:
    """The first certificate and the first pod that can assume each role, in the order of the files."""
    found: dict[tuple[str, str], SignIn] = {}
    authenticator = Authenticator()
    kinds = (
        ("server", _of_certificates(world, authenticator, seed)),
        ("pod", _of_pods(world, authenticator, seed)),
    )
    for kind, candidates in kinds:
        for number, (role_arn, identity, attempt) in enumerate(candidates):
            if number == MOST_TRIED:
                break
            role = world.in_force.roles.get(role_arn)
            if role is None or (role_arn, kind) in found:
                continue
            if attempt().error is None:
                hop = WorkloadHop(role_arn=role_arn)
                found[role_arn, kind] = SignIn(role=role, identity=identity, hop=hop, kind=kind)
    return tuple(found.values())


def _of_certificates(world: World, authenticator: Authenticator, seed: int) -> Iterator[Candidate]:
    for provider, user, role_arn in holders(world):
        try:
            action, params = certificate_session(provider, user, role_arn, world)
        except NoCredentialsError:
            continue  # a field of the certificate is invalid
        ask = Ask(action=action, params=params, caller=ANONYMOUS)
        attempt = partial(carry_out, ask, world, authenticator, seed)
        yield role_arn, f"{provider.name}/{user.name}", attempt


def _of_pods(world: World, authenticator: Authenticator, seed: int) -> Iterator[Candidate]:
    for association in world.in_force.pod_associations.values():
        try:
            call = pod_call(PodPlace.of_association(association), world)
        except NoCredentialsError:
            continue
        role_arn = association.target_role_arn or association.role_arn
        attempt = partial(try_pod_call, call, world, authenticator, seed)
        yield role_arn, f"{POD}{association.label}", attempt
