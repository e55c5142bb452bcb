"""Panes are the bordered regions of the main screen; each shows what it is given."""
