"""AWS sign-in: the console, `aws login`, and the sessions of both."""
