"""How is an error in a file reported: where, what, and what to do?"""
