"""What does a session pass on when it assumes a role, and which requests does AWS authorize for that?

The source identity of a session cannot be changed and is passed on: AWS sets `sts:SourceIdentity` to it and
authorizes `sts:SetSourceIdentity`, even if the call does not pass it. Transitive session tags are passed on
and cannot be passed again: AWS authorizes `sts:TagSession`, and the trust policy sees them as tags of the
role. The call itself (`sts.operations.assume_role`) and every search (`can`, `reach`, the incident desk)
therefore evaluate the same requests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.json_value import Json, JsonObject
from sts_tui.simulation.authorization.choosable_keys import REQUEST_TAG, TAG_KEYS
from sts_tui.sts.issuing.tags import SessionTags, inherited_tags

if TYPE_CHECKING:
    from sts_tui.account.configuration import Configuration
    from sts_tui.simulation.authorization.authorizer import Question
    from sts_tui.sts.session import Session

ASSUME_ROLE: Final = "sts:AssumeRole"
TAG_SESSION: Final = "sts:TagSession"
SET_SOURCE_IDENTITY: Final = "sts:SetSourceIdentity"
_ACTIONS: Final = frozenset(
    one.lower() for one in (ASSUME_ROLE, TAG_SESSION, SET_SOURCE_IDENTITY, "sts:SetContext")
)
_SOURCE_IDENTITY: Final = "sts:sourceidentity"


def passed_on(
    action: str, resource: str, session: Session | None, configuration: Configuration
) -> JsonObject | None:
    """The condition keys that AWS adds to a request because the session passes tags or a source identity on
    to the role that it assumes; None for other requests and for sessions that pass nothing on.
    """
    if session is None or action.lower() not in _ACTIONS:
        return None
    role, inherited = configuration.roles.get(resource), inherited_tags(session)
    if role is None or not (session.source_identity or inherited):
        return None
    keys: dict[str, Json] = dict(SessionTags(inherited=inherited).role_tag_context(role.tags))
    if session.source_identity:
        keys["sts:SourceIdentity"] = session.source_identity
    return keys


def requests_of(question: Question) -> tuple[Question, ...]:
    """Every request that AWS authorizes for the call of a question, the question itself first
    (`actions_of`).
    """
    given = (*question.context, *question.operation_context)
    session = question.caller.session
    actions = actions_of(question.action, question.resource, session, given, question.configuration)
    return (question, *(replace(question, action=action) for action in actions[1:]))


def actions_of(
    action: str, resource: str, session: Session | None, given: Iterable[str], configuration: Configuration
) -> tuple[str, ...]:
    """The action, and for AssumeRole of a role of the model also `sts:TagSession` and `sts:SetSourceIdentity`
    if tags or a source identity are passed or inherited. `given`: the condition keys of the request. AWS does
    not document the order; without `sts:AssumeRole` the others do not help.
    """
    if action.lower() != ASSUME_ROLE.lower() or resource not in configuration.roles:
        return (action,)
    keys = {key.lower() for key in given}
    needed = [action]
    if inherited_tags(session) or TAG_KEYS in keys or any(key.startswith(REQUEST_TAG) for key in keys):
        needed.append(TAG_SESSION)
    if (session is not None and session.source_identity) or _SOURCE_IDENTITY in keys:
        needed.append(SET_SOURCE_IDENTITY)
    return tuple(needed)


def carries_anything(session: Session) -> bool:
    """Whether the session has what another session of its role may lack."""
    return bool(session.tags or session.source_identity or session.context)


def passes_on(session: Session, key: str) -> bool:
    """Whether the session passes a condition key of AssumeRole (in lower case) on, so that its caller cannot
    choose it.
    """
    if key == _SOURCE_IDENTITY:
        return session.source_identity is not None
    return key.startswith(REQUEST_TAG) and key.partition("/")[2] in _names(session)


def is_fixed(question: Question, key: str) -> bool:
    """Whether the caller of a question cannot choose a key (in lower case): its session passes it on."""
    session = question.caller.session
    return session is not None and question.action.lower() in _ACTIONS and passes_on(session, key)


def passes_again(question: Question) -> bool:
    """Whether the request passes a tag that its session passes on, which AWS refuses."""
    session = question.caller.session
    if session is None or question.action.lower() not in _ACTIONS or not question.context:
        return False
    names = _names(session)
    return any(
        (key.lower().startswith(REQUEST_TAG) and key.lower().partition("/")[2] in names)
        or (key.lower() == TAG_KEYS and _listed(value) & names)
        for key, value in question.context.items()
    )


def _names(session: Session) -> frozenset[str]:
    return frozenset(key.lower() for key, _ in inherited_tags(session))


def _listed(value: Json) -> frozenset[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return frozenset(one.lower() for one in values if isinstance(one, str))
