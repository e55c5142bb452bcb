"""What does `sts-tui creds` print? Credentials in the formats of other tools, marked as simulated."""

from __future__ import annotations

import argparse

from sts_tui.cli import inputs
from sts_tui.cli.console import UserError, narrate
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.identities import Identity, IdentityKind, UnknownIdentityError
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.delivery.credential_formats import NOTICE, exported, formatted
from sts_tui.sts.delivery.instance_metadata import conversation
from sts_tui.sts.identity import CallerIdentity, session_identity, user_identity


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print the credentials of WHO; return exit code 0. Raises UserError."""
    inputs.refuse_file_as_who("creds", options.who)
    simulation = inputs.simulation_of(options.files, options.tour, options.seed, options.start)
    try:
        identity = simulation.resolve(options.who)
    except UnknownIdentityError as error:
        raise UserError(error.message) from None
    caller = _holder(identity, simulation)
    credentials = exported(caller) if caller else None
    if credentials is None:
        raise UserError(f"{identity.label} has no credentials; name a session, or a user with an access key")
    try:
        print(formatted(credentials, options.format), end="")
    except ValueError as error:
        raise UserError(str(error)) from None
    narrate(NOTICE)
    if options.format == "imds" and credentials.session is not None:
        for line in conversation(credentials.session, simulation.now):
            narrate(line)
    if credentials.expiration is not None and credentials.expiration <= simulation.now:
        narrate(f"{credentials.label} expired at {iso(credentials.expiration)} of simulated time")
    return 0


def _holder(identity: Identity, simulation: Simulation) -> CallerIdentity | None:
    """The owner of the credentials, expired or not; None for an identity without credentials."""
    world = simulation.world
    if session := world.sessions.get(identity.access_key_id or ""):
        return session_identity(session)
    user = world.configuration.users.get(identity.arn or "")
    if identity.kind is not IdentityKind.USER or user is None:
        return None
    return user_identity(user, identity.access_key_id)
