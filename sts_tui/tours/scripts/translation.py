"""How is a shell script translated? It is interpreted, and each of its calls is made on the model. The output
of a call becomes the value of its variable, a condition depends on the result, and other credentials in the
environment become `as`. A call that fails in the model gets a matching `expect`. A statement that is not
supported is listed, and the variables that it sets become unknown. If this is the access key, calls are left
out until the identity is known again, because the wrong caller would make them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.scripts.command_output import is_filter
from sts_tui.tours.scripts.loop_input import (
    names_read,
    pipe_into_a_loop,
    pipe_of,
    words_of_braces,
)
from sts_tui.tours.scripts.parameter_expansion import matches
from sts_tui.tours.scripts.script_calls import ScriptCalls
from sts_tui.tours.scripts.script_flow import (
    DECISIONS,
    EXPORTS,
    MOST_NESTED,
    MOST_ROUNDS,
    MOST_STEPS,
    OF_THE_SHELL,
    SILENT,
    Break,
    Continue,
    Return,
    ScriptEnd,
    Translation,
)
from sts_tui.tours.scripts.script_output import ScriptOutput
from sts_tui.tours.scripts.shell_blocks import (
    SUBSHELL,
    Block,
    Case,
    For,
    Function,
    Group,
    If,
    Other,
    Simple,
    Subshell,
    While,
    blocks_of,
    texts_of,
)
from sts_tui.tours.scripts.shell_condition import test_status
from sts_tui.tours.scripts.shell_statements import Statement
from sts_tui.tours.scripts.shell_variables import SetNames, names_set_by_all
from sts_tui.tours.scripts.shell_words import (
    Command,
    NotTranslatedError,
    command_of,
)

_PROCESS: Final = lazy_pattern(r"(source|\.|read\b.*<)\s+<\((.*)\)\s*", re.DOTALL)


def translate(
    script: str,
    simulation: Simulation,
    *,
    folder: Path,
    tour_folder: Path,
    who: str | None = None,
    environment: Mapping[str, str] | None = None,
    profiles: Mapping[str, str] | None = None,
) -> Translation:
    """The tour with the same calls as a script. `simulation` is changed. `folder`: the script's `file://`
    paths are relative to it; those of the tour to `tour_folder`. `who`: the identity that runs the script;
    None: the operator. `environment`: variables and arguments (`1`, `2` …) that the script does not set, by
    name. `profiles`: the WHO of profiles that it does not configure, by name. Raises UnknownIdentityError for
    `who` and a profile.
    """
    calls = ScriptCalls(Player(simulation, tour_folder), folder, tour_folder, who, profiles)
    return _Translator(calls, dict(environment or {})).translation(script)


def _decides(statement: Statement) -> bool:
    return statement.text.split()[:1] == ["grep"]


class _Translator(ScriptOutput):
    def translation(self, script: str) -> Translation:
        with suppress(ScriptEnd, Return, Break, Continue):
            self._follow(blocks_of(script))
        return Translation(tuple(self._steps), tuple(dict.fromkeys(self._untranslated)))

    def _follow(self, blocks: Sequence[Block]) -> None:
        position = 0
        while position < len(blocks):
            piped = pipe_into_a_loop(blocks, position)
            if piped:
                self._piped(piped)
                position += len(piped)
                continue
            pipe = pipe_of(blocks, position)
            if pipe and (self._printed is not None or _decides(pipe[-1].statement)):
                following = blocks[position + len(pipe)] if position + len(pipe) < len(blocks) else None
                self._computed_pipe(pipe, following)
                position += len(pipe)
                continue
            self._block(blocks, position)
            position += 1

    def _block(self, blocks: Sequence[Block], position: int) -> None:
        block = blocks[position]
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        if isinstance(block, Simple):
            self._simple(block.statement, following)
        elif isinstance(block, Function):
            self._functions[block.name] = block.body
        elif isinstance(block, If):
            self._if(block)
        elif not self._is_passed_over(block.statement):
            self._compound(block, following)

    def _compound(
        self, block: For | While | Case | Group | Subshell | Other, following: Block | None
    ) -> None:
        match block:
            case For():
                self._for(block)
            case While():
                self._while(block)
            case Case():
                self._case(block)
            case Group():
                self._follow(block.body)
            case Subshell():
                self._in_subshell(block, following)
            case Other(statement, kind):
                found = names_set_by_all(block.body) if kind != SUBSHELL else SetNames()
                self._list(statement, f"{kind} is not translated", found)

    def _in_subshell(self, block: Subshell, following: Block | None) -> None:
        """Run a subshell, whose variables, credentials and functions, `set -e` and `exit`, do not affect the
        script.
        """
        next_operator = following.statement.follows if isinstance(following, Simple) else ""
        is_piped = block.statement.follows == "|" or (next_operator == "|" and self._printed is not None)
        if is_piped:
            self._list(block.statement, "a pipe with a subshell is not translated", SetNames())
            return
        before = (self._ends_at_failure, dict(self._functions), self._arguments)
        self._ends_at_failure &= next_operator not in ("&&", "||")
        self._status = 0
        with self._subshell(), suppress(ScriptEnd, Return, Break, Continue):
            self._follow(block.body)
        self._ends_at_failure, self._functions, self._arguments = before
        self._end_or_go_on(block.statement, following, is_negated=False)

    def _decide(self, condition: Sequence[Block], whole: Block, line: int) -> bool:
        """Evaluate a condition, whose failure does not end the script. Return False if its result is unknown:
        then all variables that the whole statement may set are unknown.
        """
        before, self._ends_at_failure = self._ends_at_failure, False
        known = len(self._untranslated)
        self._deciding += 1
        self._follow(condition)
        self._deciding -= 1
        self._ends_at_failure = before
        if len(self._untranslated) == known:
            return True
        self._forget(names_set_by_all(texts_of([whole])), line)
        return False

    def _if(self, block: If) -> None:
        for arm in block.arms:
            if not self._decide(arm.condition, block, self._line):
                return
            if self._status == 0:
                self._follow(arm.body)
                return
        self._status = 0
        self._follow(block.otherwise)

    def _for(self, block: For) -> None:
        try:
            words = command_of(f": {block.words}", self._expander).words[1:]
        except NotTranslatedError as error:
            self._leave_out(block, str(error))
            return
        self._status = 0
        for word in (one for text in words for one in words_of_braces(text)):
            self._values.set(block.name, word)
            if self._is_too_long(block) or self._ends_loop(block.body):
                return

    def _leave_out(self, block: For | While | Case, reason: str) -> None:
        self._list(block.statement, reason, names_set_by_all(texts_of([block])))

    def _is_too_long(self, block: For | While) -> bool:
        if len(self._steps) > MOST_STEPS:
            self._leave_out(block, f"the loop makes more than {MOST_STEPS:,} steps")
            return True
        return False

    def _ends_loop(self, body: Sequence[Block]) -> bool:
        """Run the body once; return whether it ended with `break`."""
        try:
            self._follow(body)
        except Break:
            return True
        except Continue:
            pass
        return False

    def _while(self, block: While) -> None:
        read = names_read(block)
        if read is not None:
            try:
                lines = self._lines_of(block.tail)
            except NotTranslatedError as error:
                self._leave_out(block, str(error))
                return
            self._each_line(block, read, lines)
            return
        for _ in range(MOST_ROUNDS):
            if not self._decide(block.condition, block, block.statement.line):
                return
            if bool(self._status) is not block.is_until:
                self._status = 0
                return
            if self._ends_loop(block.body):
                return
        self._leave_out(block, f"the loop does not end within {MOST_ROUNDS:,} rounds")

    def _lines_of(self, tail: str) -> str:
        """The input of `done <<< TEXT` and `done < <(command)`. Raises NotTranslatedError."""
        if tail.startswith("<<<"):
            return command_of(f": {tail}", self._expander).here or ""
        if tail.startswith("<") and tail[1:].lstrip().startswith("<(") and tail.endswith(")"):
            return self._output(tail[1:].lstrip()[2:-1])
        if tail.startswith("<") and tail[1:].strip():
            return self._calls.text_of_file(tail[1:].strip())
        raise NotTranslatedError("what the loop reads is not known")

    def _each_line(self, block: While, names: Sequence[str], text: str) -> None:
        self._status = 0
        for line in text.splitlines():
            self._take(names, line, None)
            if self._is_too_long(block) or self._ends_loop(block.body):
                return

    def _piped(self, blocks: Sequence[Block]) -> None:
        """`aws … | while read NAME; do …; done`: the loop reads the pipe's output, in a subshell."""
        loop = blocks[-1]
        assert isinstance(loop, While)
        commands = [block.statement.text for block in blocks[:-1] if isinstance(block, Simple)]
        try:
            text = self._output(" | ".join(commands))
        except NotTranslatedError as error:
            self._list(loop.statement, str(error), SetNames())
            return
        with self._subshell():
            self._each_line(loop, names_read(loop) or (), text)

    def _computed_pipe(self, pipe: Sequence[Simple], following: Block | None) -> None:
        """A pipe whose output a function captures, or whose last command is a condition: `… | grep -q
        WORD`.
        """
        first = pipe[0].statement
        if self._is_passed_over(first):
            return
        texts = [block.statement.text for block in pipe]
        is_negated = first.text.startswith("! ")
        texts[0] = texts[0].removeprefix("! ")
        is_followed = isinstance(following, Simple) and following.statement.follows in ("&&", "||")
        is_only_shown = not (
            self._deciding or is_followed or self._ends_at_failure or self._printed is not None
        )
        made = len(self._steps)
        try:
            output = self._output(" | ".join(texts))
        except NotTranslatedError as error:
            if not is_only_shown or len(self._steps) == made:
                self._list(first, str(error), SetNames())
            self._status = 0
            return
        if _decides(pipe[-1].statement):
            self._status = int(not output)
        elif self._printed is not None:
            self._printed.append(output)
        self._end_or_go_on(first, following, is_negated=is_negated)

    def _end_or_go_on(self, statement: Statement, following: Block | None, *, is_negated: bool) -> None:
        """Apply `!`, and end the script at a failure under `set -e`."""
        next_operator = following.statement.follows if isinstance(following, Simple) else ""
        if is_negated:
            self._status = int(not self._status)
        elif self._status and self._ends_at_failure and next_operator not in ("&&", "||"):
            self._steps.append(f"# The script ends here, at line {statement.line}: set -e")
            raise ScriptEnd

    def _case(self, block: Case) -> None:
        try:
            word = " ".join(command_of(f": {block.word}", self._expander).words[1:])
            wanted = [
                [" ".join(command_of(f": {one}", self._expander).words[1:]) for one in patterns]
                for patterns, _ in block.arms
            ]
        except NotTranslatedError as error:
            self._leave_out(block, str(error))
            return
        self._status = 0
        for patterns, (_, body) in zip(wanted, block.arms, strict=True):
            if any(matches(word, one) for one in patterns):
                self._follow(body)
                return

    def _function(self, name: str, arguments: Sequence[str]) -> int:
        if self._depth >= MOST_NESTED:
            raise NotTranslatedError(f"functions call each other more than {MOST_NESTED} times")
        before, self._arguments = self._arguments, list(arguments)
        self._depth += 1
        try:
            self._follow(self._functions[name])
        except Return:
            pass
        finally:
            self._arguments = before
            self._depth -= 1
        return self._status

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
        before = self._ends_at_failure
        is_shielded = is_negated or next_operator in ("&&", "||")
        if is_shielded:
            self._ends_at_failure = False
        try:
            self._status = self._performed(statement, is_forgiven=next_operator == "||" or is_negated)
        except NotTranslatedError as error:
            self._list(statement, str(error))
            self._status = 0
        finally:
            if is_shielded:
                self._ends_at_failure = before
        self._end_or_go_on(statement, following, is_negated=is_negated)

    def _check_filter(self, statement: Statement) -> None:
        """Check a filter of a pipe, whose output is only shown, unless another call reads it."""
        words = statement.text.split()
        if statement.follows == "|" and words and words[0] in ("xargs", "while", "aws"):
            self._list(statement, f"what a pipe hands to {words[0]} is not translated")

    def _performed(self, statement: Statement, *, is_forgiven: bool = False) -> int:
        """Perform a statement; return its exit status. Raises NotTranslatedError."""
        self._substituted = 0
        text = statement.text.removeprefix("! ")
        if process := _PROCESS.fullmatch(text):  # <(…) is a command's output
            is_read = process[1].startswith("read")
            text = f'{process[1]}<< "$({process[2]})"' if is_read else f'eval "$({process[2]})"'
        command = command_of(text, self._expander)
        if not command.words:
            for name, value in command.assignments:
                self._assign(name, value)
            return self._substituted  # an assignment has the status of its $(…)
        return self._command(command, statement, is_forgiven=is_forgiven)

    def _command(self, command: Command, statement: Statement, *, is_forgiven: bool) -> int:
        name, *words = command.words
        if name == "aws":
            return self._aws(command, words, is_forgiven=is_forgiven)
        if name in self._functions:
            file = command.written_to
            into = file if file not in (None, "/dev/null", "/dev/stderr") else None
            return self._function(name, words) if into is None else self._function_into(into, command)
        if name in DECISIONS:
            return test_status(command.words, self._files) if name != "false" else 1
        if name in ("eval", "source", "."):
            return self._evaluate(" ".join(words) if name == "eval" else self._sourced(words), statement)
        if name in ("echo", "printf", "cat", "tee"):
            self._print(command, statement)
        elif name in OF_THE_SHELL:
            self._of_the_shell(name, words)
        elif name in (*EXPORTS, "unset", "read"):
            self._change(command)
        elif is_filter(name) and self._reads(command) and (name not in SILENT or self._printed is not None):
            return self._show(command)
        elif name not in SILENT:
            raise NotTranslatedError(f"{name} is not translated")
        return 0

    def _change(self, command: Command) -> None:
        name, *words = command.words
        if name in EXPORTS:
            self._export(words)
        elif name == "unset":
            self._unset(words)
        else:
            self._read(words, command.here, dict(command.assignments).get("IFS"))

    def _evaluate(self, text: str, statement: Statement) -> int:
        """Run text as statements of this script; return the exit status of the last one."""
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
            self._arguments = list(words[1:])
        elif name == "set":
            short = [word.partition("o")[0] for word in words if word.startswith("-")]
            self._ends_at_failure |= "errexit" in words or any("e" in letters for letters in short)
        elif name == "shift":
            self._arguments = self._arguments[int(words[0]) if words and words[0].isdecimal() else 1 :]
        elif name in ("break", "continue"):
            raise Break if name == "break" else Continue
        elif name == "return" and self._depth:
            self._status = int(words[0]) if words and words[0].isdecimal() else self._status
            raise Return
        else:
            self._status = int(words[0]) if words and words[0].isdecimal() else self._status
            raise ScriptEnd
