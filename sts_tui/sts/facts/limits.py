"""Which numbers does STS enforce? Each with its source; durations are in seconds, lengths in characters.

Bounds of single parameters are in `request_shapes.json`, extracted from AWS's service model.
"""

from __future__ import annotations

from typing import Final

DEFAULT_ROLE_SESSION: Final = 3600
"""AssumeRole*, whatever the role's MaxSessionDuration allows.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

ROLE_CHAINING_MAXIMUM: Final = 3600
"""AssumeRole with temporary credentials, whatever MaxSessionDuration says. The guide names role sessions;
public reports agree that the limit applies to GetSessionToken credentials too.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining"""

SCOPE_DOWN_POLICIES_MAXIMUM: Final = 3
"""Policies of GetScopedCredentials in one session.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html"""

ASSUME_ROOT_DEFAULT: Final = 900
ASSUME_ROOT_MAXIMUM: Final = 900
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html"""

LONG_TERM_CALLER_DEFAULT: Final = 43_200
"""GetSessionToken and GetFederationToken.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""

LONG_TERM_CALLER_MAXIMUM: Final = 129_600
"""GetSessionToken and GetFederationToken of a user: 36 hours.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""

ROOT_CALLER_MAXIMUM: Final = 3600
"""GetSessionToken and GetFederationToken by a root user: shortened to one hour without an error.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html"""

WEB_IDENTITY_TOKEN_DEFAULT: Final = 300
"""GetWebIdentityToken.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html"""

WEB_IDENTITY_TOKEN_MAX_PAYLOAD: Final = 14_984
"""Bytes of the JSON payload of a token from GetWebIdentityToken (measured on the live service)."""

SERVICE_SESSION: Final = 21_600
"""A role session that a service requests for a workload (EC2 instance metadata, ECS tasks). AWS publishes no
number; six hours have been observed. MaxSessionDuration does not limit services.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html"""

ROTATION_MARGIN: Final = 300
"""New instance metadata credentials are available at least five minutes before the old ones expire.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html"""

TOTP_STEP: Final = 30
TOTP_TOLERANCE: Final = 2
"""Steps before and after the current one whose code is accepted (measured on the live service)."""

MFA_ATTEMPTS: Final = 9
MFA_ATTEMPTS_WINDOW: Final = 180
"""Maximum number of codes of one device, right or wrong, that AWS verifies within this many seconds (measured
on the live service)."""

OIDC_CLOCK_SKEW: Final = 300
"""Tolerance for `iat`, `nbf` and `exp` of a web identity token (measured on the live service)."""

SAML_REDEMPTION_WINDOW: Final = 300
"""`Token must be redeemed within 5 minutes of issuance`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html"""

SESSION_TOKEN_ALLOTMENT: Final = 4096
"""Maximum size of a session token in bytes, the largest MinimumSessionTokenSize: 100 % in
SessionTokenUtilization.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""
