"""How is the explorer opened, kept safe and closed?"""
