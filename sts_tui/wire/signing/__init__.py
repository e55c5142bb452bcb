"""Who signed a request, and does the signature hold?"""
