"""In which formats are results written for other programs?"""
