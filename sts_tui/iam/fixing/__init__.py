"""Which edit of a policy, or which request context, would change the decision?"""
