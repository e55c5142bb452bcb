"""EKS Pod Identity: associations of service accounts with roles, and credentials for pods."""
