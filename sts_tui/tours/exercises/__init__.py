"""What can be practised, and was it done? Exercises, and their grades."""
