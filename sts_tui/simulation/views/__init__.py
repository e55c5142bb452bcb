"""What do lists show of the world?"""
