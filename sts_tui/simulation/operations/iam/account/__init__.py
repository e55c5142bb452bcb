"""The operations of IAM about the account as a whole."""
