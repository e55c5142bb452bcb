"""What could a caller supply to meet the conditions of policies: MFA, an external ID, a tag, an address?

Only what the caller chooses counts; what follows from the caller's identity does not.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from sts_tui.account.entities import User
from sts_tui.account.json_value import Json
from sts_tui.account.policies.global_condition_keys import comes_from_identity, is_of_role_session
from sts_tui.simulation.authorization.choice_search import MayChoose
from sts_tui.simulation.authorization.choice_values import FREE_VALUE, Choice, Choices
from sts_tui.simulation.authorization.choosable_keys import (
    MFA_PRESENT,
    PRINCIPAL_TAG,
    REGION_KEY,
    REQUEST_TAG,
    TAG_KEYS,
    is_chosen_by_caller,
    is_of_forwarded_request,
)
from sts_tui.simulation.authorization.role_chaining import passes_on
from sts_tui.sts.session import Session

_IDENTITY: Final = "SourceIdentity"
_CARRIED_IDENTITY: Final = "aws:sourceidentity"
"""The source identity of the caller's session: set when its role was assumed."""
_PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    "sts:externalid": ("ExternalId", "external id"),
    "sts:sourceidentity": (_IDENTITY, "source identity"),
    "sts:rolesessionname": ("RoleSessionName", "session name"),
}
_KEYS: Final = {
    "ExternalId": "sts:ExternalId",
    "RoleSessionName": "sts:RoleSessionName",
    _IDENTITY: "sts:SourceIdentity",
}


class CandidateContext(Struct, frozen=True, kw_only=True):
    """One thing that a caller supplies, in words, and how it changes the call."""

    label: str
    parameter: tuple[str, str] | None = None
    """A parameter of AssumeRole: (name, value)."""
    tag: tuple[str, str] | None = None
    """A session tag: name and value."""
    is_transitive: bool = False
    """Whether the tag is passed on along the chain."""
    region: str | None = None
    key: tuple[str, str] | None = None
    """A condition key of the request itself, such as `aws:SourceIp`: name and value."""
    session_name: str = ""
    """The name that the caller's session must have."""
    has_mfa: bool = False
    session_tag: tuple[str, str] | None = None
    """A tag that the caller's session must carry: (key, value)."""
    is_unknown: bool = False
    """Whether the files do not say if the caller has it: an MFA device, a tag or key of its session."""

    @property
    def sets_identity(self) -> bool:
        """Whether it sets the source identity."""
        return self.parameter is not None and self.parameter[0] == _IDENTITY

    @property
    def carried_identity(self) -> str | None:
        """The source identity that the caller's session must carry; None: any or none."""
        return self.key[1] if self.key is not None and self.key[0].lower() == _CARRIED_IDENTITY else None

    @property
    def settled_by(self) -> str:
        """The fact that decides whether the caller has it, where that is unknown."""
        if self.session_tag is not None:
            return f"whether its session carries the tag {'='.join(self.session_tag)}"
        if self.key is not None:
            return f"whether its session carries {self.label}"
        return f"whether the caller has {self.label}"


def may_supply(
    user: User | None,
    *,
    is_service: bool = False,
    with_unknown: bool = False,
    mfa_is_unknown: bool = False,
    session: Session | None = None,
) -> MayChoose:
    """Which keys of an AssumeRole call its caller chooses. `user`: the caller, if it is a user;
    `mfa_is_unknown`: the files do not say whether it has an MFA device. `with_unknown`: include what the
    files do not say that the caller has: the MFA device of such a user, the tags and other keys of a role's
    session. `session`: the caller's session, if it is known.
    """
    may_carry = with_unknown and user is None and not is_service

    def is_supplied(key: str) -> bool:
        if session is not None and passes_on(session, key):
            return False
        if key == MFA_PRESENT:  # only users can pass a code
            return user is not None and (bool(user.mfa_devices) or (with_unknown and mfa_is_unknown))
        if is_of_forwarded_request(key):
            return False
        if key.startswith(PRINCIPAL_TAG):
            return may_carry
        if is_of_role_session(key):
            return may_carry and (key == _CARRIED_IDENTITY or not comes_from_identity(key))
        if key.startswith("sts:"):
            return key in _PARAMETERS
        return key.startswith("aws:") and is_chosen_by_caller(key, is_service=is_service)

    return is_supplied


def brought_by(choices: Choices, user: User | None = None) -> tuple[CandidateContext, ...]:
    """What the caller of AssumeRole supplies if it makes these choices."""
    tagged = {each.lowered for each in choices}
    found: dict[str, CandidateContext] = {}
    for choice in choices:
        for one in _brought(choice, user, tagged):
            found.setdefault(one.label, one)
    return tuple(found.values())


def _brought(choice: Choice, user: User | None, tagged: Container[str]) -> Iterator[CandidateContext]:
    """`tagged`: the keys that are chosen, in lower case."""
    lowered, value = choice.lowered, choice.value
    if lowered == MFA_PRESENT:
        yield CandidateContext(label="MFA", has_mfa=True, is_unknown=user is None or not user.mfa_devices)
    elif lowered == TAG_KEYS:
        for one in (value,) if isinstance(value, str) else value or ():
            if f"{REQUEST_TAG}{one.lower()}" not in tagged:
                yield CandidateContext(label=f"tag {one}=*", tag=(one, FREE_VALUE))
    elif isinstance(value, str):
        yield _brought_value(choice, value)
    elif value:
        yield _brought_value(choice, value[0])


def _brought_value(choice: Choice, value: str) -> CandidateContext:
    lowered, name = choice.lowered, choice.key.partition("/")[2]
    if lowered.startswith(PRINCIPAL_TAG):
        label = f"session tag {name}={value}"
        return CandidateContext(label=label, session_tag=(name, value), is_unknown=True)
    if lowered in _PARAMETERS:
        parameter, words = _PARAMETERS[lowered]
        return CandidateContext(label=f"{words} {choice.words}", parameter=(parameter, value))
    if lowered.startswith(REQUEST_TAG):
        return CandidateContext(label=f"tag {name}={choice.words}", tag=(name, value))
    if lowered == REGION_KEY:
        return CandidateContext(label=f"region {value}", region=value)
    is_unknown = is_of_role_session(lowered)
    return CandidateContext(label=choice.label, key=(choice.key, value), is_unknown=is_unknown)


def operation_context(brought: Sequence[CandidateContext], session_name: str) -> dict[str, Json]:
    """The condition keys of the AssumeRole call itself, tags and source identity included."""
    keys: dict[str, Json] = {"sts:RoleSessionName": session_name}
    for each in brought:
        if each.parameter:
            keys[_KEYS[each.parameter[0]]] = each.parameter[1]
        if each.has_mfa:
            keys |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"}
    tags = [each.tag for each in brought if each.tag]
    if tags:
        keys |= {f"aws:RequestTag/{name}": value for name, value in tags}
        keys["aws:TagKeys"] = [name for name, _ in tags]
    if transitive := _transitive(brought):
        keys["sts:TransitiveTagKeys"] = transitive
    return keys


def call_parameters(role_arn: str, brought: Sequence[CandidateContext], session_name: str) -> dict[str, Json]:
    """The parameters of the AssumeRole call that makes this hop, without the MFA code, which the caller
    adds.
    """
    params: dict[str, Json] = {"RoleArn": role_arn, "RoleSessionName": session_name}
    for each in brought:
        if each.parameter:
            params[each.parameter[0]] = each.parameter[1]
    tags = [{"Key": each.tag[0], "Value": each.tag[1]} for each in brought if each.tag]
    if tags:
        params["Tags"] = tags
    if transitive := _transitive(brought):
        params["TransitiveTagKeys"] = transitive
    return params


def _transitive(brought: Sequence[CandidateContext]) -> list[Json]:
    return [each.tag[0] for each in brought if each.tag and each.is_transitive]


def own_part(brought: Sequence[CandidateContext], session: Session) -> tuple[CandidateContext, ...]:
    """The part that the caller supplies with this session. AWS passes on the session's transitive tags and
    its source identity and refuses to replace them, and the caller does not choose what else the session
    carries.
    """
    return tuple(each for each in brought if not _is_carried(each, session))


def _is_carried(each: CandidateContext, session: Session) -> bool:
    if each.session_tag is not None or (each.key is not None and is_of_role_session(each.key[0])):
        return True
    if each.sets_identity:
        return session.source_identity is not None
    return each.tag is not None and passes_on(session, f"{REQUEST_TAG}{each.tag[0].lower()}")
