"""In which formats can other tools read credentials? Each output is marked as simulated.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from sts_tui.account.diagnostics.printable import one_line
from sts_tui.sts.credentials import printed
from sts_tui.sts.delivery.instance_metadata import imds_document
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.ids import long_term_secret
from sts_tui.sts.issuing.service_sessions import container_document
from sts_tui.sts.session import Session, SessionKind

NOTICE: Final = "SIMULATED by sts-tui: these credentials are not valid in AWS"


class ExportedCredentials(Struct, frozen=True, kw_only=True):
    """Credentials for other tools. Long-term credentials have neither token nor expiration."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None
    expiration: datetime | None
    account: str | None
    label: str
    session: Session | None = None


def exported(caller: CallerIdentity) -> ExportedCredentials | None:
    """The credentials of a caller; None for callers without credentials (root, services, the operator)."""
    if caller.session is not None:
        held = caller.session.credentials
        return ExportedCredentials(
            access_key_id=held.access_key_id,
            secret_access_key=held.secret_access_key,
            session_token=held.session_token,
            expiration=caller.session.expires_at,
            account=caller.account,
            label=caller.label,
            session=caller.session,
        )
    if caller.access_key_id is None:
        return None
    return ExportedCredentials(
        access_key_id=caller.access_key_id,
        secret_access_key=long_term_secret(caller.access_key_id),
        session_token=None,
        expiration=None,
        account=caller.account,
        label=caller.label,
    )


def formatted(credentials: ExportedCredentials, form: str) -> str:
    """The credentials in one of `FORMATS` or `DOCUMENTS`, ending with a line feed. Raises KeyError for
    another format, and ValueError for credentials that no metadata service delivers.
    """
    if form in DOCUMENTS:
        return _document(credentials, form)
    return _WRITERS[form](credentials)


def _document(credentials: ExportedCredentials, form: str) -> str:
    """Only the response of an endpoint, without comments. Secret and token say that they are simulated."""
    session = credentials.session
    if session is None or session.kind is not SessionKind.ROLE:
        raise ValueError(
            f"{credentials.label} is not a role session: only those are delivered to instances and tasks"
        )
    return json.dumps(DOCUMENTS[form](session), indent=2) + "\n"


def _variables(credentials: ExportedCredentials) -> dict[str, str]:
    expiration = printed(credentials.expiration) if credentials.expiration else None
    variables = {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_CREDENTIAL_EXPIRATION": expiration,
        "AWS_ACCOUNT_ID": credentials.account,
    }
    return {name: value for name, value in variables.items() if value}


def _lines(credentials: ExportedCredentials, template: str) -> str:
    label = one_line(credentials.label)  # a comment is one line
    notice = f"# {NOTICE} ({label})"
    lines = [template.format(name=name, value=value) for name, value in _variables(credentials).items()]
    return "\n".join([notice, *lines, ""])


def _env(credentials: ExportedCredentials) -> str:
    return _lines(credentials, "export {name}={value}")


def _fish(credentials: ExportedCredentials) -> str:
    return _lines(credentials, "set -gx {name} {value}")


def _powershell(credentials: ExportedCredentials) -> str:
    return _lines(credentials, '$Env:{name}="{value}"')


def _process(credentials: ExportedCredentials) -> str:
    """The output of a `credential_process`. Tools ignore unknown members such as `Notice`."""
    members = {
        "Version": 1,
        "Notice": NOTICE,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": printed(credentials.expiration) if credentials.expiration else None,
        "AccountId": credentials.account,
    }
    return json.dumps({name: value for name, value in members.items() if value}, indent=2) + "\n"


def _profile(credentials: ExportedCredentials) -> str:
    """A section for `~/.aws/credentials`, under a name that says it is simulated."""
    name = "".join(c if c.isalnum() or c in "+=,.@-_" else "-" for c in credentials.label)
    lines = [
        f"# {NOTICE}",
        f"[simulated-{name}]",
        f"aws_access_key_id = {credentials.access_key_id}",
        f"aws_secret_access_key = {credentials.secret_access_key}",
    ]
    if credentials.session_token:
        lines.append(f"aws_session_token = {credentials.session_token}")
    if credentials.expiration:
        lines.append(f"# expires {printed(credentials.expiration)}")
    return "\n".join([*lines, ""])


_WRITERS: Final[Mapping[str, Callable[[ExportedCredentials], str]]] = {
    "env": _env,
    "fish": _fish,
    "powershell": _powershell,
    "process": _process,
    "profile": _profile,
}
FORMATS: Final = tuple(_WRITERS)
DOCUMENTS: Final[Mapping[str, Callable[[Session], dict[str, str]]]] = {
    "imds": imds_document,
    "container": container_document,
}
"""Responses of the instance metadata service (the same for v1 and v2) and the container credentials
endpoint.
"""
