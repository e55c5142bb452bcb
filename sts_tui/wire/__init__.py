"""How is an HTTP request of an AWS client answered? Bytes in, bytes out; no sockets."""
