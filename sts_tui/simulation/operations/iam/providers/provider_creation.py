"""What do the creations of SAML and OIDC providers share?"""

from __future__ import annotations

from collections.abc import Sequence

from sts_tui.account.entities import Tag
from sts_tui.simulation.operations.iam.identity_types import authorize_on
from sts_tui.simulation.operations.request_tags import tag_context
from sts_tui.sts.operation import Call


def authorize_provider_creation(call: Call, arn: str, tags: Sequence[Tag], tagging: str) -> None:
    """Creating with tags needs the tagging action too. Raises AccessDenied."""
    authorize_on(call, arn, context=tag_context(tags))
    if tags:
        authorize_on(call, arn, context=tag_context(tags), action=tagging)


def simulated_provider(call: Call, issuer: str) -> str:
    """The name of the simulated identity provider with that issuer; empty if there is none."""
    found = [one.name for one in call.identity_providers.values() if one.issuer == issuer]
    return found[0] if found else ""
