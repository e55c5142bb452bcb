"""How is a shell script translated? It is followed, and each of its calls is made on the model.

What a call prints becomes the value of the variable that takes it, a condition is decided by the answer, and
other credentials in the environment become `as`. What fails in the model gets the `expect` that says so.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from sts_tui.simulation.identities import Identity, UnknownIdentityError, name_in_tours, operator_identity
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tours.reading.services import SERVICES
from sts_tui.tours.scripts.aws_words import as_revocation, on_one_line, with_fresh_code
from sts_tui.tours.scripts.command_output import filtered, printed
from sts_tui.tours.scripts.shell_blocks import Block, For, If, Other, Simple, blocks_of
from sts_tui.tours.scripts.shell_statements import Statement, statements
from sts_tui.tours.scripts.shell_words import Command, Expander, NotTranslatedError, command_of, expanded
from sts_tui.tours.scripts.unmodelled_commands import Place, requests_for

_FAILED: Final = 254
"""https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html"""
_SILENT: Final = frozenset(
    {
        ":",
        "true",
        "cd",
        "mkdir",
        "chmod",
        "shopt",
        "trap",
        "hash",
        "which",
        "command",
        "type",
        "wait",
        "clear",
    }
    | {"rm", "jq"}
)
"""Commands without effect on AWS, or whose output is only shown."""
_KEY: Final = "AWS_ACCESS_KEY_ID"
_REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
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
    player = Player(simulation, tour_folder)
    return _Translator(player, folder, tour_folder, who, dict(environment or {})).translation(script)


class _Translator:
    def __init__(
        self, player: Player, folder: Path, tour_folder: Path, who: str | None, environment: dict[str, str]
    ) -> None:
        self._player = player
        self._folder = folder
        self._tour_folder = tour_folder
        self._values = environment
        self._files: dict[str, str] = {}
        """Text by the name of the file that the script writes it to."""
        self._profiles: dict[str, Identity] = {}
        self._steps: list[str] = []
        self._untranslated: list[Untranslated] = []
        self._status = 0
        self._ends_at_failure = False
        self._who = who
        self._start = player.resolve(who) if who else operator_identity()
        if who:
            self._step(f"as {shlex.quote(who)}")
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
                case Other(statement, kind):
                    self._list(statement, f"{kind} is not translated")

    def _if(self, block: If) -> None:
        for arm in block.arms:
            before = self._ends_at_failure
            self._ends_at_failure = False
            known = len(self._untranslated)
            self._follow(arm.condition)
            self._ends_at_failure = before
            if len(self._untranslated) > known:
                return  # not known which way it goes: neither
            if self._status == 0:
                self._follow(arm.body)
                return
        self._follow(block.otherwise)

    def _for(self, block: For) -> None:
        try:
            words = command_of(f": {block.words}", self._expander).words[1:]
        except NotTranslatedError as error:
            self._list(block.statement, str(error))
            return
        for word in words:
            if len(self._steps) > MOST_STEPS:
                self._list(block.statement, f"the loop makes more than {MOST_STEPS:,} steps")
                return
            self._values[block.name] = word
            self._follow(block.body)

    def _simple(self, statement: Statement, following: Block | None) -> None:
        if statement.follows == "|" or self._is_passed_over(statement):
            self._check_filter(statement)
            return
        if statement.text.startswith("#"):
            if not statement.text.startswith("#!"):
                self._steps.append(statement.text)
            return
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

    def _list(self, statement: Statement, reason: str) -> None:
        text = " ".join(statement.text.split())
        self._untranslated.append(Untranslated(statement.line, text, reason))
        shown = text if len(text) <= 80 else f"{text[:79]}…"
        self._steps.append(f"# Not translated, line {statement.line}: {shown} ({reason})")

    # Commands

    def _performed(self, statement: Statement, *, is_forgiven: bool = False) -> int:
        """Performs a statement; returns its exit status. Raises NotTranslatedError."""
        self._status = 0  # that of a $(…) in an assignment is the assignment's
        command = command_of(statement.text.removeprefix("! "), self._expander)
        if not command.words:
            for name, value in command.assignments:
                self._assign(name, value)
            return self._status
        return self._command(command, statement, is_forgiven=is_forgiven)

    def _command(self, command: Command, statement: Statement, *, is_forgiven: bool) -> int:
        name, *words = command.words
        if name == "aws":
            return self._aws(words, command.assignments, is_forgiven=is_forgiven)
        if name in ("[", "[[", "test"):
            return _test(words)
        if name in ("export", "declare", "local", "readonly", "typeset"):
            self._export(words)
        elif name == "unset":
            self._unset(words)
        elif name == "read":
            self._read(words, command.here)
        elif name in ("echo", "printf", "cat", "tee"):
            self._print(command, statement)
        elif name in ("set", "sleep", "exit", "return"):
            self._of_the_shell(name, words)
        elif name not in _SILENT:
            raise NotTranslatedError(f"{name} is not translated")
        return 0

    def _of_the_shell(self, name: str, words: Sequence[str]) -> None:
        if name == "sleep":
            duration = words[0] if words else ""
            self._step(f"wait {duration if duration[-1:].isalpha() else duration + 's'}")
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
                self._files[file] = self._content(() if name == "tee" else words, statement)
            return
        options = {"-e", "-n", "-en", "-ne"}
        text = printed(words) if name == "printf" else " ".join(word for word in words if word not in options)
        if file is not None:
            self._files[file] = text
        elif line := " ".join(text.split()):
            self._steps.append(f"say {line}")

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
        self._values[name] = value
        if name == _KEY:
            self._act_as(self._identity(value))
        elif name == "AWS_PROFILE":
            self._act_as(self._profile(value))
        elif name in _REGIONS and value != self._player.region:
            self._step(f"set region {shlex.quote(value)}")

    def _export(self, given: Sequence[str]) -> None:
        for word in given:
            name, equals, value = word.partition("=")
            if equals:
                self._assign(name, value)

    def _unset(self, names: Sequence[str]) -> None:
        for name in names:
            self._values.pop(name, None)
        if {_KEY, "AWS_PROFILE"} & set(names):
            self._act_as(self._start)

    def _read(self, words: Sequence[str], text: str | None) -> None:
        names = [word for word in words if not word.startswith("-") and word.isidentifier()]
        if text is None or not names:
            raise NotTranslatedError(
                "what is typed is not known; --env NAME=VALUE gives a variable its value"
            )
        values = text.split(maxsplit=len(names) - 1)
        for name, value in zip(names, [*values, *[""] * len(names)], strict=False):
            self._assign(name, value)

    def _identity(self, key: str) -> Identity:
        try:
            return self._player.resolve(key)
        except UnknownIdentityError as error:
            raise NotTranslatedError(error.message) from None

    def _profile(self, name: str) -> Identity:
        return self._profiles.get(name) or self._identity(name)

    def _act_as(self, identity: Identity) -> None:
        if identity != self._player.acting:
            name = self._who if self._who and identity == self._start else name_in_tours(identity)
            self._step(f"as {shlex.quote(name)}")

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
                before = len(self._steps)
                self._status = self._aws(words, command.assignments)
                result = self._last if len(self._steps) > before else None
                return result.output if result and not result.error else ""
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

    def _date(self, words: Sequence[str]) -> str:
        """The simulated time, in UTC."""
        shapes = [word[1:] for word in words if word.startswith("+")]
        others = [word for word in words if not word.startswith("+") and word not in ("-u", "--utc")]
        if len(shapes) != 1 or others:
            raise NotTranslatedError("this form of date is not computed; date -u +FORMAT is")
        now = self._player.simulation.now
        return now.strftime(shapes[0].replace("%s", str(int(now.timestamp()))))

    # Calls

    def _aws(
        self, words: Sequence[str], assignments: Sequence[tuple[str, str]] = (), *, is_forgiven: bool = False
    ) -> int:
        if words[:2] == ["configure", "set"]:
            return self._configure(words[2:])
        if words[:1] == ["configure"]:
            return 0
        words = [on_one_line(word) for word in self._with_files(self._with_profile(words, assignments))]
        acting = name_in_tours(self._player.acting)
        text = as_revocation(words) or f"aws {shlex.join(with_fresh_code(words, acting))}"
        if not _is_simulated(words):
            return self._requests(words, is_forgiven=is_forgiven)
        try:
            return self._call(text, is_forgiven=is_forgiven)
        except StepError as error:
            raise NotTranslatedError(str(error)) from None

    def _requests(self, words: Sequence[str], *, is_forgiven: bool) -> int:
        """The requests that stand for a call which is not performed."""
        profile = words[words.index("--profile") + 1] if "--profile" in words[:-1] else None
        acting = self._player.acting
        caller = self._identity(profile) if profile else acting
        simulation = self._player.simulation
        account = caller.account or simulation.world.first_account
        region = words[words.index("--region") + 1] if "--region" in words[:-1] else self._player.region
        found = requests_for(words, Place(region, account, simulation.world.configuration))
        self._act_as(caller)
        status = 0
        for action, resource in found.steps:
            text = f"request {action} {shlex.quote(resource)}"
            status = self._call(text, is_forgiven=is_forgiven) or status
        self._act_as(acting)
        if found.note:
            self._steps.append(f"# {shlex.join(['aws', *words])[:100]}: {found.note}")
        self._last = None
        return status

    def _call(self, text: str, *, is_forgiven: bool = False) -> int:
        result = self._played(f"try {text}" if is_forgiven else text)
        self._last = result
        if result.error is None:
            self._steps.append(text)
            return 0
        if is_forgiven:
            self._steps.append(f"try {text}")
            return _FAILED
        has_decision = result.decision is not None and text.startswith("request ")
        expectation = "expect denied" if has_decision else f"expect error {result.error.code}"
        self._steps += [text, expectation]
        return _FAILED

    _last: StepResult | None = None

    def _step(self, text: str) -> None:
        self._played(text)
        self._steps.append(text)

    def _played(self, text: str) -> StepResult:
        """Raises NotTranslatedError for a step that cannot be performed."""
        try:
            result = self._player.perform(parse_step(text))
        except StepError as error:
            raise NotTranslatedError(str(error)) from None
        if result.is_invalid:
            raise NotTranslatedError(result.message)
        return result

    def _with_profile(self, words: Sequence[str], assignments: Sequence[tuple[str, str]]) -> list[str]:
        """The words with the profile as tours name it, also where `NAME=value` before `aws` names it."""
        given = dict(assignments)
        found = list(words)
        if "--profile" in found[:-1]:
            at = found.index("--profile") + 1
            found[at] = name_in_tours(self._profile(found[at]))
        elif _KEY in given:
            found += ["--profile", name_in_tours(self._identity(given[_KEY]))]
        elif "AWS_PROFILE" in given:
            found += ["--profile", name_in_tours(self._profile(given["AWS_PROFILE"]))]
        region = next((given[name] for name in _REGIONS if name in given), None)
        return [*found, "--region", region] if region and "--region" not in found else found

    def _with_files(self, words: Sequence[str]) -> list[str]:
        """`file://` names what the script has written, or a file beside the script."""
        found = []
        for word in words:
            scheme, separator, name = word.partition("file://")
            if not separator or scheme not in ("", "fileb://") or not name:
                found.append(word)
            elif name in self._files:
                found.append(self._files[name].strip())
            else:
                path = os.path.relpath(self._folder / name, self._tour_folder)
                found.append(f"file://{path}")
        return found

    def _configure(self, words: Sequence[str]) -> int:
        """`aws configure set aws_access_key_id KEY --profile NAME`: who a profile is."""
        name = words[words.index("--profile") + 1] if "--profile" in words[:-1] else "default"
        if words[:1] == ["aws_access_key_id"] and len(words) > 1:
            self._profiles[name] = self._identity(words[1])
            if name == "default":
                self._act_as(self._profiles[name])
        elif words[:1] == ["region"] and len(words) > 1 and name == "default":
            self._assign("AWS_REGION", words[1])
        return 0


def _is_simulated(words: Sequence[str]) -> bool:
    """Whether the call is performed; every other one is only authorized."""
    if len(words) < 2 or words[0] not in SERVICES:
        return False
    return words[1] == "wait" or SERVICES[words[0]].operation(words[1]) is not None


def _test(words: Sequence[str]) -> int:
    """`[ -z TEXT ]`, `[ A = B ]` and their kind. Raises NotTranslatedError for the others."""
    given = [word for word in words if word not in ("]", "]]")]
    match given:
        case ["-z", *rest]:
            return int(bool("".join(rest)))
        case ["-n", *rest]:
            return int(not "".join(rest))
        case [one, "=" | "==", other]:
            return int(one != other)
        case [one, "!=", other]:
            return int(one == other)
        case _:
            raise NotTranslatedError(f"the test [ {' '.join(given)} ] is not computed")
