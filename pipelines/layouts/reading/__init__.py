"""One direction: a layout as SQL that reads texts. The vocabulary itself lives one folder up, writing next door."""
