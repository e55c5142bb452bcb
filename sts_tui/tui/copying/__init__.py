"""How does text get to the clipboard?"""
