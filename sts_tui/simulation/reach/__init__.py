"""Who can become whom, through which chain of roles, and who can come in from outside?"""
