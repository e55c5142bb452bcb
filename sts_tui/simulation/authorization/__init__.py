"""May this caller do this? Gathers context and policies, and decides."""
