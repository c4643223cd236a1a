"""The statistics of Walklist: tables of numbers in, calibrated probabilities out.

Here live the contract of a table, the configuration of a model, its training, calibration, grading and record.
Nothing here knows where a file comes from or who runs the flow: that is `pipelines`, which imports this package and is
never imported by it.
"""
