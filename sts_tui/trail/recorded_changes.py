"""How are the policy changes in a trail applied to a model that was taken before it? The recorded calls are
repeated.

Only successful calls of simulated operations with all of their parameters are repeated; the others are
counted. https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from sts_tui.simulation import NotModelledError
from sts_tui.simulation.calls.ask import ContextNotSettableError
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.operations import OPERATIONS, shape_of
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Effect
from sts_tui.sts.shapes import Shape
from sts_tui.trail.reading.containers import parsed_object
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.signer import signer_of

_SERVICES: Final = ("iam", "organizations", "s3", "kms", "secretsmanager", "sqs", "sns", "lambda", "ecr")


class RecordedChanges:
    """Repeats recorded changes in a simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.made = 0
        self._own_ids: dict[str, str] = {}
        """Id of an organization's policy in the trail → id in the simulation."""
        self.left_out: Counter[str] = Counter()
        """Recorded changes that could not be repeated, counted by operation and reason."""

    def follow(self, event: RecordedEvent) -> bool:
        """Repeat the change of an event at its time, if it is one. Returns whether it was made."""
        if (found := change_of(event)) is None:
            return False
        action, params = found
        if params.get("PolicyId") in self._own_ids:
            params["PolicyId"] = self._own_ids[params["PolicyId"]]
        self.simulation.advance_to(event.at)
        account = signer_of(event.identity).account or event.account
        operator = Identity(kind=IdentityKind.OPERATOR, label="operator", account=account)
        try:
            self._make(event, action, params, operator)
        except AwsError as refusal:
            self.left_out[f"{action}: {refusal.code}"] += 1
        except (NotModelledError, ContextNotSettableError):
            self.left_out[f"{action}: not simulated"] += 1
        else:
            self.made += 1
            return True
        return False

    def _make(self, event: RecordedEvent, action: str, params: dict[str, Any], operator: Identity) -> None:
        """Raises AwsError, NotModelledError and ContextNotSettableError, like `Simulation.call`."""
        self._note_made(event, self.simulation.call(action, params, caller=operator, region=event.region))

    def _note_made(self, event: RecordedEvent, response: Mapping[str, Any]) -> None:
        """`response`: AWS's response to the repeated call."""
        summary = response.get("Policy", {}).get("PolicySummary", {}) if event.made else {}
        if "Id" in summary:
            self._own_ids[event.made] = str(summary["Id"])


def change_of(event: RecordedEvent) -> tuple[str, dict[str, Any]] | None:
    """(action, parameters) of a recorded call that changed something and is simulated, else None."""
    service = event.source.partition(".")[0]
    action = f"{service}:{event.name}"
    operation = OPERATIONS.get(action) if service in _SERVICES else None
    if event.code or operation is None or operation.effect is not Effect.WRITE:
        return None
    return action, _parameters(shape_of(action), parsed_object(event.request))


def _parameters(shape: Shape, request: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a shape that a request has, ignoring the case of their first letter."""
    given = {_plain(name): value for name, value in request.items()}
    given |= {"bucket": given["bucketname"]} if "bucketname" in given else {}
    return {
        name: _value(member, given[_plain(name)])
        for name, member in shape.members.items()
        if given.get(_plain(name)) is not None
    }


def _value(shape: Shape, value: Any) -> Any:
    match shape:
        case Shape(type="structure") if isinstance(value, Mapping):
            return _parameters(shape, value)
        case Shape(type="list", member=Shape() as member) if isinstance(value, list):
            return [_value(member, one) for one in value]
    return value


def _plain(name: str) -> str:
    return name.lower()
