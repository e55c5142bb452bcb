"""How do programs keep their credentials and make their requests?"""
