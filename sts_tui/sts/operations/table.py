"""Which operations of STS are simulated?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.sts.operation import Effect, Operation
from sts_tui.sts.operations.assume_role import assume_role
from sts_tui.sts.operations.assume_role_with_saml import assume_role_with_saml
from sts_tui.sts.operations.assume_role_with_web_identity import assume_role_with_web_identity
from sts_tui.sts.operations.assume_root import assume_root
from sts_tui.sts.operations.decode_authorization_message import decode_authorization_message
from sts_tui.sts.operations.get_access_key_info import get_access_key_info
from sts_tui.sts.operations.get_caller_identity import get_caller_identity
from sts_tui.sts.operations.get_delegated_access_token import get_delegated_access_token
from sts_tui.sts.operations.get_federation_token import get_federation_token
from sts_tui.sts.operations.get_scoped_credentials import get_scoped_credentials
from sts_tui.sts.operations.get_session_token import get_session_token
from sts_tui.sts.operations.get_web_identity_token import get_web_identity_token

_TABLE: Final = (
    Operation(name="sts:AssumeRole", effect=Effect.ISSUE, perform=assume_role),
    Operation(
        name="sts:AssumeRoleWithSAML", effect=Effect.ISSUE, perform=assume_role_with_saml, is_signed=False
    ),
    Operation(
        name="sts:AssumeRoleWithWebIdentity",
        effect=Effect.ISSUE,
        perform=assume_role_with_web_identity,
        is_signed=False,
    ),
    Operation(name="sts:AssumeRoot", effect=Effect.ISSUE, perform=assume_root),
    Operation(
        name="sts:DecodeAuthorizationMessage", effect=Effect.READ, perform=decode_authorization_message
    ),
    Operation(name="sts:GetAccessKeyInfo", effect=Effect.READ, perform=get_access_key_info),
    Operation(name="sts:GetCallerIdentity", effect=Effect.READ, perform=get_caller_identity),
    Operation(name="sts:GetDelegatedAccessToken", effect=Effect.ISSUE, perform=get_delegated_access_token),
    Operation(name="sts:GetFederationToken", effect=Effect.ISSUE, perform=get_federation_token),
    Operation(name="sts:GetScopedCredentials", effect=Effect.ISSUE, perform=get_scoped_credentials),
    Operation(name="sts:GetSessionToken", effect=Effect.ISSUE, perform=get_session_token),
    Operation(name="sts:GetWebIdentityToken", effect=Effect.ISSUE, perform=get_web_identity_token),
)

OPERATIONS: Final[Mapping[str, Operation]] = {operation.name: operation for operation in _TABLE}
