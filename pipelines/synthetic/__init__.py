"""A simulated electorate with known truth: people, homes, moves, deaths, purges, registrations and votes.

It yields canonical Arrow tables and knows no state's file format: `pipelines.layouts` writes them as any state's
files. It proves that the machine recovers what was planted, and says nothing about real voters.
"""
