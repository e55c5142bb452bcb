"""What does revoking sessions affect, and what not?"""
