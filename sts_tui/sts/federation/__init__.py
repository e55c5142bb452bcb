"""How are SAML assertions and web identity tokens verified?"""
