"""The vocabulary of `configs/states` and `configs/studies`: how a file of a source is read, and written.

A source has dated layouts; a layout lists files by role; a file has a format (`source.py`), columns (`columns.py`),
each with one operation of a closed list (`operations.py`), and maybe a history in a named shape (`history.py`).
Operations and shapes read text to typed values, operations write typed values to text; `reading.py` and `writing.py`
only put them together, as SQL. Nothing here opens a received file; that is `pipelines.raw`.
"""
