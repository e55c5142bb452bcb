"""What may an account file hold? The tables, one row per key."""
