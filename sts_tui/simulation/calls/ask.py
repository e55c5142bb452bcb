"""What does a caller ask for? One call before anything is checked, and its form in a journal. `pipeline`
answers it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from sts_tui.account.arn import is_account_id, root_arn
from sts_tui.account.policies.global_condition_keys import can_be_set, cannot_be_set
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.simulation.authorization.request_context import endpoint_region
from sts_tui.simulation.calls.callers import CallerLike, caller_json
from sts_tui.simulation.events import ClientCall

PairLike: TypeAlias = (
    "tuple[str, str] | tuple[str, str, Mapping[str, Any]] | tuple[str, str, Mapping[str, Any], Sequence[str]]"
)
"""(action, resource), (action, resource, context) or (action, resource, context, unknown keys)."""
ClientLike: TypeAlias = "ClientCall | Mapping[str, Any] | None"


class ContextNotSettableError(ValueError):
    """A condition key that follows from the identity cannot be set by a request."""


class Pair(Struct, frozen=True):
    """One of several actions and resources of a call."""

    action: str
    resource: str = "*"
    context: Mapping[str, Any] = field(default_factory=dict)
    """Condition keys of this pair only, in addition to those of the call."""
    unknown: tuple[str, ...] = ()
    """Keys that cannot be derived from the request: conditions on them are undecided."""

    def written(self) -> list[object]:
        """The pair as the journal writes it."""
        return [self.action, self.resource, self.context, *([list(self.unknown)] if self.unknown else ())]


class Ask(Struct, frozen=True, kw_only=True):
    """A call as the caller made it, before anything is checked."""

    action: str
    params: Mapping[str, object] = field(default_factory=dict)
    caller: CallerLike = None
    context: Mapping[str, Any] = field(default_factory=dict)
    region: str | None = None
    """The Region that the caller gives; None: that of the resource's ARN, else `default_region`."""
    default_region: str = DEFAULT_REGION
    """The Region that the caller's client works in."""
    session_label: str | None = None
    workload: str | None = None
    is_plain: bool = False
    """Only authorize, even if the action is a known operation."""
    pairs: tuple[Pair, ...] = ()
    """The pairs of a plain request with several; `action` is that of the first."""
    each: bool = False
    """Decide every pair, without raising for a denied one."""
    client: ClientCall | None = None
    joins: bool = False
    """Whether it belongs to the call before it as one command: one undo reverts both."""
    is_scripted: bool = False
    """Whether the scripted attacker of a game day made it, so that it cannot be undone."""

    def region_for(self, resource: object) -> str:
        """The Region that the request for this resource is sent to."""
        return self.region or endpoint_region(resource, self.default_region)

    @property
    def endpoint(self) -> str:
        """The Region that the request is sent to."""
        return self.region_for(self._regional_resource)

    @property
    def named_resource(self) -> str:
        """The resource that the parameters name, before anything is evaluated; `*` if none does."""
        if self.pairs:
            return self.pairs[0].resource
        resource = "*"
        for name in ("Resource", "RoleArn", "PolicyArn", "TargetPrincipal"):
            named = self.params.get(name)
            if isinstance(named, str):
                resource = named
                break
        return root_arn(resource) if is_account_id(resource) else resource

    @property
    def _regional_resource(self) -> object:
        """The parameter that can be an ARN with a Region."""
        return self.params["Resource"] if "Resource" in self.params else self.params.get("KeyId")


def check_context(context: Mapping[str, object], action: str) -> None:
    """Raises ContextNotSettableError for the first key that a caller cannot set in a request for `action`."""
    for key in context:
        if not can_be_set(key, action):
            raise ContextNotSettableError(cannot_be_set(key))


def ask_for(
    action: str, params: Mapping[str, object] | None, caller: CallerLike,
    context: Mapping[str, object] | None, regions: tuple[str | None, str], session_label: str | None,
    client: ClientLike = None,
) -> Ask:  # fmt: skip
    """One call. `regions`: (the Region that the caller gives, the Region that its client works in). Raises
    ContextNotSettableError.
    """
    check_context(context or {}, action)
    return Ask(
        action=action, params=params or {}, caller=caller, context=context or {}, region=regions[0],
        default_region=regions[1], session_label=session_label, client=client_call(client),
    )  # fmt: skip


def ask_for_several(
    pairs: Sequence[PairLike], owner: str | None, caller: CallerLike,
    context: Mapping[str, Any] | None, regions: tuple[str | None, str], each: bool,
) -> Ask:  # fmt: skip
    """One call for several actions and resources. Raises ValueError for an empty sequence, and
    ContextNotSettableError.
    """
    several = tuple(Pair(*one) for one in pairs)
    if not several:
        raise ValueError("a request needs at least one action")
    for pair in several:
        check_context(pair.context, pair.action)
    params = {"Owner": owner} if owner else {}
    ask = ask_for(several[0].action, params, caller, context, regions, None)
    return replace(ask, is_plain=True, pairs=several, each=each)


def client_call(client: ClientLike) -> ClientCall | None:
    """What is known of a real client's request. Raises TypeError for a member that ClientCall
    does not have.
    """
    return ClientCall(**client) if isinstance(client, Mapping) else client


def journal_entry(kind: str, ask: Ask, own: Mapping[str, object]) -> dict[str, object]:
    """A call as a journal writes it, by the keys of a journal's line. `own`: the arguments that only this
    kind of call has, by name.
    """
    regions = {"region": ask.region, "default_region": ask.default_region}
    arguments = {"action": ask.action, "context": ask.context, **regions, **own}
    if ask.client is not None:
        arguments["client"] = to_builtins(ask.client)
    return {"kind": kind, "arguments": arguments, "caller": caller_json(ask.caller)}
