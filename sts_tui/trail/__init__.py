"""How are CloudTrail events read, replayed against a model, and written?"""
