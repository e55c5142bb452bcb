"""How is a session issued: who can get it, and what does it contain?"""
