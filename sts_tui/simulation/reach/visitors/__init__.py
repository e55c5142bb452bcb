"""Who assumes a role through a service: users of apps, holders of certificates, pods?"""
