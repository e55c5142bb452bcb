"""How does the log of a simulation become CloudTrail events?"""
