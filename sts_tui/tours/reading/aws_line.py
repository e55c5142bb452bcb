"""How is an `aws SERVICE OPERATION --flag value… [key=value…]` line read?

In the AWS CLI's syntax, by AWS's shapes. Words `key=value` whose key is a condition key set request context.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.simulation.operations.command_names import dashed
from sts_tui.simulation.operations.stated_limits import authorizing_action, stated_limit
from sts_tui.sts.shapes import Shape
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.pagination import Pages, Wanted, pages_of
from sts_tui.tours.reading.request_context import is_context_word, read_context_word
from sts_tui.tours.reading.services import SERVICES, Service
from sts_tui.tours.reading.substitutions import has_substitution
from sts_tui.tours.reading.waiters import WAITERS, Waiter
from sts_tui.tours.reading.words import Quoted

_SHELL: Final = frozenset(("|", ">", ">>", "<", "&&", "||", "2>&1", ";"))
"""Words with a meaning in a shell; no value of AWS is known that equals one of them."""
OUTPUTS = ("json", "text", "table", "yaml", "yaml-stream", "off")
"""https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html"""
_SWITCHES = ("no-cli-pager", "no-paginate", "no-sign-request", "debug", "no-verify-ssl", "no-cli-auto-prompt")
_OF_THE_CONNECTION = ("endpoint-url", "color", "ca-bundle", "cli-read-timeout", "cli-connect-timeout")
"""Global options that do not change a response of a simulated account: accepted without effect."""
_SKELETONS = ("input", "yaml-input", "output")
_OPTIONS = (
    "query", "output", "profile", "region", "as-session", "cli-input-json", "cli-input-yaml",
    "generate-cli-skeleton", "cli-binary-format", *_OF_THE_CONNECTION,
)  # fmt: skip
_GLOBAL = ("query", "output", "profile", "region", "cli-binary-format", *_OF_THE_CONNECTION)
"""Options with a value that may be written before the service."""
_OF_THE_CLI = {"CreateVirtualMFADevice": ("outfile", "bootstrap-method")}
"""Flags that the AWS CLI adds to an operation. A tour writes no files, so they are accepted without effect.
https://docs.aws.amazon.com/cli/latest/reference/iam/create-virtual-mfa-device.html
"""
_OF_PAGES = ("page-size", "starting-token", "max-items")
"""Flags of operations with paginated responses."""


class AwsLine(Struct, frozen=True, kw_only=True):
    """A call as written: names are checked, values not yet converted."""

    action: str
    """The action's name in the simulation: `sts:AssumeRole`."""
    operation: str
    """`AssumeRole`, as in the CLI's messages."""
    shape: Shape
    values: Mapping[str, tuple[str, ...]]
    """Values by member. Those of a boolean are `("true",)` or `("false",)`."""
    query: str | None = None
    output: str = "json"
    profile: str | None = None
    region: str | None = None
    session_name: str | None = None
    input_json: str | None = None
    input_yaml: str | None = None
    context: tuple[tuple[str, str], ...] = ()
    """Request context as (key, value), in the order written."""
    is_unsigned: bool = False
    page_size: str | None = None
    pages: Pages | None = None
    """The pagination members, if the CLI would request all pages."""
    wanted: Wanted = Wanted()
    waiter: Waiter | None = None
    """`aws SERVICE wait NAME`: only whether the operation succeeds matters."""
    skeleton: str = ""
    """`--generate-cli-skeleton`: the parameters are printed, and AWS is not called."""


def read_aws_line(words: Sequence[str]) -> AwsLine:
    """Read the words after `aws`; raises StepError for unknown names and missing values."""
    words = service_first(words)
    _refuse_shell(words)
    words = tuple(map(str, words))  # their quotes no longer matter
    waiter = _waiter(words)
    if waiter:
        words = (words[0], dashed(waiter.operation), *words[3:])
    service, operation, rest = _service_and_operation(words)
    shape = service.shape(operation)
    flags = _flags_of(shape)
    values: dict[str, tuple[str, ...]] = {}
    options: dict[str, str] = {}
    named, context = _flags_and_context(rest, flags, f"{words[0]}:")
    for name, given in named:
        if name in flags:
            member, takes = flags[name]
            _once(name, member in values)
            values[member] = _checked_count(name, takes, given)
        elif name in _OF_THE_CLI.get(operation, ()):
            _single(name, given)
        else:
            _once(name, name in options)
            options[name] = _option(name, given, (*flags, *_options_of(operation, shape)))
    _check_inputs(options)
    line = _line(service, operation, shape, values, options)
    return replace(_paged(line, options), context=context, waiter=waiter)


def _refuse_shell(words: Sequence[str]) -> None:
    """Raises StepError for a pipe or redirection, as in a line pasted from a page."""
    at = next((at for at, word in enumerate(words) if word in _SHELL and not isinstance(word, Quoted)), None)
    if at is None:
        return
    path = next((word.lstrip(".") for word in words[at + 1 :] if word.startswith(".")), "")
    instead = f"--query {shlex.quote(path or 'PATH')} --output text"
    raise StepError(
        f"{words[at]} belongs to a shell, and a step has one command",
        f"{instead} prints a part of the answer, as | jq -r does; record --from-script follows shell scripts",
    )


def service_first(words: Sequence[str]) -> Sequence[str]:
    """The words with the global options after the operation: `--region eu-west-1 iam list-users`."""
    at = 0
    while at < len(words) and words[at].startswith("--"):
        has_value = words[at][2:] in _GLOBAL
        at += 2 if has_value else 1
    return [*words[at : at + 2], *words[:at], *words[at + 2 :]] if at else words


def _check_inputs(options: Mapping[str, str]) -> None:
    if {"cli-input-json", "cli-input-yaml"} <= options.keys():
        raise StepError("Only one --cli-input- parameter may be specified.")


def _waiter(words: Sequence[str]) -> Waiter | None:
    """The waiter of `SERVICE wait NAME`; None for any other line."""
    if len(words) < 2 or words[1] != "wait":
        return None
    known = WAITERS.get(words[0], {})
    name = words[2] if len(words) > 2 else ""
    if name not in known:
        hint = did_you_mean(name, known) or f"aws {words[0]} wait knows {', '.join(known) or 'nothing'}"
        raise StepError(f"aws {words[0]} wait {name}".rstrip() + " is not simulated", hint)
    return known[name]


def _once(name: str, seen: bool) -> None:
    if seen:
        raise StepError(f"--{name} is given twice")


def _line(
    service: Service,
    operation: str,
    shape: Shape,
    values: dict[str, tuple[str, ...]],
    options: dict[str, str],
) -> AwsLine:
    output = options.get("output", "json")
    if output not in OUTPUTS and not has_substitution(output):
        raise StepError(f"--output {output} is not known", ", ".join(OUTPUTS))
    expression = options.get("query")
    if expression is not None and not has_substitution(expression):
        from sts_tui.tours.reading.jmespath_language import (
            compile_expression,  # imports jmespath: on first use
        )

        compile_expression(expression)
    return AwsLine(
        action=service.action(operation),
        operation=operation,
        shape=shape,
        values=values,
        query=expression,
        output=output,
        profile=options.get("profile"),
        region=options.get("region"),
        session_name=options.get("as-session"),
        input_json=options.get("cli-input-json"),
        input_yaml=options.get("cli-input-yaml"),
        is_unsigned="no-sign-request" in options,
        skeleton=options.get("generate-cli-skeleton", ""),
    )


def _paged(line: AwsLine, options: Mapping[str, str]) -> AwsLine:
    """The line with its pagination options. With `--marker` or a similar flag, or with `--no-paginate`, the
    CLI makes one call; then `--max-items` is the operation's own parameter.
    """
    pages = pages_of(line.operation, line.shape)
    if pages is None:
        return line
    by_hand = {pages.token, pages.limit} - {"MaxItems"} & {*line.values}
    if "no-paginate" in options or by_hand:
        used = [name for name in _OF_PAGES if name in options]
        if used:
            flags = ", ".join(f"--{name}" for name in used)
            raise StepError(f"Cannot specify --no-paginate along with pagination arguments: {flags}")
        return line
    values = {name: given for name, given in line.values.items() if name != "MaxItems"}
    most = line.values["MaxItems"][0] if "MaxItems" in line.values else options.get("max-items")
    wanted = Wanted(_whole_number("max-items", most), options.get("starting-token"))
    return replace(line, values=values, pages=pages, wanted=wanted, page_size=options.get("page-size"))


def _whole_number(flag: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise StepError(f"argument --{flag}: invalid int value: {text!r}") from None


def _options_of(operation: str, shape: Shape) -> tuple[str, ...]:
    pages = pages_of(operation, shape)
    if pages is None:
        return (*_OPTIONS, *_SWITCHES)
    own = {"max-items": "MaxItems" in shape.members, "page-size": pages.limit is None}
    return (*_OPTIONS, *_SWITCHES, *(name for name in _OF_PAGES if not own.get(name)))


def _service_and_operation(words: Sequence[str]) -> tuple[Service, str, Sequence[str]]:
    names = [word for word in words[:2] if not word.startswith("--")]
    if len(names) < 2:
        raise StepError(
            "write aws SERVICE OPERATION --flag value…", "for example aws sts get-caller-identity"
        )
    service = SERVICES.get(names[0])
    if service is None:
        _refuse_stated_limit(names[0], names[1])
        raise _named_requests(words) or _unknown_service(names[0], names[1])
    operation = service.operation(names[1])
    if operation is None:
        _refuse_stated_limit(names[0], names[1])
        near = did_you_mean(names[1], service.commands())
        if not near and (named := _named_requests(words)):
            raise named
        hint = near or f"{_request_for(names[0], names[1])} authorizes any other action"
        raise StepError(f"aws {names[0]} {names[1]} is not simulated", hint)
    return service, operation, words[2:]


def _refuse_stated_limit(service: str, command: str) -> None:
    """Raises StepError with what to use instead, for an operation that is left out on purpose."""
    limit = stated_limit(_action_of(service, command))
    if limit is not None:
        authorizes = f"{_request_for(service, command)} authorizes it"
        message = f"aws {service} {command} is not performed: {limit.why}"
        raise StepError(message, f"{limit.instead}; {authorizes}")


def _named_requests(words: Sequence[str]) -> StepError | None:
    """An error that names the `request` steps for an operation that is not performed; None for an unknown
    operation.
    """
    from sts_tui.account.configuration import Configuration
    from sts_tui.wire.authorization.command_requests import Place, UnknownCommandError, requests_for

    region = words[words.index("--region") + 1] if "--region" in words[:-1] else DEFAULT_REGION
    try:
        found = requests_for(words, Place(region, "ACCOUNT", Configuration()))
    except UnknownCommandError as error:
        return StepError(str(error)) if words[0] == "s3" else None
    steps = [f"request {action} {shlex.quote(resource)}" for action, resource in found.steps]
    if not steps:
        return None
    more = f"; {found.note}" if found.note else ""
    hint = f"what it needs is authorized by: {'; '.join(steps)}{more}"
    return StepError(f"aws {' '.join(words[:2])} is not performed", hint)


def _unknown_service(service: str, command: str) -> StepError:
    near = did_you_mean(service, SERVICES)
    hint = f"{near}; {_request_for(service, command)} authorizes any other action" if near else ""
    hint = hint or f"{_request_for(service, command)} authorizes any action; aws knows {', '.join(SERVICES)}"
    return StepError(f"aws {service} is not simulated", hint)


def _request_for(service: str, command: str) -> str:
    """The `request` step that authorizes an operation that is not simulated."""
    return f"request {authorizing_action(_action_of(service, command))} RESOURCE"


def _action_of(service: str, command: str) -> str:
    """`s3:PutBucketAcl` for `s3api put-bucket-acl`, derived from the CLI's spelling."""
    prefix = SERVICES[service].prefix if service in SERVICES else service
    return f"{prefix}:" + "".join(part.capitalize() for part in command.split("-"))


def _flags_of(shape: Shape) -> Mapping[str, tuple[str, str]]:
    """(member, its type) by flag; a boolean has `--no-…` too, whose type is `not`."""
    found: dict[str, tuple[str, str]] = {}
    for member, inner in shape.members.items():
        found[dashed(member)] = (member, inner.type)
        if inner.type == "boolean":
            found[f"no-{dashed(member)}"] = (member, "not")
    return found


def flag_names(words: Sequence[str]) -> tuple[str, ...]:
    """Every flag of the operation in `words`, for completion; empty if it is not known yet."""
    try:
        service, operation, _ = _service_and_operation(words)
    except StepError:
        return ()
    shape = service.shape(operation)
    flags = (*_flags_of(shape), *_options_of(operation, shape), *_OF_THE_CLI.get(operation, ()))
    return tuple(f"--{name}" for name in flags)


def own_flags(words: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """(flag without dashes, whether it is required), required first; raises StepError for unknown names."""
    service, operation, _ = _service_and_operation(words)
    shape = service.shape(operation)
    flags = [(dashed(member), member in shape.required) for member in shape.members]
    return tuple(sorted(flags, key=lambda flag: not flag[1]))


def _flags_and_context(
    words: Sequence[str], flags: Mapping[str, tuple[str, str]], prefix: str
) -> tuple[list[tuple[str, list[str]]], tuple[tuple[str, str], ...]]:
    """(name, values) of every flag, and the request context. `prefix`: of the action, `sts:`.

    `--name=value` is one word; other values end at the next flag. A list flag takes every word up to that
    flag; after the value of any other flag, words of request context may follow.
    """
    named: list[tuple[str, list[str]]] = []
    context: list[tuple[str, str]] = []
    for group in _groups(words):
        name, equals, value = group[0][2:].partition("=") if group[0] else ("", "", "")
        given = [value] if equals else []
        kind = flags[name][1] if name in flags else ""
        takes = 0 if equals or not name or name in _SWITCHES or kind in ("boolean", "not") else 1
        for word in group[1:]:
            if kind == "list" and not equals:
                given.append(word)
            elif len(given) >= takes and is_context_word(word):
                context.append(read_context_word(word, prefix))
            elif name and not equals:
                given.append(word)
            else:
                raise StepError(f"{word!r} does not belong to a flag", "quote a value that contains spaces")
        if name:
            named.append((name, given))
    return named, tuple(context)


def _groups(words: Sequence[str]) -> Iterator[list[str]]:
    """Each flag with the words up to the next one; the words before the first flag follow an empty word."""
    group = [""]
    for word in words:
        if word.startswith("--") and len(word) > 2:
            yield group
            group = []
        group.append(word)
    yield group


def _checked_count(name: str, kind: str, given: list[str]) -> tuple[str, ...]:
    if kind in ("boolean", "not"):
        if given:
            raise StepError(f"--{name} takes no value, found {given[0]!r}", f"--{name} or --no-{name}")
        return ("true",) if kind == "boolean" else ("false",)
    if kind == "list":
        return tuple(given)
    return (_single(name, given),)


def _single(name: str, given: list[str]) -> str:
    if not given:
        raise StepError(f"--{name} needs a value")
    if len(given) > 1:
        raise StepError(f"--{name} takes one value, found {len(given)}", "quote a value that contains spaces")
    return given[0]


def _option(name: str, given: list[str], known: Sequence[str]) -> str:
    if name in _SWITCHES:
        if given:
            raise StepError(f"--{name} takes no value, found {given[0]!r}")
        return "true"
    if name == "generate-cli-skeleton":
        if len(given) > 1 or (given and given[0] not in _SKELETONS):
            raise StepError(
                f"--generate-cli-skeleton {' '.join(given)} is not simulated",
                f"{', '.join(_SKELETONS)}; it is printed, and no file is written",
            )
        return given[0] if given else "input"
    if name in (*_OPTIONS, *_OF_PAGES) and name in known:
        return _single(name, given)
    hint = did_you_mean(f"--{name}", [f"--{one}" for one in known])
    raise StepError(f"there is no flag --{name}", hint)
