"""How are the checks of IAM Access Analyzer answered? By rules of our own, without automated reasoning.

What these rules cannot decide is refused as unprocessable; it is never guessed.
"""
