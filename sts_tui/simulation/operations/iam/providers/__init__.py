"""The identity providers of an account, and the tokens that it issues for outside services."""
