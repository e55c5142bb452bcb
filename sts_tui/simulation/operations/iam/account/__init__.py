"""What IAM knows of the account as a whole."""
