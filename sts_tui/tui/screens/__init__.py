"""Screens arrange panes, and modal screens ask questions: they answer with a value and change nothing."""
