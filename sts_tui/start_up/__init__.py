"""What keeps the time until the first answer short? Imports nothing of the other packages."""
