"""What is a sign-in session, at the access portal, in the console or with `aws login`?

It is not a set of credentials. Until it ends, credentials are issued for it repeatedly; these remain valid
after its end.
https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept.html
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sts_tui.account.entity import Entity

SAML_SIGN_IN: Final = "https://signin.aws.amazon.com/saml"
"""The URL to which identity providers send SAML responses, which is `saml:aud` of a request.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html"""
SAML_ATTRIBUTE_PREFIX: Final = "https://aws.amazon.com/SAML/Attributes/"
"""The prefix of the attributes that STS reads in an assertion."""


class SignIn(Entity, frozen=True, kw_only=True):
    """One sign-in. Account files have none: they are created in a simulation."""

    arn: str
    """The ARN of a session of the sign-in service, `arn:aws:signin:REGION:ACCOUNT:session/ID`. A portal
    session has `portal/ID` instead."""
    kind: Literal["portal", "console", "CLI", "MCP"]
    principal: str
    """The id of a user of Identity Center, or the ARN of the IAM user, root user or session."""
    label: str
    """A name for display: `ann`, `alice`, `root@111122223333`."""
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    """When it was ended or revoked; None if it was not."""
    token: str = ""
    """The token of its holder: the access token of the portal, the refresh token of `aws login`."""
    client_id: str = ""
    origin: str = ""
    """The ARN of the sign-in from which it was created."""
    region: str = ""
    last_used_at: datetime | None = None
    credentials: str = ""
    """The access key id of the temporary credentials with which the console sign-in was made; else empty."""

    def is_active(self, now: datetime) -> bool:
        """Whether credentials are issued for it at this time."""
        return self.ended_at is None and now < self.expires_at
