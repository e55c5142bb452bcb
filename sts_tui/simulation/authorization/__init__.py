"""May this caller do this? Context, policies and the verdict."""
