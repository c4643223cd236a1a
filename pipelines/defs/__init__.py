"""The desk: Dagster assets, checks, jobs, schedules and sensors. Wiring only.

An asset takes its inputs, calls one pure function of `pipelines` or `models`, and returns counts. Its key's first word
is its layer, its group in the UI and its folder under the data root. No value of a person's row stands in any metadata.
"""
