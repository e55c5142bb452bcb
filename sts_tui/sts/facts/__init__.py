"""Which numbers and rules of STS hold, how sure are they, and what is not simulated?"""
