"""What can be undone, and what was the configuration before it?"""
