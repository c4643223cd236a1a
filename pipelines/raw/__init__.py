"""Bytes to columns of text: what arrived, kept as received, and opened without interpreting a value.

`receipts.py` is the ledger of arrivals and verdicts, `landing.py` takes files in, `opening.py` turns bytes into plain
UTF-8 text and refuses what cannot be resolved, `readers.py` gives SQL a relation of text columns, `diff.py` says how a
file differs from its layout. Typing, keys and verdicts live next door, in `pipelines.core`.
"""
