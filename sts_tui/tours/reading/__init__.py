"""How is a tour read? Lines become steps; every error has its line."""
