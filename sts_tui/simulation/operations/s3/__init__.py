"""The operations of S3 that change the model: bucket policies."""
