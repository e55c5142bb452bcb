"""How does a shell script of `aws` lines become a tour?

A script is followed as the shell would follow it, and each of its calls is made on the model. So every
variable has the value that it will have when the tour is played, and the tour needs no variables. What is not
understood is listed with its line and reason, never skipped silently.
"""
