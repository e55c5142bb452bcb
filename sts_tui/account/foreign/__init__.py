"""How do files of other tools become account files? Imported only where one is met."""
