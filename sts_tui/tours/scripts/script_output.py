"""What do the commands of a script print, into a file, a variable or the narration?"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.scripts.command_output import filtered, is_filter, printed
from sts_tui.tours.scripts.script_flow import DECISIONS
from sts_tui.tours.scripts.script_profiles import exported, profile_of
from sts_tui.tours.scripts.shell_condition import test_status
from sts_tui.tours.scripts.shell_state import ShellState
from sts_tui.tours.scripts.shell_statements import Statement, statements
from sts_tui.tours.scripts.shell_words import (
    Command,
    NotTranslatedError,
    command_of,
    expanded,
)

_FOLDER_OF_THE_SCRIPT: Final = lazy_pattern(
    r"""(?:cd\s+(?:--\s+)?(?:-P\s+)?"?\$\()?\s*dirname\s+(?:--\s+)?"?\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?\})"?\s*"""
    r"""(?:\)((?:/[\w.-]+)*)/?"?\s*(?:>\s*/dev/null(?:\s+2>&1)?\s*)?(?:&&|;)\s*pwd(?:\s+-P)?)?"""
)
"""`cd "$(dirname "$0")/.." && pwd` and `dirname "$0"`: paths of a script are relative to its folder."""


def _pipes(given: Iterable[Statement]) -> Iterator[list[Statement]]:
    """The commands of each pipe."""
    pipe: list[Statement] = []
    for one in given:
        if one.follows != "|" and pipe:
            yield pipe
            pipe = []
        pipe.append(one)
    if pipe:
        yield pipe


class ScriptOutput(ShellState):
    """Commands whose output goes to a file, a variable or the narration. Methods raise NotTranslatedError."""

    def _function(self, name: str, arguments: Sequence[str]) -> int:
        """Run a function of the script; return its exit status."""
        raise NotImplementedError

    def _is_passed_over(self, statement: Statement) -> bool:
        if statement.follows == "&&":
            return self._status != 0
        return statement.follows == "||" and self._status == 0

    def _content(self, names: Sequence[str], statement: Statement) -> str:
        """What `cat` prints: the lines after `<<`, or files that the script has written."""
        if statement.heredoc is not None:
            text = statement.heredoc
            return text if statement.is_quoted else expanded(text, self._expander)
        if not names:
            raise NotTranslatedError("what standard input holds is not known")
        return "".join(self._calls.text_of_file(name) for name in names)

    def _write(self, file: str, text: str, command: Command) -> None:
        is_appended = command.is_appended or (command.words[:2] in (("tee", "-a"), ("tee", "--append")))
        self._files[file] = self._files.get(file, "") + text if is_appended else text
        if self._calls.profiles.read(file, self._files[file]):
            self._use_credentials()

    def _print(self, command: Command, statement: Statement) -> None:
        """Store what is printed into a file; what is shown becomes narration."""
        name, *words = command.words
        file = words[-1] if name == "tee" and words else command.written_to
        if name in ("cat", "tee"):
            if file is not None:
                self._write(file, self._content(() if name == "tee" else words, statement), command)
            elif self._printed is not None:
                self._printed.append(self._content(words, statement).rstrip("\n"))
            return
        options = {"-e", "-n", "-en", "-ne"}
        text = printed(words) if name == "printf" else " ".join(word for word in words if word not in options)
        if file is not None:
            is_line = name == "echo" and "-n" not in words
            self._write(file, f"{text}\n" if is_line else text, command)
        elif self._printed is not None:
            self._printed.append(text)
        elif line := " ".join(text.split()):
            self._steps.append(f"say {line}")

    def _reads(self, command: Command) -> bool:
        """Whether a filter has an input: after `<<<`, or a file as its last word."""
        if command.here is not None:
            return True
        last = command.words[-1]
        return len(command.words) > 2 and not last.startswith("-") and (last in self._files or "." in last)

    def _filter(self, command: Command) -> str:
        """What a filter prints for its file or text. Raises NotTranslatedError."""
        if command.here is not None:
            return filtered(command.words, command.here)
        return filtered(command.words[:-1], self._calls.text_of_file(command.words[-1]))

    def _show(self, command: Command) -> int:
        output = self._filter(command)
        if self._printed is not None:
            self._printed.append(output)
        return int(not output) if command.words[0] == "grep" else 0

    def _aws(self, command: Command, words: Sequence[str], *, is_forgiven: bool) -> int:
        before = len(self._steps)
        status = self._calls.aws(words, command.assignments, is_forgiven=is_forgiven)
        made = self._calls.last if len(self._steps) > before else None
        output = made.output if made is not None and not made.error else ""
        if command.written_to is not None and command.written_to != "/dev/null":
            self._write(command.written_to, f"{output}\n", command)
        elif self._printed is not None and command.written_to is None:
            self._printed.append(output)
        return status

    def _output(self, text: str) -> str:
        """What the commands in `$(…)` print. Raises NotTranslatedError."""
        if folder := _FOLDER_OF_THE_SCRIPT.fullmatch(text.strip()):
            return posixpath.normpath("." + (folder[1] or ""))
        before, self._status = self._status, 0
        try:
            printed_texts = [
                self._output_of_pipe(pipe)
                for pipe in _pipes(statements(text))
                if not self._is_passed_over(pipe[0])
            ]
            self._substituted = self._status
        finally:
            self._status = before
        return "\n".join(one for one in printed_texts if one)

    def _output_of_pipe(self, pipe: Sequence[Statement]) -> str:
        self._status = 0
        output = self._first_output(pipe[0])
        for one in pipe[1:]:
            output = filtered(command_of(one.text, self._expander).words, output)
        return output.rstrip("\n")

    def _first_output(self, statement: Statement) -> str:
        command = command_of(statement.text, self._expander)
        quiet = self._quiet_output(command)
        if quiet is not None:
            return quiet
        match command.words:
            case ["aws", *words]:
                return self._output_of_aws(words, command, with_errors=statement.text.endswith("2>&1"))
            case ["echo", *words]:
                return " ".join(words)
            case ["printf", *words]:
                return printed(words)
            case ["cat", *names]:
                return self._content(names, statement)
            case [name, *words] if name in self._functions:
                return self._output_of_function(name, words)
            case [name, *_] if is_filter(name) and self._reads(command):
                return self._filter(command)
            case ["date", *words]:
                return self._date(words)
            case [name, *_]:
                raise NotTranslatedError(f"what {name} prints is not known")
            case _:
                raise NotTranslatedError("$() prints nothing")

    def _quiet_output(self, command: Command) -> str | None:
        """The output of a command that reads no input and makes no call; None for other commands."""
        name = command.words[0] if command.words else ""
        if name in ("true", ":", "cd"):
            return ""
        if name in DECISIONS:
            self._status = test_status(command.words, self._files) if name != "false" else 1
            return ""
        if name == "mktemp":
            self._temporary += 1
            return f"/tmp/tmp.{self._temporary:010}"
        if name == "jq" and {"-n", "-nr", "-rn", "-nc", "-cn", "--null-input"} & set(command.words):
            return filtered(command.words, "")
        return None

    def _output_of_function(self, name: str, words: Sequence[str]) -> str:
        before, self._printed = self._printed, []
        try:
            with self._subshell():
                self._status = self._function(name, words)
            return "\n".join(self._printed)
        finally:
            self._printed = before

    def _function_into(self, file: str, command: Command) -> int:
        """Run a function whose output goes to a file; return its exit status."""
        before, self._printed = self._printed, []
        try:
            status = self._function(command.words[0], command.words[1:])
            self._write(file, "".join(f"{one}\n" for one in self._printed), command)
        finally:
            self._printed = before
        return status

    def _output_of_aws(self, words: Sequence[str], command: Command, *, with_errors: bool) -> str:
        match words:
            case ["configure", "export-credentials", *rest]:
                return exported(self._calls.credentials(rest), rest)
            case ["configure", "get", name, *rest]:
                return self._configured(name, rest)
        before = len(self._steps)
        self._status = self._calls.aws(words, command.assignments)
        result = self._calls.last if len(self._steps) > before else None
        if result and result.error:
            return result.error_text if with_errors else ""
        return result.output if result else ""

    def _configured(self, name: str, words: Sequence[str]) -> str:
        """What `aws configure get` prints."""
        settings = self._calls.profiles.of(profile_of(words))
        if name in settings:
            return settings[name]
        variable = name.upper()
        credentials = self._calls.credentials(words) if variable.startswith("AWS_") else {}
        if variable not in credentials:
            raise NotTranslatedError(f"the setting {name} of the profile {profile_of(words)} is not known")
        return credentials[variable]

    def _date(self, words: Sequence[str]) -> str:
        """The simulated time, in UTC."""
        shapes = [word[1:] for word in words if word.startswith("+")]
        others = [word for word in words if not word.startswith("+") and word not in ("-u", "--utc")]
        if len(shapes) != 1 or others:
            raise NotTranslatedError("this form of date is not supported; date -u +FORMAT is")
        now = self._calls.player.simulation.now
        return now.strftime(shapes[0].replace("%s", str(int(now.timestamp()))))
