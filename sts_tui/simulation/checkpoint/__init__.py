"""How is the whole running state written as JSON, and read back?"""
