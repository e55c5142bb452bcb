"""Measurements; each module has `run()`, which returns what it measured."""
