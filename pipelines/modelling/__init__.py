"""The flow around the models: which occasions teach, which version is champion, and who is scored by it.

`occasions.py` names the elections of a model, `training.py` hands their cohorts to the trainer and keeps the version,
`ledger.py` is the append-only record that decides which version is in use, `scoring.py` streams features through it,
`readout.py` tells what the arms of an experiment did. The statistics are in `models`, the wiring in `pipelines.defs`.
"""
