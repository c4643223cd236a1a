"""Scores to the outside: whole releases, written once, and one pointer that says which is current.

A release is Parquet, a manifest, a passport and a dictionary, checked against its contract and against the release
before it. Nothing here knows how a score is made (`models/`), nor when publishing happens (`pipelines/defs/`).
"""
