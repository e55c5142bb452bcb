"""How is a tour presented, and how are pictures taken?"""
