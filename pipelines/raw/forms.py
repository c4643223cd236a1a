"""How the texts of a role are written, and what of it changed since an earlier delivery, in words.

A mark before the first line, line ends of another kind, a column in another place change nothing that is read. They
tell that the program which writes the files was changed, and with the next file that may matter.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.wording import counted
from pipelines.layouts.files import FileLayout
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.spelling import normalise
from pipelines.layouts.wide import WideHistory
from pipelines.raw.diff import compare, tell_headers
from pipelines.raw.readers import TextRelation

DIALECT = ("delimiter", "quotes", "letters beyond ASCII")
"""What is told in words of its own where it is another one than the layout lists."""


@dataclass(frozen=True)
class Form:
    """How the texts of a role are written.

    Attributes:
        words: What they show of each trait, sorted; nothing where none of them shows it.
        headers: Their headers, each once, without those of elections, which come with every file; none of a text in
            whose header a row of data may stand.
    """

    words: Mapping[str, Sequence[str]]
    headers: Sequence[Sequence[str]]

    @classmethod
    def of(cls, texts: Iterable[tuple[FileLayout, TextRelation, int]]) -> "Form":
        """The form of some texts, each with its layout and its blank lines."""
        words: dict[str, set[str]] = {}
        headers: dict[tuple[str, ...], None] = {}
        for layout, text, blank_count in texts:
            traits = {
                **text.written,
                "blank lines": "some" if blank_count else "",
                "zeros filled up": _filled(text, layout),
            }
            for trait, word in traits.items():
                words.setdefault(trait, set()).update([word] if word else [])
            if not compare(text.headers, layout).may_be_a_row:  # else its names may be values of a person
                headers[_without_elections(text.headers, layout)] = None
        return cls({trait: sorted(found) for trait, found in words.items()}, list(headers))

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "Form":
        """A form as it was written down."""
        return cls(content["words"], [tuple(header) for header in content["headers"]])

    def since(self, earlier: "Form", left_out: Sequence[str] = ()) -> list[str]:
        """What is other than in an earlier form, in parts of a sentence.

        Args:
            earlier: The form of the delivery before.
            left_out: Traits that are told elsewhere.
        """
        told = [
            f"{trait}: {_listed(self.words[trait])} (before: {_listed(earlier.words[trait])})"
            for trait in self.words
            if trait in earlier.words and trait not in left_out and self.words[trait] != earlier.words[trait]
        ]
        new = [header for header in self.headers if header not in earlier.headers]
        if "columns" in left_out or not new or not earlier.headers:
            return told
        gone = [header for header in earlier.headers if header not in self.headers] or earlier.headers
        return [*told, *_tell_columns(max(gone, key=lambda header: _common(header, new[0])), new[0])]


def bridged_traits(text: TextRelation, layout: FileLayout) -> list[str]:
    """Traits of a text that are told because they are other than its layout has them."""
    return [*(DIALECT if text.told else []), *(["columns"] if str(compare(text.headers, layout)) else [])]


def _without_elections(headers: Sequence[str], layout: FileLayout) -> tuple[str, ...]:
    history = layout.history
    is_known = history.is_election if isinstance(history, WideHistory) else lambda _: False
    return tuple(header for header in headers if not is_known(header))


def _filled(text: TextRelation, layout: FileLayout) -> str:
    """Columns that are filled up with zeros, of which a text of the first rows is too short."""
    rows, positions = text.first_rows(), Positions(tuple(text.headers))
    found = []
    for name, column in layout.column_layouts().items():
        places = [place for header in column.from_ if column.pad and (place := positions.of(header)) is not None]
        if any(0 < len(row[at].strip()) < (column.pad or 0) for row in rows for at in places[:1] if at < len(row)):
            found.append(name)
    return ", ".join(found)


def _listed(words: Sequence[str]) -> str:
    return " and ".join(words) or "none"


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many names two headers share, as they are compared."""
    return (Counter(map(normalise, one)) & Counter(map(normalise, other))).total()


def _tell_columns(old: Sequence[str], new: Sequence[str]) -> list[str]:
    keys = [list(map(normalise, headers)) for headers in (old, new)]
    if keys[0] == keys[1]:
        spelled = [f"{now} for {then}" for then, now in zip(old, new, strict=True) if then != now]
        told = counted(len(spelled), "column", "is", "are")
        return [f"{told} spelled otherwise, such as {tell_headers(spelled[:1])}"]
    gone, come = Counter(keys[0]) - Counter(keys[1]), Counter(keys[1]) - Counter(keys[0])
    told = [
        f"columns that are {what}: {tell_headers([name for name in names if normalise(name) in found])}"
        for what, names, found in (("gone", old, gone), ("new", new, come))
        if found
    ]
    return told or ["the columns stand in another order"]
