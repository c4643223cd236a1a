"""Labels of elections as the counties of a state may write them."""

import datetime as dt

from pipelines.calendar import ElectionType
from pipelines.layouts.label_words import NO_RULES, LabelRules
from pipelines.layouts.reading.labels import LabelReading, read_label

LABEL_STYLES = (
    "{day:%Y%m%d} {code}",
    "{code} {day:%Y%m%d}",
    "{code} on {day:%Y%m%d}",
    "{day:%Y-%m-%d} {word} ELECTION",
    "{word} ELECTION {day:%m/%d/%Y}",
    "{word} ELECTION: {day:%B %d, %Y}",
    "{day:%Y} {word} ELECTION",
    "{day:%y} {word} ELECTION",
    "{word} {day:%Y}",
    "{word} Election, {day:%Y}",
    "{day:%Y} PRESIDENTIAL {word}",
    "Federal {word} {day:%Y}",
    "State and Local {word} {day:%Y}",
)


"""How a written label may look: `day`, `code` (the abbreviation of the type) and `word` (the type in full)."""


def write_label(day: dt.date, election_type: ElectionType, style: str, rules: LabelRules = NO_RULES) -> str | None:
    """The label of an election in one of `LABEL_STYLES`; nothing where it would not be read as that election."""
    words = {long: short for short, long in rules.abbreviations.items()}
    code = words.get(election_type.upper(), "")
    label = style.format(day=day, code=code, word=election_type.upper())
    return label if read_label(label, rules) == LabelReading(election_type, day) else None
