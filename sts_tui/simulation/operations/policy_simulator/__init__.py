"""The operations of IAM's policy simulator."""
