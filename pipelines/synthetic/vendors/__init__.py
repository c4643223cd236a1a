"""Records of vendors and campaign tools about the people of a simulated state, with the truth of each.

The electorate itself is next door in `pipelines/synthetic/`; what reads such records is in `pipelines/linking/`.
"""
