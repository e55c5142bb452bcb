"""Who can become whom, through which chain of roles?"""
