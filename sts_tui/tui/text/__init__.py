"""How is what the simulation knows written as styled text?"""
