"""Which identity does a WHO name that was pasted from a log, a finding or a credentials file?

GuardDuty, CloudTrail and credential files name callers by access key, by the ARN of a session, by `AROA…` or
`AROA…:session`, within blanks and quotes, or after `AWS_ACCESS_KEY_ID=`. An identity that the files do not
have is explained: an access key id contains its account, but only AWS knows its owner.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sts_tui.account.arn import ACCOUNT_DIGITS, account_of
from sts_tui.account.entities import Role
from sts_tui.account.identifiers import (
    LONG_TERM_KEY_PREFIX,
    ROLE_PREFIX,
    TEMPORARY_KEY_PREFIX,
    USER_PREFIX,
    account_of_access_key_id,
)
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.world import World
from sts_tui.start_up.named_tuple import NamedTuple

_AROUND: Final = " \t\r\n\"'`,;"
_SETTING: Final = lazy_pattern(
    r"(?:(?:export|set|setx)\s+)?(?:\$env:)?[\"']?(?:aws_?)?(?:access_?key_?id)[\"']?\s*[=:]\s*(\S+)",
    re.IGNORECASE,
)
_SESSION_ARN: Final = lazy_pattern(
    rf"arn:[\w-]+:sts::(?P<account>{ACCOUNT_DIGITS}):assumed-role/(?P<role>[^/]+)(?:/(?P<session>[^/]+))?"
)
_PREFIXES: Final = ("arn:", ROLE_PREFIX, USER_PREFIX, LONG_TERM_KEY_PREFIX, TEMPORARY_KEY_PREFIX)
_ACCESS_KEY: Final = lazy_pattern(rf"(?:{LONG_TERM_KEY_PREFIX}|{TEMPORARY_KEY_PREFIX})[A-Z0-9]{{12,124}}")


class RoleSessionName(NamedTuple):
    """A session of a role that the files have; the session itself may not be among them."""

    role: Role
    session: str
    """Empty if only the role is named."""


def without_wrapping(who: str) -> str:
    """The WHO in a pasted text: `" AKIA… "` and `export AWS_ACCESS_KEY_ID=AKIA…` mean `AKIA…`."""
    text = who.strip(_AROUND)
    setting = _SETTING.fullmatch(text)
    return setting[1].strip(_AROUND) if setting else text


def role_session_named(who: str, world: World) -> RoleSessionName | None:
    """The role and session of `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, `AROA…` or `AROA…:SESSION`.

    None if the text has another form, or if the files have no such role.
    """
    text = without_wrapping(who)
    roles = world.configuration.roles.values()
    if found := _SESSION_ARN.fullmatch(text):
        wanted = (found["role"], found["account"])
        named = (role for role in roles if (role.role_name, account_of(role.arn)) == wanted)
        session = found["session"] or ""
    else:
        role_id, _, session = text.partition(":")
        named = (role for role in roles if role.role_id == role_id)
    role = next(named, None)
    return RoleSessionName(role, session) if role is not None else None


def is_pasted(text: str) -> bool:
    """Whether a text has the form of an ARN, a unique id or an access key id."""
    return text.startswith(_PREFIXES)


def words_of_role(text: str) -> str:
    """Filter words that find the role of a pasted session; other texts unchanged."""
    bare = without_wrapping(text)
    if bare.startswith(ROLE_PREFIX):
        return bare.partition(":")[0]
    if found := _SESSION_ARN.fullmatch(bare):
        return f"::{found['account']}:role/ /{found['role']}"
    return text


def is_access_key_id(who: str) -> bool:
    """Whether a WHO is written as an access key id, whether the files have it or not."""
    return _ACCESS_KEY.fullmatch(without_wrapping(who)) is not None


def absent_key(who: str, world: World) -> str:
    """The explanation of an access key that the files do not have: its account, and how to find its owner."""
    return ". ".join(about_absent_key(who, world))


def about_absent_key(who: str, world: World) -> tuple[str, ...]:
    """The sentences of `absent_key`."""
    key = without_wrapping(who)
    is_temporary = key.startswith(TEMPORARY_KEY_PREFIX)
    kind = "temporary credentials" if is_temporary else "access key"
    return (f"the files have no {kind} {key}{_whose(key, world)}", *_next(key, is_temporary, world))


def _whose(key: str, world: World) -> str:
    account = account_of_access_key_id(key)
    if account is None:
        return "; its id was made before 2019 or is made up, and does not say the account"
    facts = world.configuration.accounts.get(account)
    if facts is None:
        return f"; it is of account {account}, which is not in the files either"
    return f"; it is of account {account}{f' ({facts.name})' if facts.name else ''}"


def _next(key: str, is_temporary: bool, world: World) -> Iterator[str]:
    if is_temporary:
        yield (
            "To find the caller: aws cloudtrail lookup-events --lookup-attributes"
            f" AttributeKey=AccessKeyId,AttributeValue={key} shows userIdentity.arn; name that instead"
        )
        yield "With --trail TRAIL, which reads these events, the explorer knows the key itself"
        return
    users = world.configuration.users.values()
    made_up = sum(1 for user in users if "AccessKeys" not in user.stated)
    if made_up:
        yield (
            f"They list no access keys of {made_up} users, as authorization details never do; one is made up"
            " for each"
        )
    yield (
        f"To find the owner: aws iam get-access-key-last-used --access-key-id {key} prints the UserName; name"
        " that instead"
    )
    yield (
        "The files get their real keys by aws iam list-access-keys of every user, which sts-tui fetch runs"
    )


def absent_session(named: RoleSessionName, world: World) -> str:
    """The explanation if the files have the role but no session with this name."""
    labels = dict.fromkeys(one.label for one in world.sessions.values() if one.issuer_arn == named.role.arn)
    others = f"its sessions are: {', '.join(labels)}" if labels else "it has no sessions"
    name = named.role.role_name
    said = f"the role {name} has no session {named.session}" if named.session else f"{name} is a role"
    return f"{said}, and a role is not a caller; {others}"
