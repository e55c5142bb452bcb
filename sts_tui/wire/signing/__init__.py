"""Who signed a request, and is the signature valid?"""
