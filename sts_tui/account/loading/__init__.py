"""In which order is a file read, checked, merged and built into a model?"""
