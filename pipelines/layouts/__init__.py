"""The vocabulary of `configs/states` and `configs/studies`: how a source's files look, said in data.

Read in this order: `source` (a source and its dated layouts), `files` and `formats` (a role's files), `columns` with
the closed list of operations (`operations`, `days`, `words`, `flags`), `history` with the shapes of it (`ballots`,
`wide`, `slots`) and how elections are named (`naming`, `elections`, `label_words`), `lookups` (files of codes).
`dated` writes out entries that say only what changed, `reading` turns a layout into SQL that reads texts, `writing`
into files as the source would send them. Bytes are opened in `pipelines/raw`, rows are judged in `pipelines/core`.
"""
