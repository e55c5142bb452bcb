"""With which long-term access key does a program of a user sign?

A program has one access key in its configuration, or in its environment, and does not change to another key
of the user when that one is deactivated or deleted.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html

`Identity` of a workload is the key itself, or the ARN of its user. For an ARN the file does not say which key
the program has: it is assumed to be the first key that is active when the program first signs, and does not
change later. Loading warns if a user has several.
"""

from __future__ import annotations

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import User, Workload
from sts_tui.account.identifiers import LONG_TERM_KEY_PREFIX
from sts_tui.simulation.identities import identity_of_user
from sts_tui.simulation.world import WorkloadState, World
from sts_tui.sts.authenticate import key_owner


def names_a_key(workload: Workload) -> bool:
    """Whether its `Identity` is an access key id, which has no colon and no slash."""
    identity = workload.identity
    return identity.startswith(LONG_TERM_KEY_PREFIX) and not {":", "/"}.intersection(identity)


def user_of_workload(workload: Workload, configuration: Configuration) -> User | None:
    """The user whose long-term key the workload uses; None for other identities, and if the user was
    deleted.
    """
    if owner := key_owner(workload.identity, configuration):
        return owner[0]
    return configuration.users.get(workload.identity)


def long_term_key(workload: Workload, state: WorkloadState, world: World) -> str:
    """The access key id that the program has, even if inactive or deleted; empty if it has none."""
    if names_a_key(workload):
        return workload.identity
    if state.own_key:
        return state.own_key
    user = world.configuration.users.get(workload.identity)
    return (identity_of_user(user).access_key_id or "") if user is not None else ""
