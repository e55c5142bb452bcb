"""What IAM knows about the account as a whole."""
