"""How does a shell script call `aws` in a test? It finds a stand-in on its PATH, which the test's own process
answers.

A Python interpreter for each of the fifty calls of a script would take three seconds of processor time. The
stand-in is a few lines of sh that pass the arguments through named pipes and wait for the answer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import jmespath

_AWS = """#!/bin/sh
call='{folder}'/$$
printf '%s\\0' "${{AWS_ACCESS_KEY_ID-}}" "$@" > "$call.words"
mkfifo "$call.code"
echo $$ > '{folder}/calls'
read -r code < "$call.code"
[ "$code" = 0 ] || exec >&2
cat "$call.said"
exit "$code"
"""


class CliCall(NamedTuple):
    """One call of the stand-in."""

    access_key_id: str
    """From the environment; may be empty."""
    words: list[str]

    @property
    def options(self) -> Mapping[str, str]:
        """Option name → the word after `--name`."""
        words = self.words
        return {words[i]: words[i + 1] for i in range(2, len(words) - 1) if words[i].startswith("--")}

    def shown(self, answer: Any) -> str:
        """The answer as the AWS CLI prints it: the real language of --query; JSON, or text."""
        options = self.options
        found = jmespath.search(options["--query"], answer) if "--query" in options else answer
        if options.get("--output") == "text":
            return "\t".join(map(str, found)) if isinstance(found, list) else str(found)
        return json.dumps(found)


class RefusedError(Exception):
    """The call ends with exit status 254 and this message."""


@contextmanager
def stand_in_aws(folder: Path, answer: Callable[[CliCall], str]) -> Iterator[Path]:
    """Creates `aws` in a new folder, yields the folder, and answers calls until the context ends.

    `answer` returns what the call prints, or raises RefusedError.
    """
    folder.mkdir()
    aws, calls = folder / "aws", folder / "calls"
    aws.write_text(_AWS.format(folder=folder))
    aws.chmod(0o700)
    os.mkfifo(calls)
    pipe = os.open(calls, os.O_RDWR)  # stays open between callers

    def serve() -> None:
        with os.fdopen(pipe, "rb", buffering=0) as lines:
            while (number := lines.readline().decode().strip()) != "end":
                access_key_id, *words = (folder / f"{number}.words").read_text().split("\0")[:-1]
                code, said = 0, ""
                try:
                    said = answer(CliCall(access_key_id, words))
                except RefusedError as refused:
                    code, said = 254, str(refused)
                (folder / f"{number}.said").write_text(said + "\n")
                (folder / f"{number}.code").write_text(f"{code}\n")

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield folder
    finally:
        with calls.open("w") as lines:
            lines.write("end\n")
        thread.join()
