"""Which commands report on a model: who can do what, who can become whom, what a cut would do?"""
