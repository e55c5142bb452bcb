"""Overviews: what they draw and what that costs."""
