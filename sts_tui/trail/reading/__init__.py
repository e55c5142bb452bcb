"""How do event files of any form become one ordered stream of events?"""
