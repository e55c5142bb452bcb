"""What was cut so far, and what if a cut had been carried out earlier?"""
