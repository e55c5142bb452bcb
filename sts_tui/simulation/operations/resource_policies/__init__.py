"""How are the policies of secrets, queues, topics, functions and repositories read and written?"""
