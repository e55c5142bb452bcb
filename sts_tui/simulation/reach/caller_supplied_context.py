"""What a caller could bring to meet the conditions of policies: MFA, an external id, a tag, an address.

Only what the caller chooses counts; what follows from the caller's identity does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from sts_tui.account.entities import User
from sts_tui.account.json_value import Json
from sts_tui.account.policies.global_condition_keys import (
    comes_from_identity,
    is_of_role_session,
    is_of_service_call,
)

_IDENTITY: Final = "SourceIdentity"
_TAKEN_FROM_ELSEWHERE: Final = ("aws:tagkeys", "sts:transitivetagkeys")
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
    """One thing that a caller brings, in words, and how it changes the call."""

    label: str
    parameter: tuple[str, str] | None = None
    """A parameter of AssumeRole: name and value."""
    tag: tuple[str, str] | None = None
    """A session tag: name and value."""
    is_transitive: bool = False
    """Whether the tag is passed on along the chain."""
    region: str | None = None
    key: tuple[str, str] | None = None
    """A condition key of the request itself, such as `aws:SourceIp`: name and value."""
    session_name: str = ""
    """The name that the caller's own session has to have."""
    has_mfa: bool = False
    session_tag: tuple[str, str] | None = None
    """A tag that the caller's own session has to carry: name and value."""
    is_unknown: bool = False
    """Whether the files do not say that the caller has it: an MFA device, a tag or key of its session."""

    @property
    def sets_identity(self) -> bool:
        """Whether it is a source identity."""
        return self.parameter is not None and self.parameter[0] == _IDENTITY

    @property
    def settled_by(self) -> str:
        """What would settle it, where it is unknown."""
        if self.session_tag is not None:
            return f"whether its session carries the tag {'='.join(self.session_tag)}"
        if self.key is not None:
            return f"whether its session carries {self.label}"
        return f"whether the caller has {self.label}"


def candidates(
    documents: Sequence[Mapping[str, object]],
    user: User | None,
    *,
    mfa_is_unknown: bool,
    is_service: bool = False,
) -> list[CandidateContext]:
    """What the conditions of a trust policy and of the caller's own policies ask for, each once.

    `documents` are parsed policies; `user` is None for a role and a service; `mfa_is_unknown`: the files do
    not say which MFA devices users have.
    """
    found: dict[str, CandidateContext] = {}
    for document in documents:
        for operator, key, values in _conditions(document):
            for each in _candidates(operator, key, values, user, mfa_is_unknown=mfa_is_unknown):
                if each.key is None or is_service or not is_of_service_call(key):
                    found.setdefault(each.label, each)
    return list(found.values())


def _conditions(document: Mapping[str, object]) -> Iterator[tuple[str, str, list[str]]]:
    """(operator, key, values) of every condition of an Allow."""
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        conditions = statement.get("Condition")
        for operator, block in (conditions if isinstance(conditions, Mapping) else {}).items():
            for key, values in (block if isinstance(block, Mapping) else {}).items():
                texts = [str(one) for one in (values if isinstance(values, list) else [values])]
                if operator.lower() == "null":  # `false` asks for any value at all, `true` for none
                    texts = ["*"] if [text.lower() for text in texts] == ["false"] else []
                yield operator, key, texts


def _candidates(
    operator: str, key: str, values: list[str], user: User | None, *, mfa_is_unknown: bool
) -> Iterator[CandidateContext]:
    lowered = key.lower()
    if lowered in ("aws:multifactorauthpresent", "aws:multifactorauthage"):
        if user is not None and (user.mfa_devices or mfa_is_unknown):  # only users can pass a code
            yield CandidateContext(label="MFA", has_mfa=True, is_unknown=not user.mfa_devices)
        return
    if "not" in operator.lower() or not values or lowered in _TAKEN_FROM_ELSEWHERE:
        return
    value = _example(values[0], user)
    if lowered.startswith("aws:principaltag/") and user is None and "${" not in value:
        tag = (key.partition("/")[2], value)
        yield CandidateContext(label=f"session tag {'='.join(tag)}", session_tag=tag, is_unknown=True)
        return
    yield from _of_a_call(key, values[0], value, may_carry=user is None)


def _of_a_call(key: str, written: str, value: str, *, may_carry: bool) -> Iterator[CandidateContext]:
    """What one call brings for a key: `value` is an example of what the policy has `written`; `may_carry`:
    the caller may be a session of a role, whose requests have the keys that say how it was assumed.
    """
    lowered = key.lower()
    if lowered in _PARAMETERS:
        parameter, words = _PARAMETERS[lowered]
        yield CandidateContext(label=f"{words} {written}", parameter=(parameter, value))
    elif lowered.startswith("aws:requesttag/"):
        name = key.partition("/")[2]
        yield CandidateContext(label=f"tag {name}={written}", tag=(name, value))
    elif lowered == "aws:requestedregion":
        yield CandidateContext(label=f"region {value}", region=value)
    elif is_of_role_session(key):
        if may_carry and not comes_from_identity(key):
            yield CandidateContext(label=f"{key}={value}", key=(key, value), is_unknown=True)
    elif not comes_from_identity(key) and not lowered.startswith(("sts:", "aws:resource")):
        example = value.partition("/")[0] if lowered in ("aws:sourceip", "aws:vpcsourceip") else value
        yield CandidateContext(label=f"{key}={example}", key=(key, example))


def _example(value: str, user: User | None) -> str:
    """A text that a pattern matches: the user's name for its variable, `any` for what may be anything."""
    name = user.user_name if user else ""
    return value.replace("${aws:username}", name).replace("*", "any").replace("?", "x")


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


def actions_for(brought: Sequence[CandidateContext], *, inherits_tags: bool = False) -> list[str]:
    """Every action that AWS authorizes for the call, in its order. `inherits_tags`: the caller's session has
    transitive tags.
    """
    actions = ["sts:AssumeRole"]
    if inherits_tags or any(each.tag for each in brought):
        actions.insert(0, "sts:TagSession")
    if any(each.sets_identity for each in brought):
        actions.insert(0, "sts:SetSourceIdentity")
    return actions


def call_parameters(role_arn: str, brought: Sequence[CandidateContext], session_name: str) -> dict[str, Json]:
    """The parameters of the AssumeRole call that makes this hop. An MFA code is for the caller to add."""
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


def with_inherited(
    brought: Sequence[CandidateContext], tags: Sequence[tuple[str, str]], source_identity: str | None
) -> tuple[CandidateContext, ...] | None:
    """What a session brings that has a source identity and transitive tags, (key, value) pairs; None where it
    would have to replace one of them.
    """
    held = frozenset(key.lower() for key, _ in tags)
    if any(each.tag is not None and each.tag[0].lower() in held for each in brought):
        return None
    chosen = {each.parameter[1] for each in brought if each.sets_identity and each.parameter}
    if source_identity is None or chosen == {source_identity}:
        return tuple(brought)
    if chosen:
        return None
    label = f"source identity {source_identity}"
    return (*brought, CandidateContext(label=label, parameter=(_IDENTITY, source_identity)))
