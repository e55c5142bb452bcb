"""Which edit of a policy or of the request context would change the decision?"""
