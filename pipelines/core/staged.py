"""What reading a delivery found: facts of its files, and counts of what was refused, faulty or masked."""

from dataclasses import dataclass, field
from typing import Any

from pipelines.layouts.dated.changes import RoleChange
from pipelines.layouts.files import FileLayout, Role
from pipelines.layouts.wide import WideElection
from pipelines.raw.opening import OpenedText
from pipelines.raw.readers import TextRelation


@dataclass(frozen=True)
class Count:
    """How many texts of one file and column are null for one reason.

    Attributes:
        file: Name of the text.
        column: Column.
        rule: Rule that they break, or would have to keep.
        count: Texts.
        rows: Rows of the text.
    """

    file: str
    column: str
    rule: str
    count: int
    rows: int


@dataclass(frozen=True)
class ReadText:
    """One text that was read.

    Attributes:
        role: Role of its file.
        number: Which look it has: 0 the usual one, 1 the first one under `also`.
        look: The look.
        text: The text.
    """

    role: Role
    number: int
    look: FileLayout
    text: TextRelation


@dataclass
class Staged:
    """What reading a delivery found.

    Attributes:
        files: Facts per received file, by file_id: encoding, delimiter, line_count, row_count, reject_count.
        numbers: file_id of each file_no of the working tables.
        names: Name of each file_no.
        sizes: Working table and rows of each file_no.
        elections: Elections that each file_no has a column for, none where votes are rows.
        faults: Texts that did not convert.
        masked: Masks and placeholders.
        refused: Lines refused, by rule.
        differences: How the files differ from their layout, in words.
        dialect: A sentence for each change of dialect that was bridged: another delimiter, encoding or quote than the
            layout lists.
        encodings_bridged: Names of the texts that were read in an encoding that the layout does not list.
        read: Text of each file_no with its role and look, as SQL can read it while the scratch folder stands.
        changes: What a dated layout entry would say of each role of a delivery that could be read and differs.
        folded_count: Rows that gave way to another one of their id.
        unnamed: Votes whose election neither their text nor the calendar determines, by the text, or by none where it
            may be anything.
        named_count: Votes whose election is told by a name, those included.
        assumed: Votes of elections whose type nothing tells, by the type that they are given.
        required: Columns of core_voters that every file of voters must have.
        blank: Blank lines of each file_no, count.
        folded_votes: Votes that gave way to another one of the same voter and election.
        cut_short: Names of texts that end in the middle of a record.
        texts: Readable text of each file_no, for the quarantine of refused rows.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    sizes: list[tuple[str, int]] = field(default_factory=list)
    elections: list[list[WideElection]] = field(default_factory=list)
    faults: list[Count] = field(default_factory=list)
    masked: list[Count] = field(default_factory=list)
    refused: list[Count] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    dialect: list[str] = field(default_factory=list)
    encodings_bridged: list[str] = field(default_factory=list)
    read: dict[int, ReadText] = field(default_factory=dict)
    changes: dict[Role, RoleChange] = field(default_factory=dict)
    folded_count: int = 0
    required: set[str] = field(default_factory=set)
    unnamed: dict[str, int] = field(default_factory=dict)
    named_count: int = 0
    assumed: dict[str, int] = field(default_factory=dict)
    blank: dict[int, int] = field(default_factory=dict)
    folded_votes: int = 0
    cut_short: list[str] = field(default_factory=list)
    texts: dict[int, OpenedText] = field(default_factory=dict)

    def wide_files(self) -> list[tuple[list[WideElection], list[int]]]:
        """file_no of the files that have the same columns of elections, with these elections."""
        found: list[tuple[list[WideElection], list[int]]] = []
        for number, elections in enumerate(self.elections):
            alike = next((numbers for known, numbers in found if known == elections), None)
            if alike is not None:
                alike.append(number)
            elif elections:
                found.append((elections, [number]))
        return found
