"""Which services can `aws` lines name, and with which request shapes?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from sts_tui.simulation.operations.command_names import (
    OF_CERTIFICATES,
    OF_THE_PORTAL,
    OF_THE_SIGN_IN_PAGE,
    OF_THE_TOOLBOX,
    dashed,
)
from sts_tui.simulation.operations.requests import shapes_of
from sts_tui.sts.shapes import Shape


class Service(Struct, frozen=True):
    """One service; `prefix` is that of its actions: `s3` for the CLI's `s3api`."""

    prefix: str
    has_only: frozenset[str] = frozenset()
    """If two services of the CLI share a prefix: the operations of this one; empty: all."""
    lacks: frozenset[str] = frozenset()

    def commands(self) -> Mapping[str, str]:
        """Operation names by the CLI's spelling: `assume-role` → `AssumeRole`."""
        return _commands(self.prefix, self.has_only, self.lacks)

    def operation(self, command: str) -> str | None:
        """The operation's name; None if it is not simulated."""
        return self.commands().get(command)

    def action(self, operation: str) -> str:
        """The operation's name in the simulation: `sts:AssumeRole`."""
        return f"{self.prefix}:{operation}"

    def shape(self, operation: str) -> Shape:
        """The shape of an operation's parameters."""
        return shapes_of(self.prefix).request(operation)


@lru_cache(maxsize=32)
def _commands(prefix: str, only: frozenset[str], without: frozenset[str]) -> Mapping[str, str]:
    return {
        dashed(operation): operation
        for operation in shapes_of(prefix).operations
        if (not only or operation in only) and operation not in without
    }


SERVICES: Mapping[str, Service] = {
    "sts": Service("sts"),
    "iam": Service("iam", lacks=OF_THE_TOOLBOX),
    "iam-toolbox": Service("iam", has_only=OF_THE_TOOLBOX),
    "s3api": Service("s3"),
    "kms": Service("kms"),
    "secretsmanager": Service("secretsmanager"),
    "sqs": Service("sqs"),
    "sns": Service("sns"),
    "lambda": Service("lambda"),
    "ecr": Service("ecr"),
    "accessanalyzer": Service("access-analyzer"),
    "organizations": Service("organizations"),
    "sso": Service("sso", has_only=OF_THE_PORTAL),
    "sso-admin": Service("sso", lacks=OF_THE_PORTAL),
    "sso-oidc": Service("sso-oauth"),
    "identitystore": Service("identitystore"),
    "cognito-identity": Service("cognito-identity"),
    "signin": Service("signin", lacks=OF_THE_SIGN_IN_PAGE),
    "rolesanywhere": Service("rolesanywhere", lacks=OF_CERTIFICATES),
    "eks": Service("eks"),
    "eks-auth": Service("eks-auth"),
}
"""Services by the CLI's name."""
