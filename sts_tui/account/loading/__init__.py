"""How are files read, checked, merged and built into a model?"""
