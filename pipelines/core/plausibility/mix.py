"""The mix of codes: shares that move, codes that are given up for others, codes that were not there before."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from pipelines.core.plausibility.comparison import FEWEST, FEWEST_CHANGED, share
from pipelines.core.plausibility.reading import Told
from pipelines.layouts.limits import Plausibility

_CODES = ("status_code", "party_code", "gender_code", "race_code")
_PASSING = ("inactive", "pending")  # most who have such a status may lose it at once: by a purge, by an approval
_NEARLY_ALL = 0.9  # of them, whom not even a purge takes at once


@dataclass(frozen=True)
class _Word:
    """One code of one column.

    Attributes:
        column: Name of the column.
        before: People with the code in the last good snapshot.
        now: People with it in the delivery.
        kept: People with it in the last good snapshot who are in the delivery as well.
        left: Of these, those who have another code now, or none.
        is_passing: Whether it is a status that people pass through.
    """

    column: str
    before: int
    now: int
    kept: int
    left: int
    is_passing: bool


def judge_mix(connection: duckdb.DuckDBPyConnection, told: Told, limits: Plausibility) -> list[str]:
    """Reasons of codes, each told by its column and counts; needs the view `last_good`."""
    words = list(_words(connection))
    before = {name: sum(word.before for word in words if word.column == name) for name in _CODES}
    now = {name: sum(word.now for word in words if word.column == name) for name in _CODES}
    reasons = []
    for word in words:
        then_share, now_share = (
            people / max(all_[word.column], 1) for people, all_ in ((word.before, before), (word.now, now))
        )
        if not before[word.column] or not now[word.column]:
            continue
        allowed = max(_NEARLY_ALL, limits.code_loss_share) if word.is_passing else limits.code_loss_share
        fewest = FEWEST if word.is_passing else FEWEST_CHANGED
        if word.kept >= fewest and word.left > allowed * word.kept:
            lost = share(word.left, word.kept, allowed)
            reasons.append(f"{word.column}: {word.left:,} of {word.kept:,} voters with one code have another ({lost}).")
        elif not word.before and word.now >= FEWEST_CHANGED and word.now > limits.new_code_share * told.rows:
            new = share(word.now, told.rows, limits.new_code_share)
            reasons.append(f"{word.column}: {word.now:,} voters have a code that nobody had before ({new}).")
        elif abs(now_share - then_share) > limits.mix_change_share and max(word.before, word.now) >= FEWEST_CHANGED:
            moved = f"from {then_share:.1%} to {now_share:.1%}, allowed {limits.mix_change_share:.1%}"
            reasons.append(f"{word.column}: the share of one code went {moved}.")
    return reasons


def _words(connection: duckdb.DuckDBPyConnection) -> Iterator[_Word]:
    """Every code of every column, in order."""
    sets = ", ".join(f"({name})" for name in _CODES)
    pairs = ", ".join(f"(old_{name}, new_{name})" for name in _CODES)
    both = ", ".join(f"old.{name} AS old_{name}, new.{name} AS new_{name}" for name in _CODES)
    moved = connection.execute(
        f"""SELECT {", ".join(f"old_{name}, new_{name}, grouping(old_{name})" for name in _CODES)}, count(*)
        FROM (SELECT {both} FROM last_good AS old JOIN told_voters AS new ON old.voter_id = new.voter_id)
        GROUP BY GROUPING SETS ({pairs})"""
    ).fetchall()
    people = {
        source: _counted(connection, f"SELECT {{columns}}, count(*) FROM {source} GROUP BY GROUPING SETS ({sets})")
        for source in ("last_good", "told_voters")
    }
    for place, name in enumerate(_CODES):
        codes = {code for column, code in [*people["last_good"], *people["told_voters"]] if column == name and code}
        found = [row[3 * place : 3 * place + 2] + row[-1:] for row in moved if not row[3 * place + 2]]
        for code in sorted(codes):
            kept = sum(number for old, _, number in found if old == code)
            left = sum(number for old, new, number in found if old == code and new != code)
            before, now = (people[source].get((name, code), 0) for source in ("last_good", "told_voters"))
            yield _Word(name, before, now, kept, left, name == "status_code" and code in _PASSING)


def _counted(connection: duckdb.DuckDBPyConnection, query: str) -> dict[tuple[str, str | None], int]:
    """People by column and code."""
    columns = ", ".join(f"{name}, grouping({name})" for name in _CODES)
    found = {}
    for row in connection.execute(query.format(columns=columns)).fetchall():
        place = next(place for place in range(len(_CODES)) if not row[2 * place + 1])
        found[_CODES[place], row[2 * place]] = row[-1]
    return found
