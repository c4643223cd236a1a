"""Bytes to columns of text: what arrived, kept as received, and opened without interpreting a value.

`receipts.py` is the ledger of arrivals and verdicts, `landing.py` takes files in, `store.py` keeps their bytes.
`opening.py` turns bytes into plain UTF-8 text (`survey.py` looks at them once, `encoding.py` resolves what they are)
and refuses what is in doubt; `readers.py` gives SQL a relation of text columns, `diff.py` says how a file differs from
its layout. Typing, keys and verdicts live next door, in `pipelines.core`.
"""
