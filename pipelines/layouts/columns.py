"""One column of a layout: where its text stands in the file, and the operation that makes it a value."""

import datetime as dt
import re
from functools import cached_property
from typing import Any

from pydantic import Field, field_validator, model_validator

from models.config import Strict
from pipelines.layouts import amounts, days, flags, words
from pipelines.layouts import operations as op

_OPERATIONS = (
    "date", "year", "digits", "number", "letters", "pad", "code", "pattern", "flag", "flags", "amount", "count",
    "values", "split", "every_flag",
)  # fmt: skip


class ColumnLayout(Strict):
    """Where one canonical column comes from. Without an operation it is text."""

    from_: list[str] = Field(
        alias="from", description="Header, or headers it has had; the first present one is read.", min_length=1
    )
    join: bool = Field(False, description="Whether the headers are parts of one text, joined by a space.")
    has_repeats: bool = Field(
        False,
        description="Whether a part of a joined text may also stand at the end of the part before it or at the "
        "beginning of the next one (`MAIN ST` and `ST`); it is then told once.",
    )
    widths: list[int] = Field([], description="Characters of each part but the last when a joined text is written.")
    rest: str | None = Field(
        None, description="Header that takes all but the first word when a joined text is written; the first takes it."
    )
    is_derived: bool = Field(False, alias="derived", description="Whether another column writes its text.")
    form: str | None = Field(None, description="Regular expression of the whole value; a key of another form is none.")
    required: bool = Field(False, description="Whether the file is refused without it.")
    is_key: bool = Field(False, alias="key", description="Whether a row without it is refused; keys are required.")
    masks: list[str] = Field([], description="Texts that stand for 'not told': null, counted apart from faults.")
    date: list[str] | None = Field(None, description="Operation: a day in one of these strptime formats.")
    year: bool = Field(False, description="Operation: a year of four digits.")
    digits: bool | int = Field(False, description="Operation: only the digits; a number keeps the first so many.")
    number: bool = Field(
        False, description="Operation: the first number in the text without leading zeros; `DISTRICT 07` is 7."
    )
    letters: bool = Field(
        False,
        description="Operation: letters and digits only, in upper case, so that `Le Flore` and `LEFLORE` are one.",
    )
    pad: int | None = Field(None, description="Operation: filled with zeros from the left to this width, characters.")
    code: dict[str, str | None] | None = Field(
        None, description="Operation: the source's code to our word; empty is unknown."
    )
    otherwise: str | None = Field(
        None, description="Our word for codes that are not listed; without it they are counted faults."
    )
    pattern: dict[str, str] | None = Field(
        None, description="Operation: regular expression to our word, the first that fits."
    )
    written: dict[str, str] = Field({}, description="Our word to the label written for it, for `pattern` and `code`.")
    label: str = Field("{}", description="What is written around a `number`: `District {}`.")
    flags: dict[str, str] | None = Field(
        None, description="Operation: header of a flag to our word; the first flag that is yes tells the word."
    )
    yes: list[str] = Field(["Y"], description="Texts that are yes, for `flags` and `every_flag`; the first is written.")
    several: str | None = Field(
        None, description="Our word where more than one of `flags` is yes; without it the first of them counts."
    )
    flag: list[str] | None = Field(None, description="Operation: these texts are yes, all else no.")
    no: list[str] = Field([], description="Texts that are no, for flags; with it every other text is a fault.")
    amount: bool | float = Field(
        False, description="Operation: a number as people write it; a number here is what 1 in the file stands for."
    )
    minus: dict[str, list[str]] = Field(
        {},
        description="For `amount`, header to the texts of it that make the number negative, such as a kind of refund.",
    )
    count: bool = Field(False, description="Operation: a whole number, 0 or more.")
    values: dict[str, float] | None = Field(
        None,
        description="Operation: the source's code to the number that it stands for, such as the middle of a range.",
    )
    split: str | None = Field(None, description="Operation: a list of texts with this sign between them.", min_length=1)
    every_flag: dict[str, str] | None = Field(
        None, description="Operation: header of a flag to our word; a list of the words of all flags that are yes."
    )
    earliest: str | None = Field(None, description="First day or year that is believed; earlier ones are placeholders.")

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        """A bare header stands for `{from: header}`; one header or date format for a list of one."""
        if isinstance(value, str):
            return {"from": [value]}
        if isinstance(value, dict):
            given = value.get("flags") or value.get("every_flag")
            told = {"from": list(given)} if isinstance(given, dict) else {}
            return told | {
                key: [found] if key in ("from", "date", "flag") and isinstance(found, str) else found
                for key, found in value.items()
            }
        return value

    @model_validator(mode="after")
    def _one_operation(self) -> "ColumnLayout":
        named = [name for name in _OPERATIONS if getattr(self, name)]
        if len(named) > 1:
            raise ValueError(f"one operation is allowed, found {', '.join(named)}")
        if self.no and not (self.flag or self.flag_headers):
            raise ValueError("no needs the operation flag, flags or every_flag")
        if self.several and not self.flags:
            raise ValueError("several needs the operation flags")
        if self.minus and not (self.amount and not self.join):
            raise ValueError("minus needs the operation amount, of one field")
        if self.flag_headers and self.from_ != list(self.flag_headers):
            raise ValueError("flags names its headers itself; leave `from` out")
        try:
            re.compile(self.form or "")
        except re.error as error:
            raise ValueError(f"form is no regular expression: {error}") from None
        if self.rest and not (self.join and self.rest in self.from_[1:]):
            raise ValueError("rest needs join, and is one of the later headers of from")
        if self.earliest and not (self.date or self.year):
            raise ValueError("earliest needs the operation date or year")
        return self

    @field_validator("earliest")
    @classmethod
    def _is_day_or_year(cls, value: str | None) -> str | None:
        if value and not (value.isdigit() and len(value) == 4):
            dt.date.fromisoformat(value)
        return value

    @property
    def flag_headers(self) -> dict[str, str]:
        """Header of each flag to its word, where the column is told by several flags."""
        return self.flags or self.every_flag or {}

    @property
    def operation_name(self) -> str | None:
        """Name of the operation, nothing for plain text."""
        return next((name for name in _OPERATIONS if getattr(self, name)), None)

    def words(self) -> set[str]:
        """The words of ours that a list of codes, patterns or flags may give."""
        told = {**(self.code or {}), **(self.pattern or {}), **(self.flags or {})}.values()
        return {word for word in [*told, self.otherwise, self.several] if word}

    @property
    def is_required(self) -> bool:
        """Whether the file is refused without the column."""
        return self.required or self.is_key

    def at(self, place: int) -> "ColumnLayout":
        """The column of one of several slots: {n} in its headers is the number of the slot."""
        return self.model_copy(update={"from_": [header.replace("{n}", str(place)) for header in self.from_]})

    @cached_property
    def operation(self) -> op.Operation:
        """The operation that the column names."""
        masks = tuple(self.masks)
        if self.date:
            return days.Date(masks, tuple(self.date), self.earliest or days.Date.earliest)
        if self.year:
            return days.Year(masks, int(self.earliest or days.Year.earliest))
        if self.code:
            return words.Code(masks, self.code, self.otherwise, self.written)
        if self.flags:
            return flags.Flags(masks, self.flags, tuple(self.yes), tuple(self.no), self.otherwise, self.several)
        if self.every_flag:
            return amounts.EveryFlag(masks, self.every_flag, tuple(self.yes), tuple(self.no))
        if self.amount:
            return amounts.Amount(masks, 1 if self.amount is True else float(self.amount), self.minus)
        if self.count:
            return amounts.Count(masks)
        if self.values:
            return amounts.Valued(masks, self.values)
        if self.split:
            return amounts.Split(masks, self.split)
        if self.number:
            return op.Number(masks, self.label)
        if self.letters:
            return op.Letters(masks)
        if self.pattern:
            return words.Pattern(masks, self.pattern, self.written)
        if self.digits:
            return op.Digits(masks, None if self.digits is True else int(self.digits))
        if self.flag:
            return flags.Flag(masks, tuple(self.flag), tuple(self.no))
        return op.Pad(masks, self.pad) if self.pad else op.Text(masks)
