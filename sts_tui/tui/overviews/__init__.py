"""Which overviews are there besides the main screen?"""
