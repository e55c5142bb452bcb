"""How are answers and errors written in each protocol?"""
