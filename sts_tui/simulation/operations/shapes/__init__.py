"""The shapes of API operations: request shapes as JSON, parameters and answers as TypedDicts."""
