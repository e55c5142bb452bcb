"""Which context keys of a caller does nobody know? Those of principals of accounts outside the files.

An ARN says account, kind and name. It does not say the unique id, the tags, whether MFA was used, or how the
credentials were obtained; conditions on these are undecided, neither met nor failed.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.iam.caller import CallerKind
from sts_tui.sts.identity import CallerIdentity

_MFA: Final = ("aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge")
_SIGN_IN: Final = ("aws:TokenIssueTime", "aws:SignInSessionArn")
_TAGS: Final = "aws:PrincipalTag/*"
_OF_A_ROLE_SESSION: Final = (
    *("aws:SourceIdentity", "aws:FederatedProvider", "aws:ChatbotSourceArn", "identitystore:UserId"),
    *("aws:IdentityCenterInstanceArn", "aws:IdentityStoreArn"),
    *("aws:OriginIdentity/*", "aws:TransactionContext/*"),
    *("aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4"),
    *("ec2:SourceInstanceArn", "ec2:RoleDelivery", "lambda:SourceFunctionArn", "ssm:SourceInstanceArn"),
    *("saml:*", "accounts.google.com:*", "cognito-identity.amazonaws.com:*"),
    *("graph.facebook.com:*", "www.amazon.com:*"),
)
"""How a role was assumed: the keys that its sessions carry into later requests."""
_BY_KIND: Final[Mapping[CallerKind, tuple[str, ...]]] = {
    CallerKind.USER: ("aws:userid", _TAGS, *_MFA, *_SIGN_IN),
    CallerKind.ROLE_SESSION: ("aws:userid", _TAGS, *_MFA, *_SIGN_IN, *_OF_A_ROLE_SESSION),
    CallerKind.FEDERATED_USER: (_TAGS, "aws:TokenIssueTime"),
    CallerKind.ROOT: (*_MFA, *_SIGN_IN, "aws:AssumedRoot"),
}
_OF_THE_ORGANIZATION: Final = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")


def unknown_keys(caller: CallerIdentity, configuration: Configuration) -> tuple[str, ...]:
    """The keys that the caller's requests may have or not; `aws:PrincipalTag/*` stands for every tag.

    An organization in the files lists its accounts, so that an account which it does not list is in another
    one or in none. Without one it is not known which organization the account belongs to.
    """
    if not caller.is_outside:
        return ()
    keys = _BY_KIND.get(caller.caller.kind, ())
    return keys if configuration.organization is not None else (*keys, *_OF_THE_ORGANIZATION)
