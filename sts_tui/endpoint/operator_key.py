"""Which access key acts as the operator, who may do anything? A new one at each start."""

from __future__ import annotations

from msgspec import Struct

from sts_tui.account.identifiers import encode_access_key_id
from sts_tui.simulation.simulation import Simulation


class OperatorKey(Struct, frozen=True):
    """Credentials that exist only while a gateway does."""

    access_key_id: str
    secret_access_key: str

    @classmethod
    def new(cls, sim: Simulation) -> OperatorKey:
        import secrets

        key = encode_access_key_id("AKIA", sim.world.first_account, secrets.token_bytes(5))
        return cls(key, f"SIMULATED/{secrets.token_urlsafe(22)}"[:40])
