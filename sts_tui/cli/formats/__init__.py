"""In which formats do other programs read results?"""
