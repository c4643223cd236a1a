"""Text to typed, keyed rows, and the verdict on a delivery.

`staging.py` reads the files of a delivery into typed working tables (`text_stager.py` and `stagers.py` one text each,
`staged.py` what was found); `readings.py` says what texts of votes mean, `packed.py` unpacks those that stand in the
rows of voters, `codes.py` and `looking_up.py` read what codes stand for, `stated.py` gives the votes of a delivery.
`refusing.py` takes out the rows that break a key rule, `pieces.py` finds lines that are a piece of a record,
`plausibility/` holds the rest against the last good snapshot, `carrying.py` adds the people of counties that did not
come, `delivery.py` decides and writes, `telling.py` says it in words.
`voters.py` gives the people as of a day, `changes.py` what changed about them from file to file, by what is meant
(`meaning.py`).
`history.py` keeps who voted when and what can be known about it; `elections.py`, `households.py` and `experiments.py`
derive their tables. What a feature may see of this is `pipelines.features`.
"""
