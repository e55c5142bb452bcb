"""What happens as the simulated clock advances?"""
