"""Columns without names that say the same in turn: a date, a code and a code, and again a date, a code and a code."""

from collections.abc import Sequence

from pipelines.sniff.profile import ColumnProfile

UNNAMED = "slot_"
"""How the headers begin that such columns are given."""

_LONGEST_PERIOD = 6


def name_repeated(profiles: Sequence[ColumnProfile]) -> list[str]:
    """Headers of columns without names, numbered where the same kinds of texts come again and again.

    Of the columns at the end of a row that say the same in turn, as date, code, code and again date, code, code, the
    first of each turn is `slot_1_1`, `slot_2_1` and so on; all others keep their names.
    """
    kinds = [_kind(profile) for profile in profiles]
    headers = [profile.header for profile in profiles]
    best = max(_runs(profiles, kinds), key=lambda run: (run[2] * run[1], -run[1]), default=None)
    if best:
        start, period, count = best
        for n in range(count):
            for part in range(period):
                headers[start + n * period + part] = f"{UNNAMED}{n + 1}_{chr(ord('a') + part)}"
    return headers


def _runs(profiles: Sequence[ColumnProfile], kinds: Sequence[str]) -> list[tuple[int, int, int]]:
    """Start, period and count of the turns that repeat."""
    found = []
    for period in range(1, _LONGEST_PERIOD + 1):
        for start in range(len(kinds) - period * _FEWEST_TURNS + 1):
            if kinds[start] not in ("day", "code"):
                continue
            turns, filled = 1, 1
            while _is_turn(profiles, kinds, start, start + turns * period, period):
                filled += kinds[start + turns * period] != "blank"
                turns += 1
            if filled >= _FEWEST_TURNS and 2 * filled >= turns:
                found.append((start, period, turns))
    return found


_FEWEST_TURNS = 5


def _is_turn(profiles: Sequence[ColumnProfile], kinds: Sequence[str], first: int, other: int, period: int) -> bool:
    """Whether the columns from a place on say what those of the first turn say, or are blank."""
    if other + period > len(kinds):
        return False
    pairs = [(first + part, other + part) for part in range(period)]
    return all(
        kinds[there] == "blank" or _say_the_same(profiles[here], profiles[there], kinds[here], kinds[there])
        for here, there in pairs
    )


def _say_the_same(one: ColumnProfile, other: ColumnProfile, kind: str, other_kind: str) -> bool:
    if kind != other_kind or kind == "text":
        return False
    return kind == "day" or one.share_in(text.upper() for text in other.texts) > _SHARED


_SHARED = 0.5


def _kind(profile: ColumnProfile) -> str:
    """What kind of texts a column without a name has."""
    if not profile.filled:
        return "blank"
    if profile.is_dates:
        return "day"
    return "code" if profile.longest <= 4 and len(profile.texts) <= 60 else "text"
