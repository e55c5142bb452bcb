"""How does what is known become styled text?"""
