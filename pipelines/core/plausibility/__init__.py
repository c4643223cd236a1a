"""A delivery held against the last good snapshot: is this the same electorate, a little later?

`judging.py` is the way in. One file a subject: `reading.py` what reading found, `people.py` who came and went,
`counties.py` where they live, `columns.py` what is said of them, `mix.py` their codes, `votes.py` what they voted in;
`comparison.py` says what is compared. Every reason is a sentence of counts, columns and files. The limits are the
source's (`pipelines/layouts/limits.py`).
"""
