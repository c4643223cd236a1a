"""The formats that a file may have: what stands between fields, how long they are, and what they are called."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from models.config import Strict


class Repeated(Strict):
    """Columns that stand several times in a row, such as the date and the method of each of ten elections."""

    repeat: int = Field(description="Times they stand in the file, count.", ge=1)
    names: list[str] = Field(description="Their names; {n} is replaced by 1, 2, ...", min_length=1)

    def expanded(self) -> list[str]:
        """The name of every column, in order."""
        return [name.replace("{n}", str(n)) for n in range(1, self.repeat + 1) for name in self.names]


def _expanded(names: Any) -> Any:
    """The names of columns with those that repeat written out."""
    if not isinstance(names, list):
        return names
    return [
        name
        for found in names
        for name in (Repeated.model_validate(found).expanded() if isinstance(found, dict) else [found])
    ]


Names = Annotated[list[str], BeforeValidator(_expanded)]
Encoding = Literal["utf-8", "latin-1", "utf-16", "cp1252"]


class TextFormat(Strict):
    """What all texts have: encodings and line ends."""

    encodings: list[Encoding] = Field(description="Encodings it may have; the first is written.", min_length=1)
    line_end: Literal["\n", "\r\n"] = Field("\n", description="Line end that is written; both are read.")
    has_byte_order_mark: bool = Field(
        False, description="Whether a byte order mark is written before UTF-8; one that comes is always understood."
    )
    has_stray_line_feeds: bool = Field(
        False, description="Whether only a carriage return with a line feed ends a record; one alone is a blank."
    )


class Delimited(TextFormat):
    """Text with a delimiter between fields and a record a line."""

    kind: Literal["delimited"] = Field(description="Name of the format.")
    delimiters: list[str] = Field(
        description="Delimiters it may have, one character each; the first is written.", min_length=1
    )
    quote: str = Field("", description="Quote character; empty when quotes are plain characters.", max_length=1)
    header: bool | Literal["either"] = Field(
        True, description="Whether the first line names the columns; `either` where some files have it and some not."
    )
    skipped_lines: int = Field(0, description="Lines before the header, such as a title (count).", ge=0)
    has_short_rows: bool = Field(False, description="Whether empty fields at the end of a row may be left out.")
    names: Names = Field(description="Every column in order, as the header says it or would say it.", min_length=1)


class FixedWidth(TextFormat):
    """Text whose fields have their places in a line; which record a file has is told by the length of its lines."""

    kind: Literal["fixed_width"] = Field(description="Name of the format.")
    records: list[dict[str, int]] = Field(
        description="Records that it may have, field to width in characters, in order; the first is written.",
        min_length=1,
    )
    separator: str = Field(
        "",
        description="Sign that also stands between two fields; their places are then those of the file itself.",
        max_length=1,
    )

    @model_validator(mode="after")
    def _told_apart(self) -> "FixedWidth":
        lengths = [self.length(record) for record in self.records]
        if len(set(lengths)) < len(lengths):
            raise ValueError("two records are of one length and cannot be told apart")
        return self

    @property
    def names(self) -> list[str]:
        """Every field of any record, those of the first record first."""
        return list(dict.fromkeys(name for record in self.records for name in record))

    def length(self, record: dict[str, int]) -> int:
        """Characters of a line of a record, the line end aside."""
        return sum(record.values()) + len(self.separator) * (len(record) - 1)


class Spreadsheet(Strict):
    """An Excel workbook; every cell is read as text, days as YYYY-MM-DD, whole numbers without a point."""

    kind: Literal["spreadsheet"] = Field(description="Name of the format.")
    sheet: str = Field("", description="Name of the sheet; empty for the first one.")
    skipped_lines: int = Field(0, description="Rows before the header, such as a title (count).", ge=0)
    names: Names = Field(description="Every column in order, as the header says it.", min_length=1)


class ParquetFile(Strict):
    """A Parquet file; every column is read as text, like all others."""

    kind: Literal["parquet"] = Field(description="Name of the format.")
    names: Names = Field(description="Every column, as the file names it.", min_length=1)


AnyFormat = Annotated[Delimited | FixedWidth | Spreadsheet | ParquetFile, Field(discriminator="kind")]
