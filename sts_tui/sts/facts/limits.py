"""Which limits does STS enforce? Each has its source. Durations are in seconds, lengths in characters.

Bounds of single parameters are in `request_shapes.json`, extracted from AWS's service model.
"""

from __future__ import annotations

from typing import Final

DEFAULT_ROLE_SESSION: Final = 3600
"""The default duration of AssumeRole*, whatever the role's MaxSessionDuration.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

ROLE_CHAINING_MAXIMUM: Final = 3600
"""The maximum duration of AssumeRole with temporary credentials, whatever MaxSessionDuration. The guide names
only role sessions; public reports agree that the limit applies to GetSessionToken credentials too.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining"""

SCOPE_DOWN_POLICIES_MAXIMUM: Final = 3
"""The maximum number of scope-down policies (of GetScopedCredentials) in one session.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html"""

ASSUME_ROOT_DEFAULT: Final = 900
ASSUME_ROOT_MAXIMUM: Final = 900
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html"""

LONG_TERM_CALLER_DEFAULT: Final = 43_200
"""The default duration of GetSessionToken and GetFederationToken.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""

LONG_TERM_CALLER_MAXIMUM: Final = 129_600
"""The maximum duration of GetSessionToken and GetFederationToken for a user: 36 hours.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""

ROOT_CALLER_MAXIMUM: Final = 3600
"""The maximum duration of GetSessionToken and GetFederationToken for a root user. Longer requests are
shortened to one hour without an error.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html"""

WEB_IDENTITY_TOKEN_DEFAULT: Final = 300
"""The default lifetime of a token from GetWebIdentityToken.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html"""

WEB_IDENTITY_TOKEN_MAX_PAYLOAD: Final = 14_984
"""The maximum size in bytes of the JSON payload of a token from GetWebIdentityToken (measured on the live
service).
"""

SERVICE_SESSION: Final = 21_600
"""The duration of a role session that a service requests for a workload (EC2 instance metadata, ECS tasks).
AWS does not publish it; six hours have been observed. MaxSessionDuration does not limit services.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html"""

ROTATION_MARGIN: Final = 300
"""How long before the expiry of instance metadata credentials new ones are available: at least five minutes.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html"""

TOTP_STEP: Final = 30
TOTP_TOLERANCE: Final = 2
"""How many TOTP time steps before and after the current one are accepted (measured on the live service)."""

MFA_ATTEMPTS: Final = 9
MFA_ATTEMPTS_WINDOW: Final = 180
"""Maximum number of codes of one device, right or wrong, that AWS verifies within this many seconds (measured
on the live service)."""

OIDC_CLOCK_SKEW: Final = 300
"""The tolerance for `iat`, `nbf` and `exp` of a web identity token (measured on the live service)."""

SAML_REDEMPTION_WINDOW: Final = 300
"""The maximum age of a SAML assertion: `Token must be redeemed within 5 minutes of issuance`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html"""

SESSION_TOKEN_ALLOTMENT: Final = 4096
"""Maximum size of a session token in bytes, the largest MinimumSessionTokenSize: 100 % in
SessionTokenUtilization.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""
