"""How is the log of a simulation written as CloudTrail events?"""
