"""How are the lines of a tour read as steps, with line numbers in every error?"""
