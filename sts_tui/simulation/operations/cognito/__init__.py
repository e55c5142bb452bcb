"""Identity pools of Amazon Cognito: their API, and the credentials that they issue."""
