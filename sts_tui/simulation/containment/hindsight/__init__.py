"""What if a cut had been carried out earlier?"""
