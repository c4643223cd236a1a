"""Dated layouts that say only what changed: `like` an earlier one, with the changes of each role.

`like.py` writes such an entry out in full, `mending.py` applies the change of a role (`dropping.py`, `headers.py`),
`changes.py` proposes an entry as text and puts it into a source.
"""
