"""Which actions on which resources does an operation ask for, in which context?"""
