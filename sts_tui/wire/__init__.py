"""What does a request of an AWS client ask for, and how is it answered? Bytes in, bytes out; no sockets."""
