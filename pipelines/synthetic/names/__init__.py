"""How people are named: the lists of several naming systems and the draws from them.

Names on a record of a vendor are next door in `vendors/`; who marries and who inherits a name is in `identity.py`.
"""
