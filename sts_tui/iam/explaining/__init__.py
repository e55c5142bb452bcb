"""Why was a request decided so? Every policy, every statement, the first element that failed."""
