"""The AWS managed policies that only deny: of leaked keys, and of sessions with the context of a user."""
