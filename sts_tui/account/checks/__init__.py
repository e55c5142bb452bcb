"""Which key or value of an account file is wrong?"""
