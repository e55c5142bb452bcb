"""What does a text with wildcards and policy variables match?"""
