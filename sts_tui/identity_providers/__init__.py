"""Who signs users in? Simulated SAML 2.0 and OpenID Connect identity providers, and AWS as a token issuer.

They issue real tokens and assertions, signed with fixed test keys that are part of the package, so that the
same input gives the same token. `oidc.py` and `saml.py` are the providers, `outbound.py` issues AWS's tokens,
and `keys.py` has the private and public keys. Cryptography is imported only when something is signed or
verified.
"""
