"""Which kinds of entities does a model have, as lists: users, keys, policies, resources, accounts …?"""
