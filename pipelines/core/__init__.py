"""Text to typed, keyed rows, and the verdict on a delivery.

`staging.py` reads the files of a delivery into typed working tables and refuses rows, `plausibility.py` holds them
against the last good snapshot, `delivery.py` decides and writes, `history.py` keeps who voted when and what can be known
about it, `elections.py` and `households.py` derive their tables. What a feature may see of this is `pipelines.features`.
"""
