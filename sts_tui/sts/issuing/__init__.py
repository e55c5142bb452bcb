"""How is a session issued: who may have it, and what travels into it?"""
