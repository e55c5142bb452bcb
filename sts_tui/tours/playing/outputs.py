"""How does the AWS CLI print an answer: JSON, text, YAML, or an error?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sts_tui.account.json_value import Json
from sts_tui.sts.errors import AwsError


def as_output(document: object, output: str) -> str:
    """A document in the format that `--output` names; a table is shown as JSON, `off` prints nothing."""
    match output:
        case "text":
            return as_text(document)
        case "yaml" | "yaml-stream":
            return as_yaml(document, is_stream=output == "yaml-stream")
        case "off":
            return ""
        case _:
            return as_json(document)


def as_yaml(document: object, *, is_stream: bool = False) -> str:
    """The document as YAML in block style, with keys in AWS's order; a stream is a list of one document.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#yaml-output
    """
    import yaml  # imported on first use

    shown = [document] if is_stream else document
    if shown in ({}, [{}]):
        return ""
    text: str = yaml.safe_dump(
        shown, sort_keys=False, default_flow_style=False, allow_unicode=True, width=4096
    )
    return text.removesuffix("...\n").rstrip("\n")


def as_json(document: object) -> str:
    """The document as JSON, indented like the CLI's; empty for an operation without output."""
    import json

    return "" if document == {} else json.dumps(document, indent=4, ensure_ascii=False)


def as_text(document: object) -> str:
    """The document as tab-separated lines; nested structures begin with their name.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#text-output
    """
    return "\n".join(_text(document, None, None))


def error_text(error: AwsError, operation: str) -> str:
    """`An error occurred (AccessDenied) when calling the AssumeRole operation: …`"""
    return f"An error occurred ({error.code}) when calling the {operation} operation: {error.message}"


def _text(item: object, name: str | None, columns: Sequence[str] | None) -> Iterator[str]:
    if isinstance(item, Mapping):
        yield from _text_of_structure(item, name, columns)
    elif isinstance(item, list):
        yield from _text_of_list(item, name)
    else:
        yield str(item)


def _text_of_list(items: list[Json], name: str | None) -> Iterator[str]:
    if any(isinstance(item, Mapping) for item in items):
        columns = _scalar_columns(items)
        for item in items:
            yield from _text(item, name, columns)
        return
    scalars = [str(item) for item in items if not isinstance(item, list)]
    if scalars and name is not None:
        yield from (f"{name.upper()}\t{scalar}" for scalar in scalars)
    elif scalars:
        yield "\t".join(scalars)
    for item in items:
        if isinstance(item, list):
            yield from _text_of_list(item, name)


def _text_of_structure(
    item: Mapping[str, Json], name: str | None, columns: Sequence[str] | None
) -> Iterator[str]:
    nested = sorted(key for key, value in item.items() if isinstance(value, Mapping | list))
    if columns is None:
        columns = sorted(key for key in item if key not in nested)
    cells = [str(item.get(key, "")) for key in columns if key not in nested]
    if cells:
        yield "\t".join([name.upper(), *cells] if name is not None else cells)
    for key in nested:
        yield from _text(item[key], key, None)


def _scalar_columns(items: Sequence[Json]) -> list[str]:
    """Every key with a scalar value in some of the structures: the columns of all rows."""
    seen: dict[str, None] = {}
    for item in items:
        if isinstance(item, Mapping):
            seen.update(
                dict.fromkeys(key for key, value in item.items() if not isinstance(value, Mapping | list))
            )
    return sorted(seen)
