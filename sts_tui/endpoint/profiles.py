"""Which profiles and variables let AWS clients use a served simulation, and keep them from the real AWS?

Users have their keys in the credentials file. Roles have a `credential_process`, so that the CLI does not
keep their sessions in its cache until the next start. Names are WHO of tours.
"""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.account.writing.private_file import write_private
from sts_tui.endpoint.operator_key import OperatorKey
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.authenticate import access_keys
from sts_tui.sts.ids import long_term_secret

_SCRIPT: Final = '''\
"""Prints the credentials of a role, for credential_process; written by `sts-tui serve`."""
import sys, urllib.parse, urllib.request
role = urllib.parse.quote(sys.argv[1], safe="")
address = {address!r} + "/creds/" + role + "?process"
request = urllib.request.Request(address, headers={{"Authorization": {token!r}}})
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
sys.stdout.write(opener.open(request, timeout=10).read().decode())
'''
_AMBIENT: Final = (
    "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CA_BUNDLE",
    "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
)  # fmt: skip


class Files(Struct, frozen=True, kw_only=True):
    """The files written for clients."""

    config: Path
    credentials: Path
    profiles: tuple[str, ...] = ()
    """Names of all profiles, without `default`."""


def write_profiles(
    folder: Path, simulation: Simulation, operator: OperatorKey, address: str, container_token: str
) -> Files:
    """The configuration and credentials files, readable by their owner only. Raises OSError."""
    script = folder / "credentials.py"
    write_private(script, _SCRIPT.format(address=address, token=container_token))
    common = f"region = {DEFAULT_REGION}\nendpoint_url = {address}\n"
    config = [f"[default]\n{common}", f"[profile operator]\n{common}"]
    credentials = [
        _keys(name, operator.access_key_id, operator.secret_access_key) for name in ("default", "operator")
    ]
    configuration = simulation.world.configuration
    users, roles = _users(configuration), _roles(configuration)
    for name, key in users.items():
        config.append(f"[profile {shlex.quote(name)}]\n{common}")
        credentials.append(_keys(name, key, long_term_secret(key)))
    for name, arn in roles.items():
        command = shlex.join([sys.executable, str(script), arn])
        config.append(f"[profile {shlex.quote(name)}]\n{common}credential_process = {command}\n")
    files = Files(
        config=folder / "config", credentials=folder / "credentials", profiles=("operator", *users, *roles)
    )
    write_private(files.config, "\n".join(config))
    write_private(files.credentials, "\n".join(credentials))
    return files


def _keys(name: str, key: str, secret: str) -> str:
    return f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"


def _users(configuration: Configuration) -> dict[str, str]:
    """The first active access key id of each user, by WHO."""
    arns = {arn: user.user_name for arn, user in configuration.users.items()}
    names = _distinct(arns, configuration)
    found = {}
    for arn, user in configuration.users.items():
        active = next((key for key, is_active in access_keys(user).items() if is_active), None)
        if active is not None and arn in names and active.isprintable():
            found[names[arn]] = active
    return found


def _roles(configuration: Configuration) -> dict[str, str]:
    """ARNs of roles by name; with the account if another account, or a user, has the same name."""
    arns = {arn: role.role_name for arn, role in configuration.roles.items()}
    taken = {user.user_name for user in configuration.users.values()}
    names = _distinct(arns, configuration, taken)
    return {name: arn for arn, name in names.items()}


def _distinct(
    arns: Mapping[str, str], configuration: Configuration, taken: set[str] | None = None
) -> dict[str, str]:
    """Names of profiles by ARN. Names and ARNs with a control character, which only a tampered dump has, get
    none: a line break would add lines to the files, and one of them could be a command.
    """
    counts = Counter(arns.values())
    found = {}
    for arn, name in arns.items():
        account = arn.split(":")[4]
        facts = configuration.accounts.get(account)
        is_plain = counts[name] == 1 and name not in (taken or ()) and name not in ("default", "operator")
        shown = name if is_plain else f"{(facts.name if facts else '') or account}/{name}"
        if (shown + arn).isprintable():
            found[arn] = shown
    return found


def variables(address: str, files: Files) -> dict[str, str]:
    """The environment variables for a client, by name."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_CONFIG_FILE": str(files.config),
        "AWS_SHARED_CREDENTIALS_FILE": str(files.credentials),
        "AWS_REGION": DEFAULT_REGION,
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{address}/",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def unset(environment: Mapping[str, str]) -> list[str]:
    """Variables of this `environment` (values by name) that would override the files."""
    services = [name for name in environment if name.startswith("AWS_ENDPOINT_URL_")]
    return sorted({*services, *(name for name in _AMBIENT if name in environment)})


def environment_of_command(given: Mapping[str, str], address: str, files: Files) -> dict[str, str]:
    """The environment of `serve -- COMMAND`, from the one `given`, values by name. Requests to the real AWS
    go to a closed port and fail immediately. AWS_PROFILE is kept if it names a profile of the model.
    """
    dead = "http://127.0.0.1:9"
    kept = {
        name: value for name, value in given.items() if not name.startswith("AWS_") or name == "AWS_PAGER"
    }
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), dead)
    if given.get("AWS_PROFILE") in files.profiles:
        kept["AWS_PROFILE"] = given["AWS_PROFILE"]
    return {**kept, **proxies, **variables(address, files)}


def unknown_profile(given: Mapping[str, str], files: Files) -> str:
    """The warning about AWS_PROFILE in `given` (values by variable); empty if the model has the profile."""
    name = given.get("AWS_PROFILE", "")
    if not name or name in files.profiles:
        return ""
    some = ", ".join(files.profiles[:5]) + (" …" if len(files.profiles) > 5 else "")
    return (
        f"AWS_PROFILE={name} is not a profile of this model, and is left out: the command acts as operator; "
        f"profiles are {some}"
    )
