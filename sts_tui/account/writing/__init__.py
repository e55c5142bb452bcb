"""How does a model become text again?"""
