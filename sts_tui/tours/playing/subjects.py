"""Whom does `as oidc:HOST/SUBJECT@ROLE` act as? The session that the user signs in to."""

from __future__ import annotations

from sts_tui.simulation.identities import ANONYMOUS, Identity
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.workloads.federated_subject import subject_sign_in


def signed_in(who: str, simulation: Simulation) -> Identity:
    """Sign a user of an identity provider in; the call is one of the log, and can be undone.

    Raises UnknownIdentityError as `subject_sign_in` does, and AwsError where AWS does not let the user in.
    """
    found = subject_sign_in(who, simulation.world, simulation.model.raw_dumps)
    simulation.add_identity_provider(found.provider)
    answer = simulation.call(found.action, found.params, caller=ANONYMOUS)
    return simulation.resolve(answer["Credentials"]["AccessKeyId"])
