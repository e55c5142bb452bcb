"""What can be practiced, and was it done? Exercises, and their grades."""
