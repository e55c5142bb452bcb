"""Why was a request decided this way? Every policy, every statement, and the first element that failed."""
