"""Which calls does AWS refuse to some kinds of credentials before any policy, and which calls can no policy
deny?

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.request import Request


class CredentialLimit(Struct, frozen=True, kw_only=True):
    """One row of the table: AWS refuses these actions to these kinds of credentials."""

    kinds: frozenset[CallerKind]
    service: str
    """The service prefix of the actions in lower case: `iam`, `sts`."""
    only: frozenset[str] | None = None
    """The operations that are refused. None: all of the service except `but_not`."""
    but_not: frozenset[str] = frozenset()
    unless_mfa: bool = False
    because: str
    """The reason, for explanations."""
    code: str = "AccessDenied"
    message: str = ""
    """AWS's own message if it is known; empty: the usual access denied message."""
    status: int = 403

    def refuses(self, kind: CallerKind, has_mfa: bool, operation: str) -> bool:
        """Whether the limit refuses an operation of its service (in lower case) to this kind of caller.
        `has_mfa`: whether the credentials were issued with MFA.
        """
        if kind not in self.kinds or (self.unless_mfa and has_mfa):
            return False
        return operation not in self.but_not if self.only is None else operation in self.only


_SESSIONS: Final = frozenset(
    (CallerKind.USER_SESSION, CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER, CallerKind.ROOT_SESSION)
)
_OF_GET_SESSION_TOKEN: Final = frozenset((CallerKind.USER_SESSION,))
_OF_GET_FEDERATION_TOKEN: Final = frozenset((CallerKind.FEDERATED_USER,))
_PARTS_OF_ASSUME_ROLE: Final = frozenset(("assumerole", "tagsession", "setsourceidentity", "setcontext"))
_PARTS_OF_GET_WEB_IDENTITY_TOKEN: Final = frozenset(
    ("getwebidentitytoken", "taggetwebidentitytoken", "setwebidentitytokenscope")
)
_ANY_TEMPORARY: Final = frozenset(("getcalleridentity", "getscopedcredentials", "getdelegatedaccesstoken"))
"""Operations that temporary credentials of every kind can call.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html"""

INVALID_TOKEN: Final = "The security token included in the request is invalid."
"""IAM's message for credentials that it does not accept at all. From public reports, which agree; AWS does
not document the text.
"""

CREDENTIAL_LIMITS: Final = (
    CredentialLimit(
        kinds=_SESSIONS,
        service="sts",
        only=frozenset(("getsessiontoken",)),
        because="GetSessionToken needs long-term credentials",
        message="Cannot call GetSessionToken with session credentials",
    ),
    CredentialLimit(
        kinds=_SESSIONS,
        service="sts",
        only=frozenset(("getfederationtoken",)),
        because="GetFederationToken needs long-term credentials",
        message="Cannot call GetFederationToken with session credentials",
    ),
    CredentialLimit(
        kinds=frozenset((CallerKind.USER, CallerKind.ROOT)),
        service="sts",
        only=frozenset(("getscopedcredentials",)),
        because="GetScopedCredentials needs temporary credentials",
        code="InvalidSubjectCredentials",
        message="The calling session's credentials could not be validated or resolved.",
        status=400,
    ),
    CredentialLimit(
        kinds=frozenset((CallerKind.ROOT, CallerKind.ROOT_SESSION)),
        service="sts",
        only=frozenset(("assumerole",)),
        because="a root user cannot assume roles",
        message="Roles may not be assumed by root accounts.",
    ),
    CredentialLimit(
        kinds=_OF_GET_FEDERATION_TOKEN,
        service="iam",
        because="credentials from GetFederationToken cannot call IAM operations",
        code="InvalidClientTokenId",
        message=INVALID_TOKEN,
    ),
    CredentialLimit(
        kinds=_OF_GET_FEDERATION_TOKEN,
        service="sts",
        but_not=_ANY_TEMPORARY,
        because="credentials from GetFederationToken can call only GetCallerIdentity, GetScopedCredentials "
        "and GetDelegatedAccessToken of STS",
    ),
    CredentialLimit(
        kinds=_OF_GET_SESSION_TOKEN,
        service="iam",
        unless_mfa=True,
        because="credentials from GetSessionToken can call IAM operations only if issued with MFA",
        code="InvalidClientTokenId",
        message=INVALID_TOKEN,
    ),
    CredentialLimit(
        kinds=_OF_GET_SESSION_TOKEN,
        service="sts",
        but_not=_ANY_TEMPORARY | _PARTS_OF_ASSUME_ROLE | _PARTS_OF_GET_WEB_IDENTITY_TOKEN,
        because="credentials from GetSessionToken can call only AssumeRole, GetCallerIdentity, "
        "GetScopedCredentials, GetWebIdentityToken and GetDelegatedAccessToken of STS",
    ),
)

NEVER_DENIED: Final = {
    "sts:getcalleridentity": frozenset(CallerKind) - {CallerKind.ANONYMOUS},
    "sts:getsessiontoken": frozenset((CallerKind.USER, CallerKind.ROOT)),
}
"""Operation → kinds of caller that need no permission for it and to whom no policy can deny it.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""
NO_OPERATIONS: Final = frozenset(("iam:passrole", "sts:getservicebearertoken"))
"""Permissions that other services check, which are not operations of IAM or STS. The limits on calling IAM
and STS do not apply to them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""
_UNLIMITED: Final = frozenset((CallerKind.SERVICE, CallerKind.ANONYMOUS, CallerKind.FEDERATED))


def limit_on(request: Request) -> CredentialLimit | None:
    """The first limit that refuses the request; None if no limit does."""
    return _limit_on(request.caller.kind, request.caller.has_mfa, request.action_key)


@lru_cache(maxsize=1024)
def _limit_on(kind: CallerKind, has_mfa: bool, action: str) -> CredentialLimit | None:
    if kind in _UNLIMITED or action in NO_OPERATIONS:
        return None
    service, _, operation = action.partition(":")
    for limit in CREDENTIAL_LIMITS:
        if limit.service == service and limit.refuses(kind, has_mfa, operation):
            return limit
    return None
