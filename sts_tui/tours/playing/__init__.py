"""What does each step of a tour do when it is played?"""
