"""Which AWS managed policies only deny? Those for leaked keys, and the one for sessions with the context of a
user.
"""
