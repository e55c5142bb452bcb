"""Would AWS store this policy, and do the actions, resources and condition keys in it exist?"""
