"""Who comes by way of a service: users of apps, holders of certificates, pods."""
