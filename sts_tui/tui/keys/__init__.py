"""Which actions are there, which keys run them, and when are they unavailable?"""
