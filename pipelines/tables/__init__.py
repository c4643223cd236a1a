"""Contracts of the tables that the flow owns, by layer: what one row is, and what each column means.

The border tables that models read and write (`Features`, `Scores`) live in `models.tables`.
"""
