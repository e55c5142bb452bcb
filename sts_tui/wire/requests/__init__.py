"""Which operation does a request call, with which members?"""
