"""How is a model written as text?"""
