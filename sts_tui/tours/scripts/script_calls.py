"""How are the calls of a script made, and which steps of the tour do they become?

Each call is made on the model at once. Its step has files and profile as a tour names them; what fails gets
the `expect` that says so.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sts_tui.simulation.identities import Identity, UnknownIdentityError, name_in_tours, operator_identity
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tours.reading.services import SERVICES
from sts_tui.tours.scripts.aws_words import as_revocation, on_one_line, with_fresh_code
from sts_tui.tours.scripts.shell_words import NotTranslatedError
from sts_tui.tours.scripts.unmodelled_commands import Place, requests_for

FAILED: Final = 254
"""The exit status of the AWS CLI for an error of the service.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html"""
KEY: Final = "AWS_ACCESS_KEY_ID"
REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""Variables that the AWS CLI reads."""


class ScriptCalls:
    """Makes calls, and keeps what later ones need. Methods raise NotTranslatedError for what has no step."""

    def __init__(self, player: Player, folder: Path, tour_folder: Path, who: str | None) -> None:
        """`who` runs the script; None: the operator. Raises UnknownIdentityError."""
        self.player = player
        self._folder = folder
        self._tour_folder = tour_folder
        self._who = who
        self.start = player.resolve(who) if who else operator_identity()
        self.files: dict[str, str] = {}
        """Text by the name of the file that the script writes it to."""
        self._profiles: dict[str, Identity] = {}
        self.steps: list[str] = []
        self.last: StepResult | None = None
        """The result of the last call; None where it was only authorized."""
        if who:
            self.step(f"as {shlex.quote(who)}")

    def identity(self, key: str) -> Identity:
        """Who an access key or a WHO of tours is. Raises NotTranslatedError."""
        try:
            return self.player.resolve(key)
        except UnknownIdentityError as error:
            raise NotTranslatedError(error.message) from None

    def profile(self, name: str) -> Identity:
        """Who a profile is: as configured by the script, else by its name. Raises NotTranslatedError."""
        return self._profiles.get(name) or self.identity(name)

    def act_as(self, identity: Identity) -> None:
        """Raises NotTranslatedError."""
        if identity != self.player.acting:
            name = self._who if self._who and identity == self.start else name_in_tours(identity)
            self.step(f"as {shlex.quote(name)}")

    def aws(
        self, words: Sequence[str], assignments: Sequence[tuple[str, str]] = (), *, is_forgiven: bool = False
    ) -> int:
        """Makes the call of the words after `aws`; returns the exit status. `assignments` are variables set
        for it alone, `is_forgiven`: the script continues where it fails. Raises NotTranslatedError.
        """
        if words[:2] == ["configure", "set"]:
            return self._configure(words[2:])
        if words[:1] == ["configure"]:
            return 0
        words = [on_one_line(word) for word in self._with_files(self._with_profile(words, assignments))]
        acting = name_in_tours(self.player.acting)
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
        acting = self.player.acting
        caller = self.identity(profile) if profile else acting
        simulation = self.player.simulation
        account = caller.account or simulation.world.first_account
        region = words[words.index("--region") + 1] if "--region" in words[:-1] else self.player.region
        found = requests_for(words, Place(region, account, simulation.world.configuration))
        self.act_as(caller)
        status = 0
        for action, resource in found.steps:
            text = f"request {action} {shlex.quote(resource)}"
            status = self._call(text, is_forgiven=is_forgiven) or status
        self.act_as(acting)
        if found.note:
            self.steps.append(f"# {shlex.join(['aws', *words])[:100]}: {found.note}")
        self.last = None
        return status

    def _call(self, text: str, *, is_forgiven: bool = False) -> int:
        result = self._played(f"try {text}" if is_forgiven else text)
        self.last = result
        if result.error is None:
            self.steps.append(text)
            return 0
        if is_forgiven:
            self.steps.append(f"try {text}")
            return FAILED
        has_decision = result.decision is not None and text.startswith("request ")
        expectation = "expect denied" if has_decision else f"expect error {result.error.code}"
        self.steps += [text, expectation]
        return FAILED

    def use_region(self, region: str) -> None:
        """The client works in this Region from now on. Raises NotTranslatedError."""
        if region != self.player.region:
            self.step(f"set region {shlex.quote(region)}")

    def step(self, text: str) -> None:
        """Performs a step and writes it. Raises NotTranslatedError."""
        self._played(text)
        self.steps.append(text)

    def _played(self, text: str) -> StepResult:
        """Raises NotTranslatedError for a step that cannot be performed."""
        try:
            result = self.player.perform(parse_step(text))
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
            found[at] = name_in_tours(self.profile(found[at]))
        elif KEY in given:
            found += ["--profile", name_in_tours(self.identity(given[KEY]))]
        elif "AWS_PROFILE" in given:
            found += ["--profile", name_in_tours(self.profile(given["AWS_PROFILE"]))]
        region = next((given[name] for name in REGIONS if name in given), None)
        return [*found, "--region", region] if region and "--region" not in found else found

    def _with_files(self, words: Sequence[str]) -> list[str]:
        """`file://` names what the script has written, or a file beside the script."""
        found = []
        for word in words:
            scheme, separator, name = word.partition("file://")
            if not separator or scheme not in ("", "fileb://") or not name:
                found.append(word)
            elif name in self.files:
                found.append(self.files[name].strip())
            else:
                path = os.path.relpath(self._folder / name, self._tour_folder)
                found.append(f"file://{path}")
        return found

    def _configure(self, words: Sequence[str]) -> int:
        """`aws configure set aws_access_key_id KEY --profile NAME`: who a profile is."""
        name = words[words.index("--profile") + 1] if "--profile" in words[:-1] else "default"
        if words[:1] == ["aws_access_key_id"] and len(words) > 1:
            self._profiles[name] = self.identity(words[1])
            if name == "default":
                self.act_as(self._profiles[name])
        elif words[:1] == ["region"] and len(words) > 1 and name == "default":
            self.use_region(words[1])
        return 0


def _is_simulated(words: Sequence[str]) -> bool:
    """Whether the call is performed; every other one is only authorized."""
    if len(words) < 2 or words[0] not in SERVICES:
        return False
    return words[1] == "wait" or SERVICES[words[0]].operation(words[1]) is not None
