"""Which actions on which resources does an operation need, and with which context?"""
