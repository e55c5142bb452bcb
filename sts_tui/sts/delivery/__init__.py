"""How do tools and instances receive credentials?"""
