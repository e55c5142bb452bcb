"""Which exercises are there, and was one solved?"""
