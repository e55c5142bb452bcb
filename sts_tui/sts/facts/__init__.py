"""Which limits and rules of STS are simulated, with which confidence, and what is not simulated?"""
