"""How is YAML, as `aws --output yaml` prints it, converted to JSON with the same line numbers?

Every token is written on the line that it has in the file, so that diagnostics give the right line.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#yaml-output
"""

from __future__ import annotations

import json
from typing import Final

import yaml

from sts_tui.account.lazy_pattern import lazy_pattern

_KEY: Final = lazy_pattern(r"[A-Za-z$][\w$:-]*:(?:\s|$)|- ")
_COMMENT: Final = lazy_pattern(r"\s*(?:(?:#[^\n]*|---)[ \t]*\r?\n\s*)*")
_NUMBERS: Final = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_BOOLEAN: Final = "tag:yaml.org,2002:bool"
_NULL: Final = "tag:yaml.org,2002:null"
_MOST_NODES: Final = 2_000_000
"""The maximum number of nodes. Nested aliases can expand a small file enormously."""


class YamlError(Exception):
    """The text is not YAML. Has a `message` and the `line`."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def is_yaml(text: str) -> bool:
    """Whether a text begins like a YAML mapping or list in block style."""
    return _KEY.match(text, _COMMENT.match(text[:4096]).end()) is not None  # type: ignore[union-attr]  # it matches nothing too


def json_of_yaml(text: str) -> str:
    """The same value as JSON, with the same line numbers. Raises YamlError."""
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise YamlError(str(problem), mark.line + 1 if mark else 0) from None
    writer = _Writer()
    if node is not None:
        writer.write(node)
    return "".join(writer.parts)


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self._line = 0
        self._nodes = 0

    def write(self, node: yaml.Node) -> None:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise YamlError("its aliases make it too large", node.start_mark.line + 1)
        if node.start_mark.line > self._line:
            self.parts.append("\n" * (node.start_mark.line - self._line))
            self._line = node.start_mark.line
        if isinstance(node, yaml.MappingNode):
            self._list("{", "}", [pair for pairs in node.value for pair in pairs], ":,")
        elif isinstance(node, yaml.SequenceNode):
            self._list("[", "]", node.value, ",,")
        else:
            self.parts.append(_scalar(node))

    def _list(self, opening: str, closing: str, nodes: list[yaml.Node], separators: str) -> None:
        self.parts.append(opening)
        for index, child in enumerate(nodes):
            if index:
                self.parts.append(separators[1 - index % 2])
            if separators[0] == ":" and index % 2 == 0:
                self._key(child)
            else:
                self.write(child)
        self.parts.append(closing)

    def _key(self, node: yaml.Node) -> None:
        if not isinstance(node, yaml.ScalarNode):
            raise YamlError("a key is not text", node.start_mark.line + 1)
        self.write(yaml.ScalarNode("tag:yaml.org,2002:str", node.value, node.start_mark, node.end_mark))


def _scalar(node: yaml.Node) -> str:
    """Dates stay text, as in JSON. `yes` and `on` are text in YAML 1.2, which the AWS CLI reads and writes:
    https://github.com/aws/aws-cli/blob/v2/awscli/customizations/cliinput.py
    """
    if node.tag == _NULL:
        return "null"
    if node.tag == _BOOLEAN and node.value.lower() in ("true", "false"):
        return str(node.value).lower()
    if node.tag in _NUMBERS:
        try:
            json.loads(node.value)
        except ValueError:
            return json.dumps(node.value)
        return str(node.value)
    return json.dumps(node.value)
