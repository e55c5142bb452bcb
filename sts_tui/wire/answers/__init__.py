"""How are responses and errors written in each protocol?"""
