"""Which web identity tokens do workloads find in files, as in a Kubernetes pod? One for each user of an OIDC
provider of the model, renewed after half of its lifetime.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html (web_identity_token_file)
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sts_tui.account.writing.private_file import write_private
from sts_tui.simulation.simulation import Simulation

_RENEWED_AFTER: Final = timedelta(seconds=450)
"""Of simulated time; tokens live for 900 seconds."""


class TokenFiles:
    """The files, `PROVIDER.USER` in a folder of this start."""

    def __init__(self, simulation: Simulation, folder: Path) -> None:
        self._simulation = simulation
        self._folder = folder
        self._written_at: datetime | None = None

    def renew(self) -> None:
        """Write the tokens where they are due. A full disk leaves the old ones."""
        now = self._simulation.now
        providers = [one for one in self._simulation.world.identity_providers.values() if one.type == "OIDC"]
        if not providers or (self._written_at is not None and now < self._written_at + _RENEWED_AFTER):
            return
        from sts_tui.identity_providers.oidc import issue_oidc  # signing loads cryptography

        self._written_at = now
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            for provider in providers:
                for user in provider.users:
                    name = f"{provider.name}.{user.name}".replace("/", "_").replace("\0", "_")
                    with suppress(OSError):  # a name that is too long has no file, the others do
                        write_private(self._folder / name, issue_oidc(provider, user, now=now))
