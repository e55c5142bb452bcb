"""How are files of other tools converted to account files? Imported only if such a file is opened."""
