"""The operations of IAM, one file per kind of entity."""
