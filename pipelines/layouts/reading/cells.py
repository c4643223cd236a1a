"""The cells of a wide history as one text: a letter for each election."""

from collections.abc import Sequence

from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.wide import WideElection, WideHistory
from pipelines.sql import literal

NO_CELL, UNKNOWN_CELL = "-", "?"


def wide_cells(history: WideHistory, elections: Sequence[WideElection], positions: Positions) -> str:
    """SQL of one text that holds the cell of every election, a letter each in the order of the elections.

    `-` is a blank cell, `?` a text that the layout does not list, `A` the first listed one, `B` the second.
    """
    cells = [_cell(history, f"c{positions.of(election.header)}") for election in elections]
    return f"concat({', '.join(cells)}) AS cells"


def missing_elections(history: WideHistory, positions: Positions) -> list[str]:
    """Headers of elections that the layout names and the file lacks."""
    return [header for header in history.elections if positions.of(header) is None]


def cell_letters(history: WideHistory) -> dict[str, str]:
    """The letter of every cell value that means something."""
    return {text: chr(ord("A") + place) for place, text in enumerate(history.texts)}


def _cell(history: WideHistory, text: str) -> str:
    """SQL of the letter of a cell; blanks around it count only where nothing fits without them."""
    cases = " ".join(f"WHEN {literal(known)} THEN {literal(letter)}" for known, letter in cell_letters(history).items())
    trimmed = f"CASE trim({text}) WHEN '' THEN '{NO_CELL}' {cases} ELSE '{UNKNOWN_CELL}' END"
    return f"CASE WHEN {text} IS NULL THEN '{NO_CELL}' ELSE CASE {text} {cases} ELSE {trimmed} END END"
