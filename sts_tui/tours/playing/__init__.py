"""How is each step of a tour performed?"""
