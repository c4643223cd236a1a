"""What was known about a voter on a day, and what happened after it.

`as_of.py` is the clock: it makes working tables that hold nothing learned later. Each subject (`history.py`,
`household.py`, `precinct.py`) is a SELECT over those tables with a row per voter; `assemble.py` joins them into
`models.features.Features`. `outcomes.py` holds the labels, which are the one thing here that looks past the day.
"""
