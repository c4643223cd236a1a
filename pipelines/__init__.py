"""The flow of Walklist: received files in, published scores out.

Folders are stages, in the order of the flow: `layouts` and `raw` read files, `core` types and keys them, `features`
states what was known on a day, `publish` gives scores to the outside; `synthetic` simulates an electorate. Only `defs`
and `definitions.py` know Dagster. The statistics live next door, in `models`.
"""
