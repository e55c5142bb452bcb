"""How is work saved, so that nothing is lost?"""
