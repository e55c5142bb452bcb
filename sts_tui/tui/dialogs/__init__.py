"""Which questions does the explorer ask, and how is the answer prepared?"""
