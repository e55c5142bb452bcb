"""Which numbers and rules of STS hold, with which confidence, and what is not simulated?"""
