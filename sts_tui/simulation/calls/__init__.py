"""How is a call handled, from the caller's credentials to the logged events?"""
