"""How is a simulation opened from files?"""
