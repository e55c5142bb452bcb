"""How does a shell script of `aws` lines become a tour?

A script is interpreted like in a shell, and each of its calls is made on the model. So every variable has the
value that it will have when the tour is played, and the tour needs no variables. Parts that are not supported
are listed with line and reason, never skipped silently.
"""
