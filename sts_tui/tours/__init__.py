"""Scripts of steps.

`grammar` reads a tour, `opening` says where it begins, `player` performs its steps, `runner` plays and judges
a whole one; `claims` is what this project says about AWS.
"""
