"""Which identity providers of an account are assumed because the output of the AWS CLI does not list them?

In the output of `get-account-authorization-details`, SAML and OIDC providers occur only in trust policies. To
make sign-ins possible, a simulated identity provider whose name has this form replaces the account's
provider. It is added only for invented sign-ins.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.account.entities import IdentityProvider, OpenIDConnectProvider, SAMLProvider

MARK: Final = "~"
"""The prefix of the names of assumed providers and invented workloads."""
_ACCOUNT: Final = 12


def assumed_name(account: str, provider: str) -> str:
    """The name of the simulated provider: `~111122223333-okta`. `provider`: a host, or the name of a SAML
    provider.
    """
    return f"{MARK}{account}-{provider.replace('/', '-')}"


def assumed_oidc_provider(
    known: Mapping[str, IdentityProvider], account: str, host: str, partition: str
) -> OpenIDConnectProvider | None:
    """The account's provider for this issuer. `known`: the simulated identity providers by name."""
    directory = known.get(assumed_name(account, host))
    if directory is None or directory.type != "OIDC":
        return None
    audiences = (str(user.claims["aud"]) for user in directory.users if "aud" in user.claims)
    return OpenIDConnectProvider(
        arn=f"arn:{partition}:iam::{account}:oidc-provider/{host}",
        url=host,
        client_id_list=tuple(dict.fromkeys(audiences)),
        identity_provider=directory.name,
    )


def assumed_saml_provider(known: Mapping[str, IdentityProvider], arn: str) -> SAMLProvider | None:
    """The provider with this ARN. `known`: the simulated identity providers by name."""
    account, _, name = arn.partition(":iam::")[2].partition(":saml-provider/")
    directory = known.get(assumed_name(account, name))
    if directory is None or directory.type != "SAML":
        return None
    return SAMLProvider(arn=arn, name=name, identity_provider=directory.name)


def assumed_saml_arn(name: str, partition: str) -> str | None:
    """The ARN of the provider that a simulated provider of this name replaces; None for other names."""
    account, dash, provider = name[1 : _ACCOUNT + 1], name[_ACCOUNT + 1 : _ACCOUNT + 2], name[_ACCOUNT + 2 :]
    if not name.startswith(MARK) or not account.isdecimal() or dash != "-" or not provider:
        return None
    return f"arn:{partition}:iam::{account}:saml-provider/{provider}"
