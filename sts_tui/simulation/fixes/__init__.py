"""Which edit, tried in a copy of the world, would change a decision?"""
