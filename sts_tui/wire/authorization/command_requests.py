"""Which `request` steps replace an `aws` command whose operation is not performed? The tables that authorize
real clients have the actions that it needs. `aws s3` copies, lists and removes objects with calls of S3's
API: https://docs.aws.amazon.com/cli/latest/topic/s3-config.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.operations.command_names import dashed
from sts_tui.simulation.operations.stated_limits import stated_limit
from sts_tui.wire.authorization.derived_values import Facts
from sts_tui.wire.authorization.pairs import asked
from sts_tui.wire.messages import HttpRequest
from sts_tui.wire.requests.recognition import Recognized
from sts_tui.wire.service_tables import Row, Service, service

_OF_THE_CLI: Final = frozenset(
    {
        "output", "query", "region", "profile", "endpoint-url", "color", "ca-bundle", "cli-read-timeout",
        "cli-connect-timeout", "cli-binary-format", "max-items", "page-size", "starting-token",
    }
)  # fmt: skip
"""Options that are not parameters of the operation:
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
"""
_WITH_OUTPUT_FILE: Final = frozenset(
    {"invoke", "get-object", "get-object-torrent", "synthesize-speech", "get-media"}
)
"""Commands whose last word is the output file for the response's body."""
_S3_COMMANDS: Final = ("ls", "cp", "mv", "rm", "mb", "rb", "sync", "presign")


class UnknownCommandError(LookupError):
    """AWS has no such service or operation, or the command makes no call; the text says which."""


class Place(Struct, frozen=True):
    """Account and Region in which a command is run."""

    region: str
    account: str
    """The caller's account."""
    configuration: Configuration


class Requests(Struct, frozen=True):
    """The steps, and the parts of the command that they leave out."""

    steps: tuple[tuple[str, str], ...]
    """(action, resource)."""
    note: str = ""


def requests_for(words: Sequence[str], place: Place) -> Requests:
    """The requests of an `aws` command with these words. Raises UnknownCommandError for an unknown
    command.
    """
    plain = [word for word in words if not word.startswith("--")]
    if len(plain) < 2:
        raise UnknownCommandError("it names no operation")
    if words[0] == "s3":
        return _of_s3(words[1], words[2:], place)
    table = _table(words[0])
    for name, row in table.operations.items():
        if dashed(name) == words[1]:
            flags = words[2:-1] if words[1] in _WITH_OUTPUT_FILE else words[2:]
            return _of_operation(table, name, row, flags, place)
    raise UnknownCommandError(f"aws {words[0]} has no operation {words[1]}")


def _table(name: str) -> Service:
    cli_name = {"s3api": "s3"}.get(name, name)
    if not cli_name.replace("-", "").isalnum():
        raise UnknownCommandError(f"there is no service {name!r}")
    try:
        return service(cli_name)
    except FileNotFoundError:
        raise UnknownCommandError(f"there is no service {name!r}") from None


def _of_operation(table: Service, name: str, row: Row, flags: Sequence[str], place: Place) -> Requests:
    members = _members(flags)
    nothing = HttpRequest(method="POST", target="/", headers={})
    recognized = Recognized(
        service=table, operation=name, row=row, protocol=table.protocols[0], members=members
    )
    facts = Facts(
        request=nothing,
        members=members,
        region=place.region,
        account=place.account,
        configuration=place.configuration,
    )
    found = asked(recognized, facts)
    note = f"the resource of {name} does not follow from these flags" if found.is_resource_unknown else ""
    steps = tuple((action, arn) for action, arn, *_ in found.pairs)
    prefixes = dict.fromkeys(action.partition(":")[0] for action, _ in steps)
    limits = (stated_limit(f"{prefix}:{name}") for prefix in prefixes)
    notes = [note, *(f"{one.why}; {one.instead}" for one in limits if one is not None)]
    return Requests(steps, "; ".join(one for one in notes if one))


def _members(flags: Sequence[str]) -> Mapping[str, object]:
    """`--table-name orders` → `TableName`: plain values as text, several as a list, JSON parsed."""
    found: dict[str, list[str]] = {}
    name = ""
    for word in flags:
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            found[name] = [value] if value else []
        elif name:
            found[name].append(word)
    return {
        _camel(name): _value(values) for name, values in found.items() if name not in _OF_THE_CLI and values
    }


def _value(values: Sequence[str]) -> object:
    if len(values) > 1:
        return list(values)
    if values[0][:1] in ("{", "["):
        try:
            return json.loads(values[0])
        except ValueError:
            return values[0]
    return values[0]


def _camel(flag: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in flag.split("-"))


def _of_s3(command: str, rest: Sequence[str], place: Place) -> Requests:
    """https://docs.aws.amazon.com/cli/latest/reference/s3/"""
    if command not in _S3_COMMANDS:
        raise UnknownCommandError(f"aws s3 {command} is not known")
    if command == "presign":
        raise UnknownCommandError("aws s3 presign makes no call")
    paths = [word for word in rest if not word.startswith("--")]
    partition = place.configuration.partition_of(place.account)
    arns = [f"arn:{partition}:s3:::{path[5:]}" if path.startswith("s3://") else "" for path in paths[:2]]
    if command == "ls" and not any(arns):
        return Requests((("s3:ListAllMyBuckets", "*"),))
    if not any(arns):
        raise UnknownCommandError("it names no s3:// path")
    if command in ("ls", "mb", "rb"):
        action = {"ls": "s3:ListBucket", "mb": "s3:CreateBucket", "rb": "s3:DeleteBucket"}[command]
        return Requests(((action, arns[0].partition("/")[0]),))
    if command == "sync" or "--recursive" in rest:
        return _of_many(command, arns, removes=command == "sync" and "--delete" in rest)
    return Requests(tuple(_of_objects(command, [_object(arn, paths[0]) for arn in arns])))


def _of_many(command: str, arns: Sequence[str], *, removes: bool) -> Requests:
    """Objects below a prefix: their keys are not known, so one request represents all of them. A sync lists
    both sides; with `--delete` it removes objects from the target that the source does not have.
    https://docs.aws.amazon.com/cli/latest/reference/s3/sync.html
    """
    objects = [f"{arn.rstrip('/')}/*" if arn else "" for arn in arns]
    buckets = list(dict.fromkeys(arn.partition("/")[0] for arn in arns if arn))
    listed = [("s3:ListBucket", one) for one in (buckets if command == "sync" else buckets[:1])]
    found = _of_objects("cp" if command == "sync" else command, objects)
    if removes and len(objects) > 1 and objects[1]:
        found.append(("s3:DeleteObject", objects[1]))
    note = "which objects there are is not known: one request stands for all"
    return Requests((*listed, *found), note)


def _of_objects(command: str, arns: Sequence[str]) -> list[tuple[str, str]]:
    """A copy reads its source and writes its target; a move then deletes the source."""
    source = arns[0]
    target = arns[1] if len(arns) > 1 else ""
    if command == "rm":
        return [("s3:DeleteObject", source)]
    steps = [("s3:GetObject", source)] if source else []
    if target:
        steps.append(("s3:PutObject", target))
    if command == "mv" and source:
        steps.append(("s3:DeleteObject", source))
    return steps


def _object(arn: str, source: str) -> str:
    """The ARN of an object; a target that ends with `/` or is just a bucket gets the name of the source."""
    if arn and (arn.endswith("/") or "/" not in arn):
        return f"{arn.rstrip('/')}/{source.rstrip('/').rpartition('/')[2]}"
    return arn
