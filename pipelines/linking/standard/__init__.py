"""Raw fields of people to standard columns for matching; who is the same person is decided next door.

`table.py` is the way in and knows the columns on both sides. Every subject works on distinct values, in SQL:
`pieces.py` finds the name columns (a name in one field by `one_field.py`), `given.py` and `family.py` clean their
words, `names.py` puts a person's name together, `keys.py` and `nicknames.py` add what sounds alike and what is
short for what. `addresses.py` splits an address (`lines.py` cleans it, `units.py` finds its unit), `streets.py` spells
streets and cities, `phones.py` and `emails.py` read contacts. `words.py` holds the closed lists of words. What SQL
cannot decide goes to Python libraries through `distinct.py`; letters that English lacks go through `letters.py`.
"""
