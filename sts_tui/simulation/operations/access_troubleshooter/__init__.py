"""IAM Access Troubleshooter: what was evaluated when a request was denied."""
