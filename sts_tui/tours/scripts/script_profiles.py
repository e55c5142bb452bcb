"""Which profiles does a script configure? `aws configure set`, and the files of the AWS CLI that it writes.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
"""

from __future__ import annotations

import configparser
import json
from collections.abc import Mapping, Sequence
from typing import Final

from sts_tui.tours.scripts.shell_words import NotTranslatedError

DEFAULT: Final = "default"
_FILES: Final = (".aws/credentials", ".aws/config")


class ScriptProfiles:
    """Settings by profile; a profile may have unknown settings since some line."""

    def __init__(self) -> None:
        self._settings: dict[str, dict[str, str]] = {}
        self._unknown: dict[str, int] = {}

    def of(self, name: str) -> dict[str, str]:
        """The settings of a profile, by key; empty if the script does not configure it. Raises
        NotTranslatedError if a setting has an unknown value.
        """
        if name in self._unknown:
            raise NotTranslatedError(f"the profile {name} is not known since line {self._unknown[name]}")
        return self._settings.get(name, {})

    def forget(self, name: str, line: int) -> None:
        """Record that a setting of the profile has an unknown value from this line on."""
        self._unknown[name] = line

    def configure(self, words: Sequence[str]) -> tuple[str, str, str]:
        """Perform `aws configure set KEY VALUE`; return (profile, key, value). Raises NotTranslatedError for
        other words.

        https://docs.aws.amazon.com/cli/latest/reference/configure/set.html
        """
        profile = profile_of(words)
        plain = [word for word in _without_profile(words) if not word.startswith("--")]
        if len(plain) != 2:
            raise NotTranslatedError("aws configure set takes a key and a value")
        key, value = plain
        head, _, rest = key.partition(".")
        if head == "profile" and "." in rest:
            profile, _, key = rest.partition(".")
        elif head == DEFAULT and rest:
            profile, key = DEFAULT, rest
        self.set(profile, key, value)
        return profile, key, value

    def set(self, profile: str, key: str, value: str) -> None:
        if key in ("aws_access_key_id", "role_arn"):
            self._unknown.pop(profile, None)
        self._settings.setdefault(profile, {})[key] = value

    def read(self, file: str, text: str) -> bool:
        """Read the profiles of a written file of the AWS CLI; return False for any other file.

        Raises NotTranslatedError for a file that cannot be read.
        """
        if not file.endswith(_FILES):
            return False
        parser = configparser.RawConfigParser(strict=False, default_section="")
        try:
            parser.read_string(text)
        except configparser.Error:
            raise NotTranslatedError(f"{file} is not written as the AWS CLI reads it") from None
        for section in parser.sections():
            for key, value in parser.items(section):
                self.set(section.removeprefix("profile ").strip(), key, value)
        return True


def profile_of(words: Sequence[str]) -> str:
    """The profile that `--profile` names; `default` without it."""
    for at, word in enumerate(words):
        if word == "--profile" and at + 1 < len(words):
            return words[at + 1]
        if word.startswith("--profile="):
            return word.partition("=")[2]
    return DEFAULT


def _without_profile(words: Sequence[str]) -> list[str]:
    found = list(words)
    if "--profile" in found[:-1]:
        at = found.index("--profile")
        del found[at : at + 2]
    return found


def exported(credentials: Mapping[str, str], words: Sequence[str]) -> str:
    """What `aws configure export-credentials` prints; credentials by their environment variable.

    Raises NotTranslatedError. https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html"""
    form = words[words.index("--format") + 1] if "--format" in words[:-1] else "process"
    if form in ("env", "env-no-export"):
        export = "export " if form == "env" else ""
        return "\n".join(f"{export}{name}={value}" for name, value in credentials.items())
    if form != "process":
        raise NotTranslatedError(f"--format {form} is not supported")
    names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey"}
    names |= {"AWS_SESSION_TOKEN": "SessionToken", "AWS_CREDENTIAL_EXPIRATION": "Expiration"}
    return json.dumps({"Version": 1} | {names[name]: value for name, value in credentials.items()})
