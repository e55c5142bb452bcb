"""IAM Identity Center: permission sets, assignments, the directory, and the access portal."""
