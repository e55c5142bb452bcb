"""Would AWS store this policy, and does AWS know what it names?"""
