"""Widgets draw one thing from plain rows; they know no simulation."""
