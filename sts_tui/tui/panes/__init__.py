"""Panes are the bordered regions of the main screen; each shows one thing that it is handed."""
