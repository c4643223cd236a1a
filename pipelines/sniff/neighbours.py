"""What stands beside a column, and in the rows with it: evidence where no header says what a column is."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from pipelines.sniff.evidence import COLUMNS
from pipelines.sniff.profile import ColumnProfile


def by_neighbours(profiles: Sequence[ColumnProfile], scores: np.ndarray) -> np.ndarray:
    """What the columns beside one say, where no header does: a city stands before its ZIP, names stand together."""
    found = np.zeros_like(scores)
    for column, neighbours in _BESIDE.items():
        at = COLUMNS.index(column)
        for near, distance, weight in neighbours:
            other = COLUMNS.index(near)
            for place in range(len(profiles)):
                there = place + distance
                if 0 <= there < len(profiles) and scores[there, other] > 0.5:
                    found[place, at] += weight
    return found


_BESIDE: dict[str, list[tuple[str, int, float]]] = {
    "city": [("zip_code", 1, 0.3), ("zip_code", 2, 0.3), ("zip_code", 3, 0.1)],
    "middle_name": [("first_name", -1, 0.4)],
    "race_code": [("gender_code", -1, 0.3), ("gender_code", 1, 0.3)],
    "last_name": [("first_name", 1, 0.2), ("first_name", 2, 0.2), ("first_name", -1, 0.1), ("first_name", -2, 0.1)],
}


def by_rows(profiles: Sequence[ColumnProfile], scores: np.ndarray, rows: Sequence[Sequence[str]]) -> np.ndarray:
    """What rows say of places: a ZIP lies in one county and one district, and in many precincts."""
    found = np.zeros_like(scores)
    zips = [profile for at, profile in enumerate(profiles) if scores[at, COLUMNS.index("zip_code")] > 0.5]
    zip_at = max(zips, key=lambda profile: profile.filled, default=None)
    if zip_at is None or not rows:
        return found
    for at, profile in enumerate(profiles):
        if 1 < len(profile.texts) <= _MOST_AREAS and profile is not zip_at and profile.filled_share > _MOSTLY_FILLED:
            surplus = _told_by(zip_at.place, profile.place, rows) - max(profile.texts.values()) / profile.filled
            found[at, COLUMNS.index("county_code")] += surplus * _OF_ROWS + _MANY * len(profile.texts) / _MOST_AREAS
            found[at, COLUMNS.index("congressional_code")] += (surplus - 0.3) * _OF_ROWS
            found[at, COLUMNS.index("precinct_code")] += (0.3 - surplus) * _OF_ROWS
    return found


_MOST_AREAS, _MOSTLY_FILLED, _OF_ROWS, _MANY = 300, 0.8, 0.6, 0.5


def _told_by(known: int, told: int, rows: Sequence[Sequence[str]]) -> float:
    """Share of the rows whose text is the most frequent one among the rows of the same known text."""
    pairs = Counter(
        (row[known][:5], row[told].strip()) for row in rows if len(row) > max(known, told) and row[told].strip()
    )
    best: dict[str, int] = {}
    for (key, _), count in pairs.items():
        best[key] = max(best.get(key, 0), count)
    return sum(best.values()) / max(pairs.total(), 1)
