"""Which overviews are there beside the main screen?"""
