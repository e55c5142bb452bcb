"""Which tokens are written to files for clients? A web identity token, as in a Kubernetes pod, for each user
of an OIDC provider of the model, and a SAML response for each user of a SAML provider; renewed in time. For
each holder of a certificate, the certificate and its key in PEM.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html (web_identity_token_file)
https://docs.aws.amazon.com/cli/latest/reference/sts/assume-role-with-saml.html (--saml-assertion file://…)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sts_tui.account.entities import OPAQUE_TOKENS, IdentityProvider
from sts_tui.account.writing.private_file import write_private
from sts_tui.identity_providers.access_tokens import ACCESS_TOKEN_LIFETIME
from sts_tui.identity_providers.oidc import TOKEN_LIFETIME
from sts_tui.identity_providers.saml import ASSERTION_LIFETIME
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.workloads.sign_in import saml_provider_arns
from sts_tui.simulation.workloads.workload_credentials import NoCredentialsError, PodPlace, pod_token

POD: Final = "pod"
_RENEWED_AFTER: Final = {
    "OIDC": timedelta(seconds=TOKEN_LIFETIME / 2),
    "Google": timedelta(seconds=TOKEN_LIFETIME / 2),
    "SAML": timedelta(seconds=ASSERTION_LIFETIME / 2),
    **dict.fromkeys(OPAQUE_TOKENS, timedelta(seconds=ACCESS_TOKEN_LIFETIME / 2)),
    POD: timedelta(minutes=30),
    "X509": timedelta(days=1),
}
"""The renewal interval in simulated time, by type of provider: half the lifetime of an ID token, an assertion
or an access token. The token of a pod is valid for a day; a certificate as long as the file says.
"""


class TokenFiles:
    """The files `PROVIDER.USER` in a folder of this start."""

    def __init__(self, simulation: Simulation, folder: Path) -> None:
        self._simulation = simulation
        self._folder = folder
        self._written_at: dict[str, datetime] = {}

    def renew(self) -> None:
        """Write the tokens and assertions that are due. If the disk is full, the old ones are kept."""
        now = self._simulation.now
        due = {
            kind
            for kind, after in _RENEWED_AFTER.items()
            if kind not in self._written_at or now >= self._written_at[kind] + after
        }
        providers = self._simulation.world.identity_providers.values() if due else ()
        for provider in providers:
            if provider.type in due:
                self._write(provider)
        if POD in due:
            self._write_pods()
        self._written_at |= dict.fromkeys(due, now)

    def _write(self, provider: IdentityProvider) -> None:
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            for user, proof in self._proofs(provider):
                name = f"{provider.name}.{user}".replace("/", "_").replace("\0", "_")
                with suppress(OSError):  # skips names that are too long for a file
                    write_private(self._folder / name, proof)

    def _write_pods(self) -> None:
        """`pod.CLUSTER.NAMESPACE.SERVICE-ACCOUNT` for each association of EKS Pod Identity."""
        world = self._simulation.world
        for one in world.configuration.pod_associations.values():
            name = f"pod.{one.cluster_name}.{one.namespace}.{one.service_account}"
            with suppress(OSError, NoCredentialsError):
                _, token = pod_token(PodPlace.of_association(one), world)
                self._folder.mkdir(mode=0o700, exist_ok=True)
                write_private(self._folder / name.replace("/", "_").replace("\0", "_"), token)

    def _proofs(self, provider: IdentityProvider) -> Iterator[tuple[str, str]]:
        """(file name, content) for each user: a token, a SAML response in base64, or a certificate and its
        key (`.pem` and `.key`). Signing loads cryptography and lxml.
        """
        now = self._simulation.now
        if provider.type in OPAQUE_TOKENS:
            from sts_tui.identity_providers.access_tokens import issue_access_token

            yield from ((user.name, issue_access_token(provider, user, now=now)) for user in provider.users)
        elif provider.type == "X509":
            yield from _certificates(provider, now)
        elif provider.type != "SAML":
            from sts_tui.identity_providers.oidc import issue_oidc

            yield from ((user.name, issue_oidc(provider, user, now=now)) for user in provider.users)
        else:
            from sts_tui.identity_providers.saml import issue_saml

            arns = saml_provider_arns(provider.name, self._simulation.world.in_force)
            for user in provider.users:
                yield user.name, issue_saml(provider, user, now=now, provider_arns=arns)


def _certificates(provider: IdentityProvider, now: datetime) -> Iterator[tuple[str, str]]:
    """(file name, content) of a user's certificate and key; none if the certificate has invalid fields."""
    from sts_tui.identity_providers.certificate_authority import certificate_pem, key_pem

    for user in provider.users:
        with suppress(ValueError):
            yield f"{user.name}.pem", certificate_pem(provider, user, now=now)
            yield f"{user.name}.key", key_pem()
