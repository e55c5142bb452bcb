"""How does the explorer write what was done as a tour? Steps with their results, so that it is a test.

A revocation is `revoke ROLE`, because its cutoff belongs to the moment it is played; an MFA code is asked for
when it is needed. Each call is followed by what AWS answered. Time is written in whole seconds.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from math import ceil
from pathlib import Path
from typing import Final

from sts_tui.account import durations
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.identities import Identity, IdentityKind, UnknownIdentityError, name_in_tours
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.tui.options import Options

_RELATIVE_FILE: Final = lazy_pattern(r"file://([^/\s'\"][^\s'\"]*)")

_PLAIN_WORD: Final = lazy_pattern(r"[^\s'\"\\#$][^\s'\"\\$]*")


class Recording:
    """The steps of a tour, in their order. `acting` says the acting identity."""

    def __init__(self, simulation: Simulation, acting: Callable[[], Identity]) -> None:
        self._simulation = simulation
        self._acting = acting
        self.steps: list[str] = []
        self._began = simulation.now
        self._waited = timedelta(0)
        """How much the steps so far wait, in whole seconds."""
        self._before_wait = 0
        """Steps before the wait that passes."""

    def catch_up(self) -> None:
        """Writes a `wait` for the time that passed."""
        if (behind := self._elapsed() - self._waited) > timedelta(0):
            self.steps.append(f"wait {durations.short(behind)}")
            self._waited += behind

    def note(self, step: str) -> None:
        """Adds a step, after a `wait` for the time that passed."""
        self.catch_up()
        self.steps.append(step)

    def begin_wait(self) -> None:
        """A `wait` begins."""
        self.catch_up()
        self._before_wait = len(self.steps)

    def note_wait(self, step: str) -> None:
        """A `wait` that has been performed; `begin_wait` came before it. Where a client called meanwhile,
        what has passed since then is all that is left of it.
        """
        if len(self.steps) != self._before_wait:
            self.catch_up()
            return
        self._waited = self._elapsed()
        self.steps.append(step)

    def _elapsed(self) -> timedelta:
        """The simulated time since the recording began, in seconds rounded up: nothing that had happened is
        still to come.
        """
        return timedelta(seconds=ceil((self._simulation.now - self._began).total_seconds()))

    def note_identity(self, identity: Identity) -> None:
        self.note(f"as {self._who(identity)}")

    def _who(self, identity: Identity) -> str:
        """A user by name where that is unambiguous; everyone else as in tours."""
        if identity.kind is IdentityKind.USER:
            with suppress(UnknownIdentityError):
                if self._simulation.resolve(identity.label).arn == identity.arn:
                    return shlex.quote(identity.label)
        return shlex.quote(name_in_tours(identity))

    def note_call(
        self,
        command: str,
        params: Mapping[str, object],
        caller: Identity,
        error: AwsError | None,
        since: int,
    ) -> None:
        """A call as an `aws` line. `since`: the number of the last event before it."""
        revoked = self._revoked_role(command, caller)
        if revoked is not None:
            self._note_as(caller, f"revoke {shlex.quote(revoked)}")
        else:
            is_acting = caller == self._acting()
            profile = "" if is_acting else f" --profile {self._who(caller)}"
            self.note(_with_fresh_code(command, params, self._who(caller)) + profile)
        self.note_result(error.code if error else "", since)

    def _note_as(self, caller: Identity, step: str) -> None:
        """A step that has no `--profile`. The operator works in the account of what it revokes by itself."""
        acting = self._acting()
        is_acting = caller == acting or caller.kind is acting.kind is IdentityKind.OPERATOR
        if is_acting:
            self.note(step)
            return
        self.note_identity(caller)
        self.note(step)
        self.note_identity(acting)

    def _revoked_role(self, command: str, caller: Identity) -> str | None:
        """The role, as `revoke` names it; None where the call is no revocation of a role's sessions."""
        from sts_tui.tours.scripts.aws_words import as_revocation

        words = shlex.split(command)
        if words[:3] != ["aws", "iam", "put-role-policy"] or as_revocation(words[1:]) is None:
            return None
        name = words[words.index("--role-name") + 1]
        world = self._simulation.world
        account = caller.account or world.first_account
        namesakes = sum(role.role_name == name for role in world.configuration.roles.values())
        is_plain = namesakes == 1 or account == (self._acting().account or world.first_account)
        return name if is_plain else f"{account}/{name}"

    def note_result(self, code: str, since: int, *, names_statement: bool = False) -> None:
        """What AWS answered to the call before, as an expectation. `names_statement`: also of an Allow."""
        events = [each for each in self._simulation.events.since(since) if isinstance(each, RequestAnswered)]
        self.expect(code, events[-1] if events else None, names_statement=names_statement)

    def expect(self, code: str, event: RequestAnswered | None, *, names_statement: bool = False) -> None:
        """What AWS answered: `code` is its error code, empty for a success."""
        self.steps.append(expectation(code, event, names_statement=names_statement))

    def written(self, options: Options, target: Path | None) -> list[str]:
        """The whole tour, line by line. `target`: the file it is written to, which account files are relative
        to.
        """
        folder = target.absolute().parent if target is not None else Path.cwd()
        steps = (_RELATIVE_FILE.sub(partial(_moved, folder), step) for step in self.steps)
        return [*opening_lines(self._simulation, options, folder), *steps]


def _moved(folder: Path, found: re.Match[str]) -> str:
    """A path relative to the working folder, made relative to the tour's."""
    return f"file://{os.path.relpath(found[1], folder)}"


def opening_lines(simulation: Simulation, options: Options, folder: Path) -> list[str]:
    """Account files, seed and start where a tour would have others, and the first acting identity."""
    lines = ["# Recorded in the explorer."]
    if options.files:
        lines.append("account " + shlex.join(os.path.relpath(file, folder) for file in options.files))
    if simulation.seed:
        lines.append(f"set seed {simulation.seed}")
    if _starts_elsewhere(simulation):
        lines.append(f"set start {simulation.world.started_at:%Y-%m-%dT%H:%M:%SZ}")
    return [*lines, f"as {shlex.quote(options.acting or 'operator')}"]


def _starts_elsewhere(simulation: Simulation) -> bool:
    """Whether a tour of the same files would begin at another instant."""
    from sts_tui.simulation.opening.first_world import DEFAULT_START

    return simulation.world.started_at != (simulation.model.start_time or DEFAULT_START)


def expectation(code: str, event: RequestAnswered | None, *, names_statement: bool) -> str:
    """`expect ok`, `expect denied by App/AWSRevokeOlderSessions#1`, `expect error NoSuchEntity` …"""
    verdict = event.verdict if event is not None else None
    by = event.decided_by if event is not None and "#" in event.decided_by else ""
    if not code:
        return f"expect allowed by {_word(by)}" if names_statement and by else "expect ok"
    if verdict is Verdict.EXPLICIT_DENY and by:
        return f"expect denied by {_word(by)}"
    if verdict is not None and verdict.is_denial:
        return "expect denied"
    return f"expect error {code}"


def _word(text: str) -> str:
    """A word of a tour, quoted only where that is needed: `App/data#1` is one word."""
    return text if _PLAIN_WORD.fullmatch(text) else shlex.quote(text)


def _with_fresh_code(command: str, params: Mapping[str, object], who: str) -> str:
    """An MFA code is valid for a minute and once, so the tour asks for one when it is played."""
    code = params.get("TokenCode")
    if not code:
        return command
    return command.replace(f"--token-code {code}", f"--token-code ${{mfa:{who}}}")
