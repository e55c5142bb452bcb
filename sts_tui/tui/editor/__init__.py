"""The policy editor: its screen, what it says of a text, completion, and the call that saves it."""
