"""Which edits would allow a denied request? Each is tried in a copy of the world."""
