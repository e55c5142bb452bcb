"""How are the calls of a script made, and which steps of the tour do they become?

Each call is made on the model immediately. Its step has files and profile as a tour names them; a failed call
gets a matching `expect`.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.loading.bounded_file import read_bounded_text
from sts_tui.simulation.identities import Identity, UnknownIdentityError, name_in_tours, operator_identity
from sts_tui.sts.credentials import printed
from sts_tui.sts.ids import long_term_secret
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.aws_line import service_first
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tours.reading.services import SERVICES
from sts_tui.tours.scripts.aws_words import as_revocation, on_one_line, with_fresh_code
from sts_tui.tours.scripts.script_profiles import DEFAULT, ScriptProfiles, profile_of
from sts_tui.tours.scripts.shell_words import NotTranslatedError
from sts_tui.wire.authorization.command_requests import Place, UnknownCommandError, requests_for

FAILED: Final = 254
"""The exit status of the AWS CLI for an error of the service.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html"""
KEY: Final = "AWS_ACCESS_KEY_ID"
_UNKNOWN: Final = "The identity is not known since {since}"
_ROLE_SETTINGS: Final = {
    "external_id": "--external-id",
    "mfa_serial": "--serial-number",
    "duration_seconds": "--duration-seconds",
}
"""Settings of a profile with `role_arn`, with the corresponding flag of assume-role.
https://docs.aws.amazon.com/cli/latest/topic/config-vars.html
"""
_FILE_IN_SHORTHAND: Final = lazy_pattern(r"@=(fileb?://)([^\s,\]}]+)")
REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""Variables from which the AWS CLI reads the Region."""


class ScriptCalls:
    """Makes calls, and keeps the state for later ones. Methods raise NotTranslatedError for calls without a
    corresponding step.
    """

    def __init__(
        self,
        player: Player,
        folder: Path,
        tour_folder: Path,
        who: str | None,
        profiles: Mapping[str, str] | None = None,
    ) -> None:
        """`who`: the identity that runs the script; None: the operator. `profiles`: a WHO of tours by profile
        name, for profiles that the script does not configure. Raises UnknownIdentityError.
        """
        self.player = player
        self._folder = folder
        self._tour_folder = tour_folder
        self._who = who
        self.start = player.resolve(who) if who else operator_identity()
        self.files: dict[str, str] = {}
        """Texts of files that the script writes, by file name."""
        self.profiles = ScriptProfiles()
        self._named_profiles = {name: player.resolve(one) for name, one in (profiles or {}).items()}
        self._assumed: dict[str, Identity] = {}
        """The session of a profile with `role_arn`, which the AWS CLI keeps until it expires."""
        self._unknown = ""
        """The place since which the caller is unknown; empty while it is known."""
        self.steps: list[str] = []
        self.last: StepResult | None = None
        """The result of the last call; None if it was only authorized."""
        if who:
            self.step(f"as {shlex.quote(who)}")

    def identity(self, key: str) -> Identity:
        """The identity of an access key or of a WHO of tours. Raises NotTranslatedError."""
        try:
            return self.player.resolve(key)
        except UnknownIdentityError as error:
            raise NotTranslatedError(error.message) from None

    def profile(self, name: str) -> Identity:
        """The identity of a profile: as the script configures it, as given, or by name. Raises
        NotTranslatedError.
        """
        settings = self.profiles.of(name)
        if role := settings.get("role_arn"):
            return self._assumed_by_profile(name, role, settings)
        if key := settings.get("aws_access_key_id"):
            return self.identity(key)
        if name in self._named_profiles:
            return self._named_profiles[name]
        if name == DEFAULT:
            return self.start
        try:
            return self.player.resolve(name)
        except UnknownIdentityError as error:
            raise NotTranslatedError(
                f"{error.message}: --profile {shlex.quote(name)}=WHO says whose the profile is"
            ) from None

    def _assumed_by_profile(self, name: str, role: str, settings: Mapping[str, str]) -> Identity:
        """The session of a profile's role, which the AWS CLI assumes itself.

        https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
        """
        simulation = self.player.simulation
        held = self._assumed.get(f"{name} {role}")
        session = simulation.world.sessions.get(held.access_key_id or "") if held else None
        if held and session and session.expires_at > simulation.now:
            return held
        source = settings.get("source_profile")
        if source is None or source == name:
            raise NotTranslatedError(f"the profile {name} names no other source_profile")
        session_name = (
            settings.get("role_session_name") or f"botocore-session-{int(simulation.now.timestamp())}"
        )
        words = ["sts", "assume-role", "--role-arn", role, "--role-session-name", session_name]
        for key, flag in _ROLE_SETTINGS.items():
            words += [flag, settings[key]] if key in settings else []
        if "mfa_serial" in settings:
            words += ["--token-code", "000000"]
        acting = self.player.acting
        self._switch_to(self.profile(source))
        text = f"aws {shlex.join(with_fresh_code(words, name_in_tours(self.player.acting)))}"
        status = self._call(text)
        self._switch_to(acting)
        if status or not self.last or not isinstance(self.last.document, dict):
            raise NotTranslatedError(f"the role of the profile {name} is not assumed")
        credentials = self.last.document["Credentials"]
        assert isinstance(credentials, dict)
        self._assumed[f"{name} {role}"] = self.identity(str(credentials["AccessKeyId"]))
        return self._assumed[f"{name} {role}"]

    def act_as(self, identity: Identity) -> None:
        """Raises NotTranslatedError."""
        self._unknown = ""
        self._switch_to(identity)

    def _switch_to(self, identity: Identity) -> None:
        if identity != self.player.acting:
            name = self._who if self._who and identity == self.start else name_in_tours(identity)
            self.step(f"as {shlex.quote(name)}")

    def forget_identity(self, since: str) -> None:
        """Leave out calls without a profile from now on, until `act_as`."""
        if not self._unknown:
            self.steps.append(f"# {_UNKNOWN.format(since=since)}; calls without a known profile are left out")
            self._unknown = since

    def credentials(self, words: Sequence[str]) -> dict[str, str]:
        """The credentials of `--profile` or of the caller, by the name of their environment variable. Raises
        NotTranslatedError.
        """
        profile = profile_of(words) if "--profile" in words else None
        if profile is None and self._unknown:
            raise NotTranslatedError(_UNKNOWN.format(since=self._unknown))
        identity = self.profile(profile) if profile else self.player.acting
        key = identity.access_key_id
        if key is None:
            raise NotTranslatedError(f"{identity.label} has no access key")
        session = self.player.simulation.world.sessions.get(key)
        if session is None:
            return {KEY: key, "AWS_SECRET_ACCESS_KEY": long_term_secret(key)}
        held = session.credentials
        return {
            KEY: key,
            "AWS_SECRET_ACCESS_KEY": held.secret_access_key,
            "AWS_SESSION_TOKEN": held.session_token,
            "AWS_CREDENTIAL_EXPIRATION": printed(session.expires_at),
        }

    def aws(
        self, words: Sequence[str], assignments: Sequence[tuple[str, str]] = (), *, is_forgiven: bool = False
    ) -> int:
        """Make the call of the words after `aws`; return the exit status. `assignments`: variables set only
        for this call; `is_forgiven`: the script continues if it fails. Raises NotTranslatedError.
        """
        words = service_first(words)
        if words[:2] == ["configure", "set"]:
            self._configure(words[2:])
            return 0
        if words[:2] in (["configure", "list"], ["configure", "get"], ["configure", "list-profiles"]):
            return 0
        if words[:1] == ["configure"]:
            raise NotTranslatedError(f"aws {shlex.join(words[:2])} is not translated")
        if self._unknown and not (
            any(word.startswith("--profile") for word in words)
            or {KEY, "AWS_PROFILE"} & dict(assignments).keys()
        ):
            raise NotTranslatedError(_UNKNOWN.format(since=self._unknown))
        words = [part for word in words for part in _apart(word)]
        words = [on_one_line(word) for word in self._with_files(self._with_profile(words, assignments))]
        text = as_revocation(words) or f"aws {shlex.join(self._with_code(words))}"
        if not _is_simulated(words):
            return self._requests(words, is_forgiven=is_forgiven)
        try:
            return self._call(text, is_forgiven=is_forgiven)
        except StepError as error:
            raise NotTranslatedError(str(error)) from None

    def _with_code(self, words: Sequence[str]) -> list[str]:
        """The words with a new MFA code; the code of a device that does not exist is kept, because AWS
        refuses any.
        """
        fresh = with_fresh_code(words, name_in_tours(self.player.acting))
        given = words[words.index("--serial-number") + 1] if "--serial-number" in words[:-1] else None
        return fresh if given is None or self._has_device(given) else list(words)

    def _has_device(self, serial: str) -> bool:
        configuration = self.player.simulation.world.configuration
        users, accounts = configuration.users.values(), configuration.accounts.values()
        devices = [*(user.mfa_devices for user in users), *(one.virtual_mfa_devices for one in accounts)]
        return any(device.serial_number == serial for held in devices for device in held)

    def _requests(self, words: Sequence[str], *, is_forgiven: bool) -> int:
        """Make the requests in place of a call that is not performed; return the exit status."""
        profile = words[words.index("--profile") + 1] if "--profile" in words[:-1] else None
        acting = self.player.acting
        caller = self.identity(profile) if profile else acting
        simulation = self.player.simulation
        account = caller.account or simulation.world.first_account
        region = words[words.index("--region") + 1] if "--region" in words[:-1] else self.player.region
        try:
            found = requests_for(words, Place(region, account, simulation.world.configuration))
        except UnknownCommandError as error:
            raise NotTranslatedError(str(error)) from None
        self._switch_to(caller)
        status = 0
        for action, resource in found.steps:
            text = f"request {action} {shlex.quote(resource)}"
            status = self._call(text, is_forgiven=is_forgiven) or status
        self._switch_to(acting)
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
        """Set the client's Region. Raises NotTranslatedError."""
        if region != self.player.region:
            self.step(f"set region {shlex.quote(region)}")

    def step(self, text: str) -> None:
        """Perform a step and write it. Raises NotTranslatedError."""
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
        """The words with the profile as tours name it, also if `NAME=value` before `aws` sets it."""
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

    def text_of_file(self, name: str) -> str:
        """The text of a file that the script has written, or of a file in its folder. Raises
        NotTranslatedError.
        """
        if name in self.files:
            return self.files[name]
        try:
            return read_bounded_text(self._folder / name)
        except (OSError, ValueError) as error:
            raise NotTranslatedError(
                f"{name} cannot be read: {getattr(error, 'strerror', None) or error}"
            ) from None

    def _with_files(self, words: Sequence[str]) -> list[str]:
        """The words with `file://` replaced by the text that the script has written, or by the path for the
        tour.
        """
        found = []
        for whole in words:
            word = _FILE_IN_SHORTHAND.sub(self._in_shorthand, whole)
            scheme, separator, name = word.partition("file://")
            if not separator or scheme not in ("", "fileb://") or not name:
                found.append(word)
            elif name in self.files:
                found.append(self.files[name].strip())
            else:
                path = os.path.relpath(self._folder / name, self._tour_folder)
                found.append(f"file://{path}")
        return found

    def _in_shorthand(self, found: re.Match[str]) -> str:
        """`Key@=file://NAME` with the text that the script has written, or the path for the tour."""
        scheme, name = found[1], found[2]
        if name in self.files:
            text = self.files[name].strip().replace("\\", "\\\\").replace("'", "\\'")
            return f"='{text}'"
        return f"@={scheme}{os.path.relpath(self._folder / name, self._tour_folder)}"

    def _configure(self, words: Sequence[str]) -> None:
        profile, key, value = self.profiles.configure(words)
        if key == "region" and profile == DEFAULT:
            self.use_region(value)


def _apart(word: str) -> tuple[str, ...]:
    flag, equals, name = word.partition("=")
    return (flag, name) if flag == "--profile" and equals else (word,)


def _is_simulated(words: Sequence[str]) -> bool:
    """Whether the call is performed; other calls are only authorized."""
    if len(words) < 2 or words[0] not in SERVICES:
        return False
    return words[1] == "wait" or SERVICES[words[0]].operation(words[1]) is not None
