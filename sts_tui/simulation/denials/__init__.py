"""What does a denial that AWS reported say, and what does the model say of the same request?"""
