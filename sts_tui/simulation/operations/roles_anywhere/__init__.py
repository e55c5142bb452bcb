"""IAM Roles Anywhere: trust anchors, profiles, revocation lists, and sessions for holders of certificates."""
