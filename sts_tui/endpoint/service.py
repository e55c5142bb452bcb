"""Which services does one address offer? AWS's protocols, instance metadata, container credentials, tour
steps.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import Role
from sts_tui.endpoint import cbor, steps
from sts_tui.endpoint.delivered import Deliveries
from sts_tui.endpoint.operator_key import OperatorKey
from sts_tui.endpoint.profiles import Files
from sts_tui.simulation.simulation import Simulation
from sts_tui.wire.gateway import Exchange, Gateway, Options, Time
from sts_tui.wire.messages import HttpRequest, HttpResponse


class Behavior(Struct, frozen=True, kw_only=True):
    """How a simulation is served."""

    soft: bool = False
    source_ip: str = ""
    is_readonly: bool = False
    instance: Role | None = None
    """The role of the instance whose metadata is served."""


class Service:
    """Answers every request of one address. `catch_up` moves the simulated clock to now."""

    def __init__(
        self,
        simulation: Simulation,
        behavior: Behavior,
        *,
        catch_up: Callable[[], None],
        speed: Callable[[], float],
        report: Callable[[Exchange], None],
    ) -> None:
        self.simulation = simulation
        self.operator = OperatorKey.new(simulation)
        self.step_token = secrets.token_urlsafe(24)
        self.container_token = secrets.token_urlsafe(24)
        self._catch_up = catch_up
        self._speed = speed
        self._steps = steps.Steps(simulation, self.step_token, is_readonly=behavior.is_readonly)
        self.deliveries = Deliveries(simulation, self.container_token, behavior.instance)
        options = Options(
            encode=cbor.encode,
            decode=cbor.decode,
            operator_key_id=self.operator.access_key_id,
            operator_secret=self.operator.secret_access_key,
            soft=behavior.soft,
            source_ip=behavior.source_ip,
            is_readonly=behavior.is_readonly,
        )
        self._gateway = Gateway(simulation, options, report)

    def listens_at(self, address: str) -> None:
        """Set the address, which is known once the server listens on a port."""
        self._gateway.options = replace(self._gateway.options, endpoint=address)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The response to one request, now."""
        self._catch_up()
        if request.path == steps.PATH:
            return self._steps.answer(request)
        time = Time(now=datetime.now(UTC), speed=self._speed())  # noqa: TID251 (clients sign with the real clock)
        if self.deliveries.handles(request):
            return self.deliveries.answer(request, time)
        return self._gateway.answer(request, time)

    def ready_text(self, address: str, files: Files, pid: int) -> str:
        """The text of the ready file: everything that a script needs to start."""
        ready = {
            "endpoint": address,
            "step_token": self.step_token,
            "container_token": self.container_token,
            "operator": {
                "access_key_id": self.operator.access_key_id,
                "secret_access_key": self.operator.secret_access_key,
            },
            "config_file": str(files.config),
            "credentials_file": str(files.credentials),
            "pid": pid,
        }
        return json.dumps(ready, indent=2) + "\n"


def missing_extra() -> str:
    """One line if a dependency of the extra is not installed; empty if all are."""
    from importlib.util import find_spec

    missing = [name for name in ("aiohttp", "cbor2") if find_spec(name) is None]
    if not missing:
        return ""
    return f"{' and '.join(missing)} not installed: python -m pip install 'sts-tui[serve]'"
