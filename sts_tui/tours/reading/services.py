"""Which services do `aws` lines know, and with which request shapes?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from sts_tui.simulation.operations.command_names import dashed
from sts_tui.simulation.operations.requests import shapes_of
from sts_tui.sts.shapes import Shape


class Service(Struct, frozen=True):
    """One service; `prefix` is that of its actions: `s3` for the CLI's `s3api`."""

    prefix: str

    def commands(self) -> Mapping[str, str]:
        """The operation by the CLI's spelling: `assume-role` → `AssumeRole`."""
        return _commands(self.prefix)

    def operation(self, command: str) -> str | None:
        """The operation's name, None where it is not simulated."""
        return self.commands().get(command)

    def action(self, operation: str) -> str:
        """The operation as the simulation knows it: `sts:AssumeRole`."""
        return f"{self.prefix}:{operation}"

    def shape(self, operation: str) -> Shape:
        """The parameters of an operation."""
        return shapes_of(self.prefix).request(operation)


@lru_cache(maxsize=16)
def _commands(prefix: str) -> Mapping[str, str]:
    return {dashed(operation): operation for operation in shapes_of(prefix).operations}


SERVICES: Mapping[str, Service] = {
    "sts": Service("sts"),
    "iam": Service("iam"),
    "s3api": Service("s3"),
    "kms": Service("kms"),
    "secretsmanager": Service("secretsmanager"),
    "sqs": Service("sqs"),
    "sns": Service("sns"),
    "lambda": Service("lambda"),
    "ecr": Service("ecr"),
    "accessanalyzer": Service("access-analyzer"),
    "organizations": Service("organizations"),
}
"""By the CLI's name."""
