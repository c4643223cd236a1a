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
    """What rows say of places: a ZIP lies in one county and one district, a county in many precincts."""
    found = np.zeros_like(scores)
    county, precinct = COLUMNS.index("county_code"), COLUMNS.index("precinct_code")
    zips = [profile for at, profile in enumerate(profiles) if scores[at, COLUMNS.index("zip_code")] > 0.5]
    zip_at = max(zips, key=lambda profile: profile.filled, default=None)
    if zip_at is None or not rows:
        return found
    areas = [
        (at, profile)
        for at, profile in enumerate(profiles)
        if 1 < len(profile.texts) <= _MOST_AREAS and profile is not zip_at and profile.filled_share > _MOSTLY_FILLED
    ]
    for at, profile in areas:
        surplus = _surplus(zip_at, profile, rows)
        found[at, county] += surplus * _OF_ROWS + _MANY * len(profile.texts) / _MOST_AREAS
        found[at, COLUMNS.index("congressional_code")] += (surplus - _LITTLE) * _OF_ROWS
    around = max(areas, key=lambda area: scores[area[0], county] + found[area[0], county], default=None)
    for at, profile in areas:
        surplus = min(_surplus(known, profile, rows) for known in (zip_at, around[1] if around else zip_at))
        found[at, precinct] += (_LITTLE - surplus) * _OF_ROWS
    return found


def _surplus(known: ColumnProfile, told: ColumnProfile, rows: Sequence[Sequence[str]]) -> float:
    """How much better a text is foretold by the known one than by nothing, in [-1, 1]."""
    return _told_by(known.place, told.place, rows) - max(told.texts.values()) / told.filled


_LITTLE = 0.3
_MOST_AREAS, _MOSTLY_FILLED, _OF_ROWS, _MANY = 300, 0.8, 0.6, 0.5


def _told_by(known: int, told: int, rows: Sequence[Sequence[str]]) -> float:
    """Share of the rows whose text is the most frequent one among the other rows of the same known text."""
    pairs = Counter(
        (row[known][:5], row[told].strip()) for row in rows if len(row) > max(known, told) and row[told].strip()
    )
    counts: dict[str, list[int]] = {}
    for (key, _), count in pairs.items():
        counts.setdefault(key, []).append(count)
    several = [sorted(found, reverse=True) for found in counts.values() if sum(found) > 1]
    return sum(map(_foretold, several)) / max(sum(map(sum, several)), 1)


def _foretold(counts: Sequence[int]) -> int:
    """Rows of one known text that the others of it foretell; few rows by themselves would foretell everything."""
    return counts[0] if len(counts) == 1 or counts[0] - 1 > counts[1] else 0
