"""What does a denial reported by AWS say, and how does the model decide the same request?"""
