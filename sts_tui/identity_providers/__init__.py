"""Who signs users in? Simulated SAML 2.0 and OpenID Connect identity providers, and AWS's own issuer.

They issue real tokens and assertions, signed with fixed and labeled test keys that ship with the package, so
that the same input gives the same token. `oidc.py` and `saml.py` issue, `outbound.py` is AWS's own issuer;
`keys.py`
holds the keys and publishes their public halves. Cryptography is imported when something is signed or
verified, not before.
"""
