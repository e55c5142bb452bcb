"""What happened? CloudTrail events read, evaluated again, and written."""
