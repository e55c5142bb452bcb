"""How does the command line work: arguments in, text out?

`commands` is the table of commands; each row names its module. `arguments` reads the command line, `main`
runs one command and turns every error into a line and an exit code. `console` decides what is printed where,
`inputs` opens the files.
"""
