"""How is a policy document used in evaluations? It is compiled on first use and then cached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import msgspec

from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam.documents.principal_rule import PRINCIPAL_RULES, PrincipalRule
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.settings import DEFAULT_SETTINGS, EvaluationSettings

if TYPE_CHECKING:
    from sts_tui.iam.documents.compiler import Origin
    from sts_tui.iam.match import Statement


# The first screen needs neither of these modules. A cached call is faster than an import in a function.


@cache
def _compiler() -> tuple[type[Origin], Callable[[Mapping[str, object], Origin], tuple[Statement, ...]]]:
    from sts_tui.iam.documents.compiler import Origin, compile_document

    return Origin, compile_document


@cache
def _grammar() -> Callable[..., str]:
    from sts_tui.iam.documents.writable import why_not_writable

    return why_not_writable


_ANYTHING: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_ANYTHING_FOR_ANYONE: Final = {"Effect": "Allow", "Principal": "*", "Action": "*"}


class PolicyDocument:
    """A named document. `document` must not be changed afterwards.

    `document` is the parsed JSON. `name` is the policy's name in explanations. `owner` is the role, user or
    group that it is attached to, for inline policies (`App` in `App/AWSRevokeOlderSessions#1`). `arn` is the
    policy's ARN, which AWS's access denied messages contain; inline policies have none. Raises TypeError if
    `document` is not a JSON object. A document that AWS would not store does not raise: `broken_rule` says
    which rule it breaks, and `evaluate` ignores the document.
    """

    __slots__ = ("_broken", "_compiled", "_mentions", "arn", "document", "doubt", "name", "owner")

    def __init__(
        self, document: Mapping[str, object], name: str = "policy", owner: str = "", arn: str = ""
    ) -> None:
        if not isinstance(document, (dict, Mapping)):  # dict first, which is faster
            raise TypeError(_not_a_document(document))
        self.document = document
        self.name = name
        self.owner = owner
        self.arn = arn
        self.doubt = ""
        """Why the content of the document is unknown; empty if it is known."""
        self._broken: dict[tuple[PolicyType, bool], str] = {}
        self._compiled: dict[tuple[PrincipalRule, EvaluationSettings], tuple[Statement, ...]] = {}
        self._mentions: dict[tuple[str, ...], bool] = {}

    def statements(
        self, policy_type: PolicyType = PolicyType.IDENTITY, settings: EvaluationSettings = DEFAULT_SETTINGS
    ) -> tuple[Statement, ...]:
        """Its statements, interpreted as a policy of that type. Compiled on the first call."""
        rule = PRINCIPAL_RULES[policy_type]
        found = self._compiled.get((rule, settings))
        if found is None:
            origin_of, compile_document = _compiler()
            origin = origin_of(self.name, self.owner, self.arn, rule, settings, self.doubt)
            found = compile_document(self.document, origin)
            self._compiled[rule, settings] = found
        return found

    def broken_rule(self, policy_type: PolicyType, settings: EvaluationSettings = DEFAULT_SETTINGS) -> str:
        """Why no policy of this type can have this document in AWS: the message with which AWS refuses to
        write it, and the place. Empty for everything that AWS stores. Computed on the first call.
        """
        if self.doubt:
            return ""
        key = (policy_type, settings.scalar_principal_in_trust_policies)
        found = self._broken.get(key)
        if found is None:
            found = self._broken[key] = _grammar()(self.document, policy_type, scalar_principal=key[1])
        return found

    def mentions(self, keys: tuple[str, ...]) -> bool:
        """Whether one of these condition keys (in lower case) occurs in its text, as a key or as a policy
        variable. If none does, their values cannot change the effect of the document.
        """
        found = self._mentions.get(keys)
        if found is None:
            found = self._mentions[keys] = _occur_in(self.document, keys)
        return found

    def __repr__(self) -> str:
        return f"PolicyDocument(name={self.name!r}, owner={self.owner!r})"


@lru_cache(maxsize=1024)
def unread(name: str, owner: str, arn: str) -> PolicyDocument:
    """An attached policy whose document is unknown. It might allow anything, so that a request that nothing
    else allows is undecided. That it might deny the request is ignored. Equal arguments give the same object.
    """
    document = PolicyDocument({"Version": "2012-10-17", "Statement": [_ANYTHING]}, name, owner, arn)
    document.doubt = f"the document of {arn or name} is not in the files"
    return document


@lru_cache(maxsize=1024)
def unread_of_resource(resource: str) -> PolicyDocument:
    """The same for the policy of a resource with this ARN."""
    anything = {"Version": "2012-10-17", "Statement": [_ANYTHING_FOR_ANYONE]}
    document = PolicyDocument(anything, resource.rpartition(":")[2])
    document.doubt = f"the policy of {resource} is not in the files"
    return document


_MENTIONS: Final[WeakKeyDictionary[WrittenPolicy, dict[tuple[str, ...], bool]]] = WeakKeyDictionary()


def mentions(written: WrittenPolicy, keys: tuple[str, ...]) -> bool:
    """Like `PolicyDocument.mentions`, for a policy that is not compiled."""
    known = _MENTIONS.setdefault(written, {})
    if keys not in known:
        known[keys] = _occur_in(written.document, keys)
    return known[keys]


def _occur_in(document: Mapping[str, object], keys: tuple[str, ...]) -> bool:
    text = document_text(document).lower()
    return any(key in text for key in keys)


def document_text(document: Mapping[str, object]) -> str:
    """A document as JSON on one line with sorted keys, so that equal documents have equal texts."""
    try:
        return msgspec.json.encode(document, enc_hook=repr, order="sorted").decode()
    except (UnicodeEncodeError, TypeError, ValueError):  # lone surrogates, keys of several types
        import json

        return json.dumps(document, ensure_ascii=False, default=repr)


def _not_a_document(given: object) -> str:
    if isinstance(given, str | bytes):
        return f"a policy document is the parsed JSON object, not its text: pass json.loads({given!r:.40})"
    return f"a policy document is a JSON object (a dict with Statement), not {given!r:.80}"


_COMPILED: Final[WeakKeyDictionary[WrittenPolicy, dict[tuple[str, str, str], PolicyDocument]]] = (
    WeakKeyDictionary()
)


def compiled(
    written: WrittenPolicy, name: str, policy_type: PolicyType | None = None, owner: str = "", arn: str = ""
) -> PolicyDocument:
    """The compiled form of a written policy. It is cached as long as the written policy exists.

    `policy_type` has no effect and serves readability: the layer that contains a document determines its
    type.
    """
    del policy_type
    by_name = _COMPILED.get(written)
    if by_name is None:
        by_name = _COMPILED[written] = {}
    document = by_name.get((name, owner, arn))
    if document is None:
        document = by_name[name, owner, arn] = PolicyDocument(written.document, name, owner, arn)
    return document
