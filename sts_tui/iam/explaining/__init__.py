"""Why was a request decided this way? Every policy, every statement, the first element that failed."""
