"""Persons that last: whom each voter number stands for, snapshot after snapshot, and who moved between states.

Each snapshot is decided once, with what was known on its day (`steps.py`): `starting.py` tells new, returning, reused
and split numbers, `leaving.py` remembers who left the roll, `renumbered.py` finds them again under another number of
the state, `moving.py` under one of another state. `facts.py` reads the few rows that are needed, `agreeing.py` holds
what agrees and what contradicts. `spells.py` makes core_people of the steps, `writing.py` is the way in, and
`persons.py` reads persons over all states as of a day.

Source: of voters who share name and day of birth some are two people, the more the larger the file (M. McDonald and
J. Levitt, Seeing Double Voting, Election Law Journal 7 (2008)); hence one candidate on either side, or none.
"""
