"""What may an account file contain? A table with one row for each key."""
