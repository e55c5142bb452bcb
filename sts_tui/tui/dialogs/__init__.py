"""Which dialogs does the explorer open, and how are their answers prepared?"""
