"""Which command line makes a call: what would a user type into the AWS CLI, or into a tour?

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-types.html
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.operations import OPERATIONS, shape_of
from sts_tui.simulation.operations.command_names import WITHOUT_COMMAND, command_of, dashed
from sts_tui.simulation.operations.requests import compact
from sts_tui.sts.shapes import Shape

_PLAIN = lazy_pattern(r"[A-Za-z0-9_.:/@+*-]+")
"""Values that shorthand (`Key=team,Value=red`) can contain without quotes."""
_PLAIN_WORD = lazy_pattern(r"(?!--|fileb?://)[A-Za-z0-9_@%+=:,./-]+")
"""Words that neither the shell nor the CLI interprets."""
_FROM_FILE = ("file://", "fileb://")
_TOUR_SUBSTITUTION = lazy_pattern(r"\$(?=\{(?:(?:mfa|last|key):|(?:saml|oidc):[^{},/]*/))")
"""Text that a tour would replace, even literal text in a policy; in JSON it can be escaped."""


def cli_line(action: str, params: Mapping[str, object], profile: str | None = None) -> str:
    """One line, quoted for a shell: `aws iam put-role-policy --role-name App … --profile alice`.

    Policy documents are compact JSON. Reading the line again gives the same call. An unknown operation
    becomes the tour's `request ACTION RESOURCE`; an operation without a command becomes a comment.
    """
    if action not in OPERATIONS:
        return shlex.join(["request", action, str(params.get("Resource", "*"))])
    if action in WITHOUT_COMMAND:
        return _comment(action, params)
    shape = shape_of(action)
    words = ["aws", *command_of(action)]
    plain = _plain_flags(shape, params)
    if plain is not None and not profile:
        return " ".join([*words, *plain])
    words += _flags(shape, params)
    return shlex.join([*words, *(["--profile", profile] if profile else [])])


def _comment(action: str, params: Mapping[str, object]) -> str:
    """What performs an operation without a command: a page of AWS, or the credential helper of Roles
    Anywhere.
    """
    service, _, name = action.partition(":")
    if service == "signin":
        return f"# sign-in page: {name}"
    flags = {
        "--trust-anchor-arn": params.get("trustAnchorArn"),
        "--profile-arn": params.get("profileArn"),
        "--role-arn": params.get("roleArn"),
        "--session-duration": params.get("durationSeconds"),
        "--role-session-name": params.get("roleSessionName"),
    }
    words = [word for flag, value in flags.items() if value is not None for word in (flag, str(value))]
    return f"# aws_signing_helper credential-process --certificate … --private-key … {shlex.join(words)}"


def _plain_flags(shape: Shape, params: Mapping[str, object]) -> list[str] | None:
    """The flags if every parameter is text that needs no quotes, which is the usual case; else None."""
    words: list[str] = []
    for name, value in params.items():
        member = shape.members.get(name)
        if member is None or value is None:
            continue
        if member.type != "string" or value.__class__ is not str or not _PLAIN_WORD.fullmatch(value):
            return None
        words += (f"--{dashed(name)}", value)
    return words


def _flags(shape: Shape, params: Mapping[str, object]) -> Iterator[str]:
    given = {name: params[name] for name in params if name in shape.members and params[name] is not None}
    # `--max-items` is an option of the CLI, which counts what is shown. Only JSON passes the parameter to the
    # service.
    if "MaxItems" in given or any(_needs_json(value) for value in given.values()):
        yield from ("--cli-input-json", _json({name: _as_sent(value) for name, value in given.items()}))
        return
    for name, value in given.items():
        yield from _flag(dashed(name), shape.members[name], value)


def _needs_json(value: object) -> bool:
    """Whether it is text that does not fit on one line, or that the CLI would read as a file name."""
    match value:
        case str():
            text = _plain_document(value)
            if "\n" in text or "\r" in text or text.startswith(_FROM_FILE):
                return True
            return not text.startswith("{") and _TOUR_SUBSTITUTION.search(text) is not None
        case Mapping():
            return False  # printed as JSON, which escapes line ends
        case list() | tuple():
            return any(_needs_json(one) for one in value)
    return False


def _flag(name: str, shape: Shape, value: object) -> Iterator[str]:
    match shape.type:
        case "boolean":
            yield f"--{name}" if value is True or value == "true" else f"--no-{name}"
        case "list" if isinstance(value, Sequence):
            yield f"--{name}"
            yield from _items(value)
        case "structure" | "map" if isinstance(value, Mapping):
            yield from (f"--{name}", _structure(value))
        case _:
            yield from _text(name, _plain_document(value))


def _text(name: str, text: str) -> Iterator[str]:
    if text.startswith("--"):
        yield f"--{name}={text}"
    else:
        yield from (f"--{name}", text)


def _items(items: Sequence[object]) -> Iterator[str]:
    """Words, or one JSON list if a word could be misread."""
    words = [_structure(one) if isinstance(one, Mapping) else _plain_document(one) for one in items]
    structures = any(isinstance(one, Mapping) for one in items)
    unclear = any(word.lstrip().startswith(("--", "[")) or not word for word in words)
    if not words or unclear or (structures and any(word.startswith("{") for word in words)):
        yield _json(list(items))
    else:
        yield from words


def _structure(value: Mapping[str, object]) -> str:
    """Shorthand if it can be read again, JSON otherwise."""
    if value and all(
        isinstance(one, str) and _PLAIN.fullmatch(one) for pair in value.items() for one in pair
    ):
        return ",".join(f"{key}={one}" for key, one in value.items())
    return _json(value)


def _json(value: object) -> str:
    return _TOUR_SUBSTITUTION.sub(r"\\u0024", compact(value))


def _as_sent(value: object) -> object:
    """Documents as the text that the service gets; other values unchanged."""
    return compact(value) if isinstance(value, Mapping) and "Statement" in value else value


def _plain_document(value: object) -> str:
    """A policy document, or any other JSON object, in one compact line; other values unchanged."""
    if isinstance(value, Mapping):
        return _json(value)
    text = str(value)
    if text.lstrip().startswith("{"):
        try:
            return _json(json.loads(text, object_pairs_hook=_faithful))
        except ValueError:
            return text
    return text


def _faithful(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object as written if it has a duplicate key, so that AWS refuses it again."""
    given = dict(pairs)
    if len(given) != len(pairs):
        raise ValueError("duplicate key")
    return given
