"""How does a call go through, from the caller's credentials to the events it leaves?"""
