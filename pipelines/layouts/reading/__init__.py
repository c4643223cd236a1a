"""One direction: a layout as SQL that reads texts, and free texts of elections read by their words (`labels.py`).

The vocabulary itself lives one folder up, writing next door.
"""
