"""How do real AWS clients reach a simulation? Sockets, the wall clock and SDKs; the extra `[serve]`."""
