"""Which actions are there, with which key, and when can one not be used?"""
