"""How is the time until the first output kept short? This package imports nothing from the others."""
