"""How a tour is presented, and how its pictures are taken."""
