"""What is due as the clock advances, and when does a write come into force?"""
