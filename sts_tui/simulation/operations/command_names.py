"""What is an operation or parameter called on AWS's command line? `PutRolePolicy` is `put-role-policy`,
`RoleName` is `--role-name`.

The AWS CLI splits at capitals and keeps abbreviations together; S3's API calls are under `aws s3api`.
https://docs.aws.amazon.com/cli/latest/reference/
"""

from __future__ import annotations

from functools import lru_cache

from sts_tui.account.lazy_pattern import lazy_pattern

_BEFORE_A_WORD = lazy_pattern(r"(.)([A-Z][a-z]+)")
_AFTER_A_WORD = lazy_pattern(r"([a-z0-9])([A-Z])")
_CLI_SERVICES = {
    "s3": "s3api",
    "access-analyzer": "accessanalyzer",
    "sso": "sso-admin",
    "sso-oauth": "sso-oidc",
}
OF_THE_PORTAL = frozenset({"GetRoleCredentials", "ListAccounts", "ListAccountRoles", "Logout"})
"""Operations of `aws sso`; other operations whose actions begin with `sso:` belong to `aws sso-admin`."""

OF_THE_TOOLBOX = frozenset({"GetRequestAuthorizationDetails", "GetRequestAuthorizationPolicy"})
"""Operations of `aws iam-toolbox`, whose actions begin with `iam:`."""
OF_THE_SIGN_IN_PAGE = frozenset({"ConsoleLogin", "GetSigninToken", "AuthorizeOAuth2Access"})
"""Operations that a page or a URL of the sign-in service performs; the AWS CLI has no command for them."""
OF_CERTIFICATES = frozenset({"CreateSession"})
"""Operations that the credential helper of Roles Anywhere signs with a certificate."""
WITHOUT_COMMAND = frozenset(
    {
        *(f"signin:{name}" for name in OF_THE_SIGN_IN_PAGE),
        *(f"rolesanywhere:{name}" for name in OF_CERTIFICATES),
    }
)
"""Operations for which the AWS CLI has no command."""


@lru_cache(maxsize=1024)
def dashed(name: str) -> str:
    """`AddClientIDToOpenIDConnectProvider` → `add-client-id-to-open-id-connect-provider`."""
    return _AFTER_A_WORD.sub(r"\1-\2", _BEFORE_A_WORD.sub(r"\1-\2", name)).lower()


@lru_cache(maxsize=1024)
def command_of(operation: str) -> tuple[str, str]:
    """`s3:PutBucketPolicy` → (`s3api`, `put-bucket-policy`)."""
    service, _, name = operation.partition(":")
    if service == "sso" and name in OF_THE_PORTAL:
        return service, dashed(name)
    if service == "iam" and name in OF_THE_TOOLBOX:
        return "iam-toolbox", dashed(name)
    return _CLI_SERVICES.get(service, service), dashed(name)
