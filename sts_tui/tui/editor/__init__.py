"""The policy editor: its screen, what it says about a text, completion, and the call that saves it."""
