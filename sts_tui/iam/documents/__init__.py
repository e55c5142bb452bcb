"""How is a policy document read and compiled for evaluation?"""
