"""How are tours read and played? A tour is a script of steps: it plays in the explorer, runs as a test and
takes the documentation's pictures.

`reading` turns text into steps, `playing` performs them on a simulation, `claims` are our statements
about AWS, as data that runs. Imports point down: claims, playing, reading.
"""
