"""The operations of Organizations that change the model."""
