"""What is the state of a script's shell: variables, arguments, functions, and credentials?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from sts_tui.simulation.identities import Identity
from sts_tui.tours.scripts.loop_input import (
    arguments_in,
)
from sts_tui.tours.scripts.script_calls import KEY, REGIONS, ScriptCalls
from sts_tui.tours.scripts.script_flow import (
    Untranslated,
)
from sts_tui.tours.scripts.script_profiles import DEFAULT, profile_of
from sts_tui.tours.scripts.shell_blocks import (
    Block,
    texts_of,
)
from sts_tui.tours.scripts.shell_statements import Statement
from sts_tui.tours.scripts.shell_variables import SetNames, Variables, names_set_by, names_set_by_all
from sts_tui.tours.scripts.shell_words import (
    Expander,
    NotTranslatedError,
    array_of,
)

_PROFILES: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_IDENTITY: Final = frozenset({KEY, *_PROFILES, "AWS_WEB_IDENTITY_TOKEN_FILE"})
"""Variables that decide whose credentials the AWS CLI uses."""
_OPTIONS_OF_READ: Final = frozenset({"-a", "-d", "-i", "-n", "-N", "-p", "-t", "-u"})
"""Options of `read` with a value."""
_ALIKE: Final = 200
"""How far back an equal step is searched, because a loop repeats steps."""

_PROCESS_ID: Final = "4242"
"""`$$`, which scripts put into the names of files; the same in every run."""


class ShellState:
    """The state that is read and changed while a script is interpreted. Methods raise NotTranslatedError."""

    def __init__(self, calls: ScriptCalls, environment: dict[str, str]) -> None:
        """`environment`: values by the name of the variable or argument."""
        self._calls = calls
        self._steps = calls.steps
        self._files = calls.files
        self._values = Variables(environment)
        self._functions: dict[str, tuple[Block, ...]] = {}
        self._arguments = arguments_in(environment)
        self._printed: list[str] | None = None
        """The output of a function whose output is captured; None if output becomes narration."""
        self._line = 1
        self._outer_line: int | None = None
        self._depth = 0
        self._untranslated: list[Untranslated] = []
        self._status = 0
        self._substituted = 0
        """The exit status of the last `$(…)`."""
        self._typed = dict(environment)
        self._deciding = 0
        """How many conditions are being evaluated."""
        self._temporary = 0
        """How many names `mktemp` has returned."""
        self._ends_at_failure = False
        self._expander = Expander(self._variable, self._output)

    def _output(self, text: str) -> str:
        """What the command in `$(…)` prints. Raises NotTranslatedError."""
        raise NotImplementedError

    def _variable(self, name: str) -> str | None:
        if name == "?":
            return str(self._status)
        if name == "$":
            return _PROCESS_ID
        if name == "#":
            return str(len(self._arguments))
        if name in ("@", "*"):
            return " ".join(self._arguments)
        if name.isdecimal() and self._arguments:
            at = int(name) - 1
            return self._arguments[at] if 0 <= at < len(self._arguments) else ("" if at >= 0 else None)
        return self._values.get(name)

    def _list(self, statement: Statement, reason: str, sets: SetNames | None = None) -> None:
        """List a statement as not translated. `sets`: the variables that it would set; None: those in its
        text.
        """
        line = self._outer_line or statement.line
        text = " ".join(statement.text.split())
        reason = " ".join(reason.split())
        if Untranslated(line, text, reason) not in self._untranslated[-_ALIKE:]:
            shown = text if len(text) <= 80 else f"{text[:79]}…"
            self._steps.append(f"# Not translated, line {line}: {shown} ({reason})")
        self._untranslated.append(Untranslated(line, text, reason))
        self._forget(sets or self._set_by(statement.text), line)
        if statement.text.startswith("aws configure "):
            self._forget_profile(statement.text, line)

    def _forget_profile(self, text: str, line: int) -> None:
        """Forget a profile: a call of `aws configure` that is not supported may have set other
        credentials.
        """
        name = profile_of(text.split())
        dotted = text.split()[3:4] if text.startswith("aws configure set profile.") else []
        self._calls.profiles.forget(dotted[0].split(".")[1] if dotted else name, line)
        with suppress(NotTranslatedError):
            self._use_credentials()

    def _set_by(self, text: str) -> SetNames:
        command = "".join(text.removeprefix("! ").split(maxsplit=1)[:1])
        body = self._functions.get(command)
        return names_set_by_all(texts_of(body)) if body is not None else names_set_by(text)

    def _forget(self, sets: SetNames, line: int) -> None:
        names = sets.names if sets.are_all else {*sets.names, KEY}
        self._values.forget(names, line)
        if names & _IDENTITY:
            with suppress(NotTranslatedError):
                self._use_credentials()

    def _assign(self, name: str, value: str) -> None:
        self._values.set(name, value)
        if name in _IDENTITY:
            self._use_credentials()
        elif name in REGIONS:
            self._calls.use_region(value)

    def _use_credentials(self) -> None:
        """Set the caller to the identity whose credentials the AWS CLI finds first. Raises NotTranslatedError
        if it is not known; then calls are left out.

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
        if not names and set(words) & {"-p", "-r", "-s", "-rp", "-sp", "-n"} and "REPLY" not in words:
            return  # it waits for a key
        if text is None and names and self._typed.keys() >= set(names):
            for name in names:
                self._assign(name, self._typed[name])
            return
        if text is None or not names:
            raise NotTranslatedError(
                "what is typed is not known; --env NAME=VALUE gives a variable its value"
            )
        by = separator if separator and separator.strip() else None
        if by is not None and len(by) > 1:
            raise NotTranslatedError("IFS of several characters is not supported")
        if is_array:
            for name, value in array_of(names[0], text.split(by)):
                self._assign(name, value)
            return
        self._take(names, text, by)

    def _take(self, names: Sequence[str], text: str, by: str | None) -> None:
        values = text.split(by, maxsplit=len(names) - 1) if names else []
        for name, value in zip(names, [*values, *[""] * len(names)], strict=False):
            self._assign(name, value)

    @contextmanager
    def _subshell(self) -> Iterator[None]:
        """A context for a subshell, whose variables are lost at its end."""
        before, self._values = self._values, self._values.copy()
        try:
            yield
        finally:
            self._values = before
            with suppress(NotTranslatedError):
                self._use_credentials()
