"""The identity providers of an account: whom it lets sign people in, and for whom it signs."""
