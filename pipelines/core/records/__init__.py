"""Files of vendors and campaign tools as campaign tables: read, held against the last good ones, written.

What they share with the files of states is one folder up: how a file is opened and accounted for line by line, and how
a delivery is judged. Which voter a record belongs to is the matter of `pipelines/linking/`.
"""
