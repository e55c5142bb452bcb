"""What is a sign-in session: someone signed in at the access portal, the console or with `aws login`?

It is not a set of credentials: it issues credentials repeatedly, until it ends. Ending it does not end the
credentials that it issued.
https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept.html
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sts_tui.account.entity import Entity

SAML_SIGN_IN: Final = "https://signin.aws.amazon.com/saml"
"""Where identity providers send SAML responses; `saml:aud` of a request.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html"""
SAML_ATTRIBUTE_PREFIX: Final = "https://aws.amazon.com/SAML/Attributes/"
"""Of the attributes that STS reads in an assertion."""


class SignIn(Entity, frozen=True, kw_only=True):
    """One sign-in. Account files have none: a simulation makes them."""

    arn: str
    """Of a session of the sign-in service: `arn:aws:signin:REGION:ACCOUNT:session/ID`; a portal session is
    known by `portal/ID`."""
    kind: Literal["portal", "console", "CLI", "MCP"]
    principal: str
    """The id of a user of Identity Center, or the ARN of the IAM user, root user or session."""
    label: str
    """Who it is, for display: `ann`, `alice`, `root@111122223333`."""
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    """When it was ended or revoked."""
    token: str = ""
    """What its holder shows: the access token of the portal, the refresh token of `aws login`."""
    client_id: str = ""
    origin: str = ""
    """The ARN of the sign-in that it was made from."""
    region: str = ""
    last_used_at: datetime | None = None
    credentials: str = ""
    """For a console sign-in with temporary credentials: their access key id."""

    def is_active(self, now: datetime) -> bool:
        """Whether it issues credentials at this instant."""
        return self.ended_at is None and now < self.expires_at
