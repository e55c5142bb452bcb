"""`sts-tui creds`: simulated credentials in the formats that other tools read.

The values themselves begin with `SIMULATED/`, and every format says so besides.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sts_tui.cli import inputs
from sts_tui.cli.console import UserError, narrate, one_line
from sts_tui.cli.doors import Doors
from sts_tui.simulation.context import iso
from sts_tui.simulation.identities import Identity, IdentityKind, UnknownIdentityError
from sts_tui.simulation.simulation import Simulation

MARK = "Simulated by sts-tui: AWS does not know these credentials."


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCredentials:
    """What is printed. Long-term credentials have neither token nor expiration."""

    label: str
    account: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None
    expiration: str | None = None


def perform(options: argparse.Namespace, doors: Doors) -> int:
    """Print the credentials of WHO."""
    simulation = inputs.simulation_of(options.files, options.tour, options.seed, options.start)
    try:
        identity = simulation.resolve(options.who)
    except UnknownIdentityError as error:
        raise UserError(error.message) from None
    credentials = credentials_of(identity, simulation)
    print(_FORMATS[options.format](credentials))
    narrate(MARK)
    return 0


def credentials_of(identity: Identity, simulation: Simulation) -> PrintedCredentials:
    """The credentials of a session or an IAM user; raises UserError for whoever has none."""
    session = simulation.world.sessions.get(identity.access_key_id or "")
    if session is not None:
        if session.expires_at <= simulation.now:
            narrate(f"{session.label} expired at {iso(session.expires_at)} of simulated time")
        return PrintedCredentials(
            label=session.label,
            account=session.account,
            access_key_id=session.access_key_id,
            secret_access_key=session.credentials.secret_access_key,
            session_token=session.credentials.session_token,
            expiration=iso(session.expires_at),
        )
    if identity.kind is not IdentityKind.USER or identity.access_key_id is None:
        raise UserError(f"{identity.label} has no credentials: name a session, or a user with an access key")
    from sts_tui.sts.ids import long_term_secret

    return PrintedCredentials(
        label=identity.label,
        account=identity.account or "",
        access_key_id=identity.access_key_id,
        secret_access_key=long_term_secret(identity.access_key_id),
    )


def _variables(credentials: PrintedCredentials) -> dict[str, str | None]:
    """https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html

    None: a variable to unset, so that an older session's does not stay behind.
    """
    return {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_CREDENTIAL_EXPIRATION": credentials.expiration,
    }


def _comment(credentials: PrintedCredentials) -> str:
    return f"# {one_line(credentials.label)}. {MARK}"


def as_env(credentials: PrintedCredentials) -> str:
    """For `eval` in sh, bash and zsh."""
    lines = [
        f"export {name}={value}" if value else f"unset {name}"
        for name, value in _variables(credentials).items()
    ]
    return "\n".join([_comment(credentials), *lines])


def as_fish(credentials: PrintedCredentials) -> str:
    """For `source` in fish."""
    lines = [
        f"set -gx {name} {value}" if value else f"set -e {name}"
        for name, value in _variables(credentials).items()
    ]
    return "\n".join([_comment(credentials), *lines])


def as_powershell(credentials: PrintedCredentials) -> str:
    """For `Invoke-Expression` in PowerShell."""
    lines = [
        f'$Env:{name}="{value}"' if value else f"$Env:{name}=$null"
        for name, value in _variables(credentials).items()
    ]
    return "\n".join([_comment(credentials), *lines])


def as_process(credentials: PrintedCredentials) -> str:
    """The output of a `credential_process`; readers pass over the member `Simulated`.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
    """
    document = {
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": credentials.expiration,
        "AccountId": credentials.account or None,
    }
    given = {name: value for name, value in document.items() if value is not None}
    return json.dumps({**given, "Simulated": True}, indent=2)


def as_profile(credentials: PrintedCredentials) -> str:
    """A section for `~/.aws/credentials`."""
    name = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in credentials.label)
    lines = [
        _comment(credentials),
        f"[simulated-{name}]",
        f"aws_access_key_id = {credentials.access_key_id}",
        f"aws_secret_access_key = {credentials.secret_access_key}",
    ]
    if credentials.session_token:
        lines.append(f"aws_session_token = {credentials.session_token}")
    return "\n".join(lines)


_FORMATS: Mapping[str, Callable[[PrintedCredentials], str]] = {
    "env": as_env,
    "fish": as_fish,
    "powershell": as_powershell,
    "process": as_process,
    "profile": as_profile,
}
