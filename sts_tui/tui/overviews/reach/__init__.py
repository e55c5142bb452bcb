"""Who can become whom, as a tree on the screen: its rows, its head, and what its keys do."""
