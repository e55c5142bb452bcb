"""Who can gain permissions by writing to IAM or passing a role?"""
