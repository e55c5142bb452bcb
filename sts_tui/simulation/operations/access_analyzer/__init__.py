"""How are the checks of IAM Access Analyzer answered? By our own rules, without automated reasoning. A check
that these rules cannot decide is refused as unprocessable.
"""
