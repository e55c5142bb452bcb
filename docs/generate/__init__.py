"""How are the generated pages of the documentation written? With `python -m docs.generate`."""
