"""Which workloads does a file like `~/.aws/config` define? One for each profile that assumes a role.

Read as the AWS CLI reads it: `role_arn` with `source_profile` (which may have a `role_arn` itself: a chain),
`credential_source` (`Ec2InstanceMetadata`, `EcsContainer`) or `web_identity_token_file`; `external_id`,
`mfa_serial`, `duration_seconds`, `role_session_name`. Facts that are not in the file are found as follows:
static keys belong to the user who owns `aws_access_key_id`, else to the user with the profile's name or the
one that `sts_tui_identity` names; an instance or a task delivers the only role that trusts its service, or
the one that `sts_tui_identity` names, and this role assumes `role_arn`; a token file belongs to the identity
provider's user at the end of its path (`/tokens/github/main`). `sts_tui_requests` lists the profile's
requests, one `ACTION RESOURCE` per line, and `sts_tui_every_seconds` their interval; the CLI ignores both. A
session without `role_session_name` is named after its profile, so that sessions can be distinguished; the CLI
would use `botocore-session-` and the time.
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

from msgspec import Struct, field

from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.entities import AccountModel, User, Workload, WorkloadHop, WorkloadRequest
from sts_tui.account.json_value import Json
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.sts.authenticate import access_keys

EVERY_SECONDS: Final = 60.0
LEAST_SECONDS: Final = 0.1
_FIRST_SECTION: Final = lazy_pattern(
    r"(?:\s|[#;][^\n]*\n)*\[\s*(?:default|(?:profile|sso-session|services)\s[^\]]+)\]"
)
_CREDENTIAL_SOURCES: Final = {
    "Ec2InstanceMetadata": "ec2.amazonaws.com",
    "EcsContainer": "ecs-tasks.amazonaws.com",
}
_LONGEST_CHAIN: Final = 100
"""The maximum number of source profiles of a profile."""
_DEFAULT_REQUEST: Final = WorkloadRequest(action="sts:GetCallerIdentity")


def is_aws_config(text: str) -> bool:
    """Whether a text begins like an AWS CLI configuration; its first few lines are enough."""
    return _FIRST_SECTION.match(text) is not None


def workloads_of_config(source: Source, model: AccountModel) -> tuple[Workload, ...]:
    """The workloads of its profiles. Raises AccountFileError with every error."""
    reader = _Reader(source, model)
    workloads = tuple(reader.workloads())
    if reader.problems:
        raise AccountFileError(reader.problems)
    return workloads


class _FaultError(Exception):
    """A profile that cannot be used; the message says why."""

    def __init__(self, message: str, key: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.key = key
        self.hint = hint


class _Reader(Struct):
    source: Source
    model: AccountModel
    problems: list[Diagnostic] = field(default_factory=list)

    def workloads(self) -> Iterator[Workload]:
        profiles = self._profiles()
        taken = {workload.name for workload in self.model.workloads}
        for name, profile in profiles.items():
            if not profile.keys() & {"role_arn", "sts_tui_requests"}:
                continue
            try:
                if name in taken:
                    raise _FaultError(f"there is already a workload named {name} already")
                yield self._workload(name, profile, profiles)
            except _FaultError as fault:
                self._complain(name, fault)

    def _profiles(self) -> dict[str, Mapping[str, str]]:
        from configparser import ConfigParser, Error

        parser = ConfigParser(interpolation=None, default_section="", comment_prefixes=("#", ";"))
        try:
            parser.read_string(self.source.text, self.source.name)
        except Error as error:
            line = getattr(error, "lineno", None) or 0
            message = str(error).splitlines()[0]
            self.problems.append(Diagnostic(file=self.source.name, line=line, message=message))
            return {}
        named = {section: section.removeprefix("profile").strip() for section in parser.sections()}
        return {
            name: dict(parser[section])
            for section, name in named.items()
            if section == "default" or section.startswith("profile")
        }

    def _workload(
        self, name: str, profile: Mapping[str, str], profiles: Mapping[str, Mapping[str, str]]
    ) -> Workload:
        identity, hops = self._chain(name, profiles, ())
        return Workload(
            name=name,
            identity=identity,
            assume_roles=hops,
            requests=_requests(profile.get("sts_tui_requests", "")),
            every_seconds=_pace(profile),
        )

    def _chain(
        self, name: str, profiles: Mapping[str, Mapping[str, str]], above: tuple[str, ...]
    ) -> tuple[str, tuple[WorkloadHop, ...]]:
        """(starting identity, the hops from it to this profile)."""
        if name not in profiles:
            raise _FaultError(f"there is no profile {name}", "source_profile")
        if name in above:
            raise _FaultError(f"the profiles form a loop: {' → '.join((*above, name))}", "source_profile")
        if len(above) == _LONGEST_CHAIN:
            raise _FaultError(f"more than {_LONGEST_CHAIN} source profiles in a chain", "source_profile")
        profile = profiles[name]
        is_source = bool(above)  # in a source profile, static keys take precedence over its role
        if "role_arn" not in profile or (is_source and "aws_access_key_id" in profile):
            return self._static(name, profile), ()
        identity, hops = self._before(name, profile, profiles, above)
        return identity, (*hops, _hop(profile))

    def _before(
        self,
        name: str,
        profile: Mapping[str, str],
        profiles: Mapping[str, Mapping[str, str]],
        above: tuple[str, ...],
    ) -> tuple[str, tuple[WorkloadHop, ...]]:
        """(starting identity, hops) of the credentials that assume this profile's role."""
        if token := profile.get("web_identity_token_file"):
            return self._signed_in(token), ()
        if asked := profile.get("credential_source"):
            if "source_profile" in profile:
                message = "source_profile and credential_source exclude each other"
                raise _FaultError(message, "credential_source")
            return self._delivered(asked, profile)
        if (before := profile.get("source_profile")) is None:
            raise _FaultError(
                "role_arn needs source_profile, credential_source or web_identity_token_file", "role_arn"
            )
        if before == name:  # static keys in the profile itself
            return self._static(name, profile), ()
        return self._chain(before, profiles, (*above, name))

    def _delivered(self, source: str, profile: Mapping[str, str]) -> tuple[str, tuple[WorkloadHop, ...]]:
        """(the service that delivers credentials to the machine, the hop of their role)."""
        from sts_tui.simulation.authorization.trusted_principals import trusted_services

        service = _CREDENTIAL_SOURCES.get(source)
        if service is None:
            known = " or ".join(_CREDENTIAL_SOURCES)
            raise _FaultError(f"credential_source {source} is not simulated", "credential_source", known)
        roles = [role for account in self.model.accounts for role in account.role_detail_list]
        wanted = profile.get("sts_tui_identity")
        found = [
            role.arn
            for role in roles
            if (service in trusted_services(role) if wanted is None else wanted in (role.role_name, role.arn))
        ]
        if len(found) != 1:
            hint = "sts_tui_identity = ROLE says which role the instance or task has"
            what = f"role {wanted}" if wanted else f"role that trusts {service}"
            many = f"more than one {what}: {', '.join(found)}"
            raise _FaultError(many if found else f"there is no {what}", "credential_source", hint)
        place = sha256(found[0].encode()).hexdigest()
        name = f"i-{place[:17]}" if source == "Ec2InstanceMetadata" else place[:32]
        return f"service:{service}", (WorkloadHop(role_arn=found[0], role_session_name=name),)

    def _static(self, name: str, profile: Mapping[str, str]) -> str:
        """The profile's access key id; if it has none, the ARN of its user."""
        users = [user for account in self.model.accounts for user in account.user_detail_list]
        if key := profile.get("aws_access_key_id"):
            found = [user for user in users if key in access_keys(user)]
            _only(found, f"no user has the access key {key}", "aws_access_key_id")
            return key
        wanted = profile.get("sts_tui_identity", name)
        found = [user for user in users if wanted in (user.user_name, user.arn)]
        hint = "sts_tui_identity = NAME says whose keys these are"
        return _only(found, f"no user {wanted} whose keys this profile could hold", "sts_tui_identity", hint)

    def _signed_in(self, path: str) -> str:
        """`provider/user` of the token file's path."""
        named = "/".join(path.rstrip("/").rsplit("/", 2)[-2:])
        known = [
            f"{provider.name}/{user.name}"
            for provider in self.model.identity_providers
            for user in provider.users
            if provider.type in ("OIDC", "Google")
        ]
        if named not in known:
            raise _FaultError(
                f"no identity provider signs in {named}",
                "web_identity_token_file",
                f"known: {', '.join(known)}",
            )
        return named

    def _complain(self, profile: str, fault: _FaultError) -> None:
        self.problems.append(
            Diagnostic(
                file=self.source.name,
                line=_line_of(self.source.text, profile, fault.key),
                path=f"profile {profile}",
                message=fault.message,
                hint=fault.hint,
            )
        )


def _only(users: list[User], otherwise: str, key: str, hint: str = "") -> str:
    if len(users) == 1:
        return users[0].arn
    if users:
        raise _FaultError(f"more than one: {', '.join(user.arn for user in users)}", key, hint)
    raise _FaultError(otherwise, key, hint)


def _hop(profile: Mapping[str, str]) -> WorkloadHop:
    extra: dict[str, Json] = {}
    if external_id := profile.get("external_id"):
        extra["ExternalId"] = external_id
    if serial := profile.get("mfa_serial"):
        extra["SerialNumber"] = serial
    return WorkloadHop(
        role_arn=profile["role_arn"],
        role_session_name=profile.get("role_session_name"),
        duration_seconds=int(_number(profile, "duration_seconds", 0)) or None,
        extra=extra or None,
    )


def _requests(text: str) -> tuple[WorkloadRequest, ...]:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    for words in lines:
        if len(words) > 2 or ":" not in words[0]:
            raise _FaultError(f"{' '.join(words)} is no request: ACTION RESOURCE", "sts_tui_requests")
    found = tuple(WorkloadRequest(action=words[0], resource=(*words, "*")[1]) for words in lines)
    return found or (_DEFAULT_REQUEST,)


def _number(profile: Mapping[str, str], key: str, otherwise: float) -> float:
    try:
        return float(profile.get(key, otherwise))
    except ValueError:
        raise _FaultError(f"{key} is a number of seconds, not {profile[key]}", key) from None


def _pace(profile: Mapping[str, str]) -> float:
    seconds = _number(profile, "sts_tui_every_seconds", EVERY_SECONDS)
    if not LEAST_SECONDS <= seconds < float("inf"):
        raise _FaultError(f"sts_tui_every_seconds is at least {LEAST_SECONDS}", "sts_tui_every_seconds")
    return seconds


def _line_of(text: str, profile: str, key: str) -> int:
    """The line number of a profile's key, or of the profile's heading; 0 if neither is found."""
    heading = 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            name = stripped.strip("[]").strip().removeprefix("profile").strip()
            if heading and name != profile:
                break
            heading = number if name == profile else heading
        elif heading and key and stripped.partition("=")[0].strip() == key:
            return number
    return heading
