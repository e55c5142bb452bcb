"""What may a session, a role or a user do? The access matrix and single verdicts."""
