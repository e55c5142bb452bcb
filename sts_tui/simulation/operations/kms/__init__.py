"""The operations of KMS that change the model: key policies."""
