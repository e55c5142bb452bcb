"""Tours: scripts of steps that play in the explorer, run as tests and take the documentation's pictures.

`reading` turns text into steps, `playing` performs them on a simulation, `claims` are our statements
about AWS, as data that runs. Imports point down: claims, playing, reading.
"""
