"""What reading a delivery found, told in sentences of files, columns, rules and counts; never a value of a row."""

from collections.abc import Iterable

from models.wording import counted
from pipelines.core.staged import Count, Staged

_NAMES = 5  # elections named in a sentence
_NAMED = 2  # files named in a sentence; of more their number is told


def summary(staged: Staged) -> list[str]:
    """What is worth saying about an accepted delivery."""
    folded = f"{staged.folded_count:,} repeated rows were folded." if staged.folded_count else ""
    return [
        *([folded] if folded else []),
        *([f"{counted(staged.folded_votes, 'repeated vote', 'was', 'were')} folded."] if staged.folded_votes else []),
        *[refusal(found) for found in by_rule(staged.refused)],
        *[fault(found) for found in by_rule(staged.faults)],
        *[placeholder(found) for found in by_rule(staged.masked)],
        *unnamed(staged),
        *[
            f"{counted(count, 'vote', 'is', 'are')} of elections that the calendar does not name: {election_type}."
            for election_type, count in sorted(staged.assumed.items())
        ],
        *staged.differences,
    ]


def unnamed(staged: Staged) -> list[str]:
    """Votes that are left out because nothing tells their election."""
    if not staged.unnamed:
        return []
    counts = sorted(staged.unnamed.items(), key=lambda found: (-found[1], found[0]))
    listed = ", ".join(f"{name} ({count:,})" for name, count in counts[:_NAMES] if name)
    more = f" and {len(counts) - _NAMES} more" if len(counts) > _NAMES else ""
    told = f": {listed}{more}. Name them in elections.yaml" if listed else ""
    return [
        f"{sum(staged.unnamed.values()):,} of {staged.named_count:,} votes are left out: neither their text nor the "
        f"calendar says which election they are of{told}."
    ]


def by_rule(counts: Iterable[Count]) -> list[list[Count]]:
    """Counts of one column and rule together, in the order of their first one."""
    found: dict[tuple[str, str], list[Count]] = {}
    for count in counts:
        found.setdefault((count.column, count.rule), []).append(count)
    return list(found.values())


def files_of(counts: list[Count]) -> str:
    """The files of some counts: by name, or how many there are."""
    names = list(dict.fromkeys(count.file for count in counts))
    return " and ".join(names) if len(names) <= _NAMED else f"{names[0]} and {len(names) - 1} more files"


def refusal(found: list[Count]) -> str:
    """Lines refused under one rule."""
    column, rule = found[0].column, found[0].rule
    refused = counted(_sum(found), "row", "was refused", "were refused")
    return f"{files_of(found)}: {refused}, {column} breaks the rule '{rule}'."


def fault(found: list[Count]) -> str:
    """Texts that did not convert."""
    column, rule = found[0].column, found[0].rule
    broken = counted(_sum(found), "text", "breaks", "break")
    return f"{files_of(found)}, {column}: {broken} the rule '{rule}': null."


def placeholder(found: list[Count]) -> str:
    """Texts that stand for an unknown value."""
    return f"{files_of(found)}, {found[0].column}: {_sum(found):,} masked or placeholder, null."


def _sum(found: list[Count]) -> int:
    return sum(count.count for count in found)
