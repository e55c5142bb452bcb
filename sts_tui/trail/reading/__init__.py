"""How are event files of any form read as one ordered stream of events?"""
