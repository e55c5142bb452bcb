"""Which kinds of cuts are there, and how is each written?"""
