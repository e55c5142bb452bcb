"""Which texts does a pattern with wildcards and policy variables match?"""
