"""Which kinds of cuts exist, and how is each written?"""
