"""The operations of IAM, one file per identity_type."""
