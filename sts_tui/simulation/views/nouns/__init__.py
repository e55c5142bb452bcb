"""Which kinds of thing does a model hold, as lists: users, keys, policies, resources, accounts …?"""
