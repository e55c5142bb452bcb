"""How is an error in a file reported: where it is, what is wrong, and what to do?"""
