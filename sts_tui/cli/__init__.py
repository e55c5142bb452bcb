"""Arguments and text.

`commands` is the table of what can be typed; each row names the module that does it. `arguments` reads the
command line, `main` runs one command and turns every mistake into a line and an exit code. `console` says
what goes where, `inputs` which files are meant.
"""
