"""How is a shell script translated? It is followed, and each of its calls is made on the model.

What a call prints becomes the value of the variable that takes it, a condition is decided by the answer, and
other credentials in the environment become `as`. What fails in the model gets the `expect` that says so.

A statement that cannot be followed is listed, and what it sets becomes unknown. Where this is the access key,
calls are left out until the identity is known again: they would be made by the wrong caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.scripts.command_output import filtered, printed
from sts_tui.tours.scripts.script_calls import KEY, REGIONS, ScriptCalls
from sts_tui.tours.scripts.script_profiles import DEFAULT, exported, profile_of
from sts_tui.tours.scripts.shell_blocks import (
    FUNCTION,
    SUBSHELL,
    Block,
    For,
    Group,
    If,
    Other,
    Simple,
    blocks_of,
    texts_of,
)
from sts_tui.tours.scripts.shell_condition import test_status
from sts_tui.tours.scripts.shell_statements import Statement, statements
from sts_tui.tours.scripts.shell_variables import SetNames, Variables, names_set_by, names_set_by_all
from sts_tui.tours.scripts.shell_words import (
    Command,
    Expander,
    NotTranslatedError,
    array_of,
    command_of,
    expanded,
)

_SILENT: Final = frozenset(
    {":", "true", "cd", "mkdir", "chmod", "shopt", "trap", "hash", "which", "command", "type", "wait"}
    | {"clear", "rm", "jq"}
)
"""Commands without effect on AWS, or whose output is only shown."""
_PROFILES: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_IDENTITY: Final = frozenset({KEY, *_PROFILES, "AWS_WEB_IDENTITY_TOKEN_FILE"})
"""Variables that decide whose credentials the AWS CLI uses."""
_OPTIONS_OF_READ: Final = frozenset({"-a", "-d", "-i", "-n", "-N", "-p", "-t", "-u"})
"""Those with a value."""
_PROCESS: Final = lazy_pattern(r"(source|\.|read\b.*<)\s+<\((.*)\)\s*", re.DOTALL)
MOST_NESTED: Final = 10
"""Scripts that call each other with `source` or `eval`."""
MOST_STEPS: Final = 2_000
"""Steps of one script; a loop that makes more is listed."""


class Untranslated(Struct, frozen=True):
    """A part of the script that the tour does not have."""

    line: int
    text: str
    reason: str


class Translation(Struct, frozen=True):
    """The steps of the tour, and what could not be translated."""

    steps: tuple[str, ...]
    untranslated: tuple[Untranslated, ...]


class _ScriptEnd(Exception):
    """The script ends here: `exit`, or a failure under `set -e`."""


def translate(
    script: str,
    simulation: Simulation,
    *,
    folder: Path,
    tour_folder: Path,
    who: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Translation:
    """The tour that does what a script does.

    `simulation` is used up. `folder` is the script's: its `file://` paths are relative to it, those of the
    tour to `tour_folder`. `who` runs the script; None: the operator. `environment` gives variables and
    arguments (`1`, `2` …) that the script does not set. Raises UnknownIdentityError for `who`.
    """
    calls = ScriptCalls(Player(simulation, tour_folder), folder, tour_folder, who)
    return _Translator(calls, dict(environment or {})).translation(script)


class _Translator:
    def __init__(self, calls: ScriptCalls, environment: dict[str, str]) -> None:
        self._calls = calls
        self._steps = calls.steps
        self._files = calls.files
        self._values = Variables(environment)
        self._functions: dict[str, SetNames] = {}
        self._line = 1
        self._outer_line: int | None = None
        self._depth = 0
        self._untranslated: list[Untranslated] = []
        self._status = 0
        self._ends_at_failure = False
        self._expander = Expander(self._values.get, self._output)

    def translation(self, script: str) -> Translation:
        with suppress(_ScriptEnd):
            self._follow(blocks_of(script))
        return Translation(tuple(self._steps), tuple(self._untranslated))

    # Blocks

    def _follow(self, blocks: Sequence[Block]) -> None:
        for position, block in enumerate(blocks):
            match block:
                case Simple(statement):
                    following = blocks[position + 1] if position + 1 < len(blocks) else None
                    self._simple(statement, following)
                case If():
                    self._if(block)
                case For():
                    self._for(block)
                case Group(body):
                    self._follow(body)
                case Other(statement, kind):
                    if kind == FUNCTION:
                        self._functions[block.name] = names_set_by_all(block.body)
                    is_of_this_shell = kind not in (FUNCTION, SUBSHELL)
                    found = names_set_by_all(block.body) if is_of_this_shell else SetNames()
                    self._list(statement, f"{kind} is not translated", found)

    def _if(self, block: If) -> None:
        for arm in block.arms:
            before = self._ends_at_failure
            self._ends_at_failure = False
            known = len(self._untranslated)
            self._follow(arm.condition)
            self._ends_at_failure = before
            if len(self._untranslated) > known:
                found = names_set_by_all(texts_of([block]))  # not known which way it goes: neither
                self._forget(found, self._untranslated[-1].line)
                return
            if self._status == 0:
                self._follow(arm.body)
                return
        self._follow(block.otherwise)

    def _for(self, block: For) -> None:
        try:
            words = command_of(f": {block.words}", self._expander).words[1:]
        except NotTranslatedError as error:
            self._list(block.statement, str(error), names_set_by_all(texts_of([block])))
            return
        for word in words:
            if len(self._steps) > MOST_STEPS:
                reason = f"the loop makes more than {MOST_STEPS:,} steps"
                self._list(block.statement, reason, names_set_by_all(texts_of([block])))
                return
            self._values.set(block.name, word)
            self._follow(block.body)

    def _simple(self, statement: Statement, following: Block | None) -> None:
        if statement.follows == "|" or self._is_passed_over(statement):
            self._check_filter(statement)
            return
        if statement.text.startswith("#"):
            if not statement.text.startswith("#!"):
                self._steps.append(statement.text)
            return
        self._line = statement.line
        next_operator = following.statement.follows if isinstance(following, Simple) else ""
        is_negated = statement.text.startswith("! ")
        try:
            self._status = self._performed(statement, is_forgiven=next_operator == "||" or is_negated)
        except NotTranslatedError as error:
            self._list(statement, str(error))
            self._status = 0
        if is_negated:
            self._status = int(not self._status)
        elif self._status and self._ends_at_failure and next_operator not in ("&&", "||"):
            self._steps.append(f"# The script ends here, at line {statement.line}: set -e")
            raise _ScriptEnd

    def _is_passed_over(self, statement: Statement) -> bool:
        if statement.follows == "&&":
            return self._status != 0
        return statement.follows == "||" and self._status == 0

    def _check_filter(self, statement: Statement) -> None:
        """What a pipe hands on is only shown, unless another call takes it."""
        words = statement.text.split()
        if statement.follows == "|" and words and words[0] in ("xargs", "while", "aws"):
            self._list(statement, f"what a pipe hands to {words[0]} is not translated")

    def _list(self, statement: Statement, reason: str, sets: SetNames | None = None) -> None:
        """`sets`: what it would set; None: what its text says."""
        line = self._outer_line or statement.line
        text = " ".join(statement.text.split())
        reason = " ".join(reason.split())
        self._untranslated.append(Untranslated(line, text, reason))
        shown = text if len(text) <= 80 else f"{text[:79]}…"
        self._steps.append(f"# Not translated, line {line}: {shown} ({reason})")
        self._forget(sets or self._set_by(statement.text), line)
        if statement.text.startswith("aws configure "):
            self._forget_profile(statement.text, line)

    def _forget_profile(self, text: str, line: int) -> None:
        """A call of `aws configure` that cannot be followed may have set other credentials."""
        name = profile_of(text.split())
        dotted = text.split()[3:4] if text.startswith("aws configure set profile.") else []
        self._calls.profiles.forget(dotted[0].split(".")[1] if dotted else name, line)
        with suppress(NotTranslatedError):
            self._use_credentials()

    def _set_by(self, text: str) -> SetNames:
        command = text.removeprefix("! ").split(maxsplit=1)[:1]
        return self._functions.get("".join(command)) or names_set_by(text)

    def _forget(self, sets: SetNames, line: int) -> None:
        names = sets.names if sets.are_all else {*sets.names, KEY}
        self._values.forget(names, line)
        if names & _IDENTITY:
            with suppress(NotTranslatedError):
                self._use_credentials()

    # Commands

    def _performed(self, statement: Statement, *, is_forgiven: bool = False) -> int:
        """Performs a statement; returns its exit status. Raises NotTranslatedError."""
        self._status = 0  # that of a $(…) in an assignment is the assignment's
        text = statement.text.removeprefix("! ")
        if process := _PROCESS.fullmatch(text):  # <(…) is what a command prints
            is_read = process[1].startswith("read")
            text = f'{process[1]}<< "$({process[2]})"' if is_read else f'eval "$({process[2]})"'
        command = command_of(text, self._expander)
        if not command.words:
            for name, value in command.assignments:
                self._assign(name, value)
            return self._status
        return self._command(command, statement, is_forgiven=is_forgiven)

    def _command(self, command: Command, statement: Statement, *, is_forgiven: bool) -> int:
        name, *words = command.words
        if name == "aws":
            return self._calls.aws(words, command.assignments, is_forgiven=is_forgiven)
        if name in ("[", "[[", "test"):
            return test_status(words)
        if name in ("export", "declare", "local", "readonly", "typeset"):
            self._export(words)
        elif name == "unset":
            self._unset(words)
        elif name == "read":
            self._read(words, command.here, dict(command.assignments).get("IFS"))
        elif name in ("eval", "source", "."):
            return self._evaluate(" ".join(words) if name == "eval" else self._sourced(words), statement)
        elif name in ("echo", "printf", "cat", "tee"):
            self._print(command, statement)
        elif name in ("set", "sleep", "exit", "return"):
            self._of_the_shell(name, words)
        elif name not in _SILENT:
            raise NotTranslatedError(f"{name} is not translated")
        return 0

    def _evaluate(self, text: str, statement: Statement) -> int:
        """Follows text as statements of this script; returns the exit status of the last."""
        if self._depth == MOST_NESTED:
            raise NotTranslatedError(f"more than {MOST_NESTED} scripts call each other")
        before, self._outer_line = self._outer_line, self._outer_line or statement.line
        self._depth += 1
        self._status = 0
        self._follow(blocks_of(text))
        self._depth -= 1
        self._outer_line = before
        return self._status

    def _sourced(self, words: Sequence[str]) -> str:
        if not words:
            raise NotTranslatedError("source names no file")
        return self._calls.text_of_file(words[0])

    def _of_the_shell(self, name: str, words: Sequence[str]) -> None:
        if name == "sleep":
            duration = words[0] if words else ""
            self._calls.step(f"wait {duration if duration[-1:].isalpha() else duration + 's'}")
        elif name == "set" and words[:1] == ["--"]:
            for position, word in enumerate(words[1:], 1):
                self._values.set(str(position), word)
        elif name == "set":
            short = [word.partition("o")[0] for word in words if word.startswith("-")]
            self._ends_at_failure |= "errexit" in words or any("e" in letters for letters in short)
        else:
            raise _ScriptEnd

    def _print(self, command: Command, statement: Statement) -> None:
        """What is printed into a file is kept, what is shown becomes narration."""
        name, *words = command.words
        file = words[-1] if name == "tee" and words else command.written_to
        if name in ("cat", "tee"):
            if file is not None:
                self._write(file, self._content(() if name == "tee" else words, statement), command)
            return
        options = {"-e", "-n", "-en", "-ne"}
        text = printed(words) if name == "printf" else " ".join(word for word in words if word not in options)
        if file is not None:
            is_line = name == "echo" and "-n" not in words
            self._write(file, f"{text}\n" if is_line else text, command)
        elif line := " ".join(text.split()):
            self._steps.append(f"say {line}")

    def _write(self, file: str, text: str, command: Command) -> None:
        is_appended = command.is_appended or (command.words[:2] in (("tee", "-a"), ("tee", "--append")))
        self._files[file] = self._files.get(file, "") + text if is_appended else text
        if self._calls.profiles.read(file, self._files[file]):
            self._use_credentials()

    def _content(self, names: Sequence[str], statement: Statement) -> str:
        """What `cat` prints: the lines after `<<`, or files that the script has written."""
        if statement.heredoc is not None:
            text = statement.heredoc
            return text if statement.is_quoted else expanded(text, self._expander)
        missing = [name for name in names if name not in self._files]
        if missing or not names:
            raise NotTranslatedError(f"what {' '.join(missing) or 'standard input'} holds is not known")
        return "".join(self._files[name] for name in names)

    # Variables

    def _assign(self, name: str, value: str) -> None:
        self._values.set(name, value)
        if name in _IDENTITY:
            self._use_credentials()
        elif name in REGIONS:
            self._calls.use_region(value)

    def _use_credentials(self) -> None:
        """The caller becomes the one whose credentials the AWS CLI finds first. Raises NotTranslatedError
        where this is not known; then calls are left out.

        https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html#configure-precedence
        """
        try:
            self._calls.act_as(self._caller())
        except NotTranslatedError:
            lines = [since for name in _IDENTITY if (since := self._values.unknown_since(name))]
            line = max(lines, default=None) or self._outer_line or self._line
            self._calls.forget_identity(f"line {line}")
            raise

    def _caller(self) -> Identity:
        if key := self._values.get(KEY):
            return self._calls.identity(key)
        for name in _PROFILES:
            if profile := self._values.get(name):
                return self._calls.profile(profile)
        if self._values.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
            raise NotTranslatedError("the AWS CLI signs in with a token file that the tour does not have")
        return self._calls.profile(DEFAULT)

    def _export(self, given: Sequence[str]) -> None:
        for word in given:
            name, equals, value = word.partition("=")
            if equals:
                self._assign(name, value)

    def _unset(self, names: Sequence[str]) -> None:
        for name in names:
            self._values.unset(name)
        if _IDENTITY & set(names):
            self._use_credentials()

    def _read(self, words: Sequence[str], text: str | None, separator: str | None) -> None:
        options = {
            word for at, word in enumerate(words) if words[at - 1 : at] and words[at - 1] in _OPTIONS_OF_READ
        }
        names = [word for word in words if word.isidentifier() and word not in options]
        is_array = any(word.startswith("-") and "a" in word for word in words)
        if is_array:
            names = [word for word in words if not word.startswith("-")][:1]
        if text is None or not names:
            raise NotTranslatedError(
                "what is typed is not known; --env NAME=VALUE gives a variable its value"
            )
        by = separator if separator and separator.strip() else None
        if by is not None and len(by) > 1:
            raise NotTranslatedError("IFS of several characters is not computed")
        if is_array:
            for name, value in array_of(names[0], text.split(by)):
                self._assign(name, value)
            return
        values = text.split(by, maxsplit=len(names) - 1)
        for name, value in zip(names, [*values, *[""] * len(names)], strict=False):
            self._assign(name, value)

    # Output

    def _output(self, text: str) -> str:
        """What the command in `$(…)` prints. Raises NotTranslatedError."""
        pipeline = list(statements(text))
        if not pipeline or any(one.follows not in ("", "|") for one in pipeline):
            raise NotTranslatedError("only one command, or a pipe, is followed within $(…)")
        output = self._first_output(pipeline[0])
        for one in pipeline[1:]:
            output = filtered(command_of(one.text, self._expander).words, output)
        return output.rstrip("\n")

    def _first_output(self, statement: Statement) -> str:
        command = command_of(statement.text, self._expander)
        match command.words:
            case ["aws", *words]:
                return self._output_of_aws(words, command)
            case ["echo", *words]:
                return " ".join(words)
            case ["printf", *words]:
                return printed(words)
            case ["cat", *names]:
                return self._content(names, statement)
            case ["jq", *words] if command.here is not None:
                return filtered(["jq", *words], command.here)
            case ["jq", *words, name] if name in self._files:
                return filtered(["jq", *words], self._files[name])
            case ["date", *words]:
                return self._date(words)
            case [name, *_]:
                raise NotTranslatedError(f"what {name} prints is not known")
            case _:
                raise NotTranslatedError("$() prints nothing")

    def _output_of_aws(self, words: Sequence[str], command: Command) -> str:
        match words:
            case ["configure", "export-credentials", *rest]:
                return exported(self._calls.credentials(rest), rest)
            case ["configure", "get", name, *rest]:
                return self._configured(name, rest)
        before = len(self._steps)
        self._status = self._calls.aws(words, command.assignments)
        result = self._calls.last if len(self._steps) > before else None
        return result.output if result and not result.error else ""

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
            raise NotTranslatedError("this form of date is not computed; date -u +FORMAT is")
        now = self._calls.player.simulation.now
        return now.strftime(shapes[0].replace("%s", str(int(now.timestamp()))))
