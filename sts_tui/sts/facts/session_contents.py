"""What does a session contain, who can set it, and does it survive the next call for credentials?

The module has only data: `docs/sts-operations.md` shows these rows, and a test checks them against the
simulation.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trusted-identity-propagation.html
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class SessionContent(Struct, frozen=True, kw_only=True):
    """One property of a session."""

    what: str
    key: str
    """The condition key in later requests; empty if there is none."""
    set_by: str
    assume_role: str
    """Whether it is preserved if the session assumes a role; begins with `yes` or `no`."""
    scoped: str
    """The same for GetScopedCredentials."""
    usable: str = "all policies"
    """Which policies can test it; empty if it has no condition key."""

    @property
    def survives_assume_role(self) -> bool:
        return self.assume_role.startswith("yes")

    @property
    def survives_scoping(self) -> bool:
        return self.scoped.startswith("yes")


SESSION_CONTENTS: Final = (
    SessionContent(
        what="transitive session tag",
        key="aws:PrincipalTag/…",
        set_by="any caller with sts:TagSession; the token or assertion; EKS Pod Identity",
        assume_role="yes, cannot be changed",
        scoped="yes",
    ),
    SessionContent(
        what="other session tag",
        key="aws:PrincipalTag/…",
        set_by="any caller with sts:TagSession; the token or assertion; Roles Anywhere, from the certificate",
        assume_role="no",
        scoped="yes",
    ),
    SessionContent(
        what="source identity",
        key="aws:SourceIdentity",
        set_by="the first caller with sts:SetSourceIdentity; the token or assertion; Roles Anywhere",
        assume_role="yes, cannot be changed",
        scoped="yes",
    ),
    SessionContent(
        what="origin identity",
        key="aws:OriginIdentity/…",
        set_by="only STS, from the token or assertion of a provider with a context provider",
        assume_role="yes (assumed; setting OriginIdentitySurvivesAssumeRole)",
        scoped="yes",
        usable="trust, identity-based, resource-based and organization policies",
    ),
    SessionContent(
        what="further claims of the provider",
        key="aws:TransactionContext/IdentityProvider/…",
        set_by="only STS, from the token or assertion of a provider with a context provider",
        assume_role="yes (assumed; setting OriginIdentitySurvivesAssumeRole)",
        scoped="yes",
        usable="trust, identity-based, resource-based and organization policies",
    ),
    SessionContent(
        what="user of IAM Identity Center",
        key="identitystore:UserId",
        set_by="only IAM Identity Center: at sign-in, and with the context assertion that an application "
        "passes to AssumeRole",
        assume_role="no",
        scoped="yes",
        usable="all but the trust policy of the permission set's role",
    ),
    SessionContent(
        what="login",
        key="aws:SignInSessionArn",
        set_by="only AWS sign-in (`aws login`)",
        assume_role="no",
        scoped="yes",
    ),
    SessionContent(
        what="provider of the token",
        key="aws:FederatedProvider",
        set_by="only STS",
        assume_role="no",
        scoped="yes",
    ),
    SessionContent(
        what="session policy",
        key="",
        set_by="any caller",
        assume_role="no",
        scoped="yes",
        usable="",
    ),
    SessionContent(
        what="scope-down policy",
        key="",
        set_by="the caller of GetScopedCredentials",
        assume_role="no",
        scoped="yes, three at most",
        usable="",
    ),
    SessionContent(
        what="MFA of GetSessionToken",
        key="aws:MultiFactorAuthPresent",
        set_by="an IAM user with a device",
        assume_role="no (setting GetSessionTokenMfaReachesRoles)",
        scoped="yes",
    ),
    SessionContent(
        what="issue time",
        key="aws:TokenIssueTime",
        set_by="only STS",
        assume_role="no, the new session has its own",
        scoped="yes (assumed; setting ScopedSessionsHaveOwnIssueTime)",
    ),
)
