"""Panes are the bordered regions of the main screen: one input each, and messages for what one asks of them."""
