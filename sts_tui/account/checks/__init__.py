"""Which keys or values of an account file are wrong?"""
