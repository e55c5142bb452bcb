"""Which user does an opaque access token of Login with Amazon or Facebook identify? AWS asks the provider.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html (ProviderId) The
message of a rejection is from https://github.com/aws/aws-sdk-js/issues/198.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.account.entities import BUILT_IN_HOSTS, OPAQUE_TOKENS, USER_ID_CLAIMS
from sts_tui.sts.denials import idp_not_reached
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.web_identity_tokens import WebIdentity

if TYPE_CHECKING:
    from sts_tui.sts.operation import Call

BUILT_IN_OAUTH: Final = (BUILT_IN_HOSTS["Facebook"], BUILT_IN_HOSTS["Amazon"])
"""The only values of ProviderId."""


def looked_up_identity(call: Call, provider_id: str) -> WebIdentity:
    """The user to whom the WebIdentityToken of a call belongs, according to the provider.

    Raises AwsError: IDPCommunicationError if there is no simulated provider of this type, IDPRejectedClaim if
    none of them accepts the token.
    """
    from sts_tui.identity_providers.access_tokens import RejectedTokenError, look_up

    providers = [
        one
        for one in call.identity_providers.values()
        if one.type in OPAQUE_TOKENS and one.host == provider_id
    ]
    if not providers:
        raise idp_not_reached(f"no simulated identity provider is {provider_id}")
    why = ""
    for provider in providers:  # one provider for each app
        try:
            found = look_up(provider, call.params["WebIdentityToken"], call.now)
        except RejectedTokenError as rejected:
            why = why or str(rejected)
            continue
        return WebIdentity(
            principal=provider_id,
            host=provider_id,
            claims={
                "app_id": found.app_id,
                USER_ID_CLAIMS[provider.type]: found.user_id,
                "sub": found.user_id,
            },
            audience=found.app_id,
            label=f"{provider.name}/{found.user.name}",
            is_looked_up=True,
        )
    message = f"{provider_id}: {provider_id} responded with HTTP/1.1 400 Bad Request"
    raise AwsError("IDPRejectedClaim", message, 403, hint=why)
