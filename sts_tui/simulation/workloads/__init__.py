"""How do programs get and renew their credentials and make requests?"""
