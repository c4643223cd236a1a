"""Text to typed, keyed rows, and the verdict on a delivery.

`staging.py` reads the files of a delivery into typed working tables (`text_stager.py` one text, `staged.py` what was
found), `refusing.py` takes out the rows that break a key rule, `plausibility.py` holds the rest against the last good
snapshot, `delivery.py` decides and writes, `telling.py` says it in words. `history.py` keeps who voted when and what
can be known about it; `elections.py`, `households.py` and `experiments.py` derive their tables. What a feature may see
of this is `pipelines.features`.
"""
