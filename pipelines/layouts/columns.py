"""One column of a layout: where its text stands in the file, and the operation that makes it a value."""

import datetime as dt
from functools import cached_property
from typing import Any

from pydantic import Field, field_validator, model_validator

from models.config import Strict
from pipelines.layouts import operations as op

_OPERATIONS = ("date", "year", "digits", "pad", "code", "pattern", "flag")


class ColumnLayout(Strict):
    """Where one canonical column comes from. Without an operation it is text."""

    from_: list[str] = Field(
        alias="from", description="Header, or headers it has had; the first present one is read.", min_length=1
    )
    join: bool = Field(False, description="Whether the headers are parts of one text, joined by a space.")
    widths: list[int] = Field([], description="Characters of each part but the last when a joined text is written.")
    required: bool = Field(False, description="Whether the file is refused without it.")
    is_key: bool = Field(False, alias="key", description="Whether a row without it is refused; keys are required.")
    masks: list[str] = Field([], description="Texts that stand for 'not told': null, counted apart from faults.")
    date: list[str] | None = Field(None, description="Operation: a day in one of these strptime formats.")
    year: bool = Field(False, description="Operation: a year of four digits.")
    digits: bool | int = Field(False, description="Operation: only the digits; a number keeps the first so many.")
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
    written: dict[str, str] = Field({}, description="Our word to the label written for it, for `pattern`.")
    flag: list[str] | None = Field(None, description="Operation: these texts are yes, all else no.")
    no: list[str] = Field([], description="Texts that are no, for `flag`; with it every other text is a fault.")
    earliest: str | None = Field(None, description="First day or year that is believed; earlier ones are placeholders.")

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        """A bare header stands for `{from: header}`; one header or date format for a list of one."""
        if isinstance(value, str):
            return {"from": [value]}
        if isinstance(value, dict):
            return {
                key: [found] if key in ("from", "date", "flag") and isinstance(found, str) else found
                for key, found in value.items()
            }
        return value

    @model_validator(mode="after")
    def _one_operation(self) -> "ColumnLayout":
        named = [name for name in _OPERATIONS if getattr(self, name)]
        if len(named) > 1:
            raise ValueError(f"one operation is allowed, found {', '.join(named)}")
        if self.no and not self.flag:
            raise ValueError("no needs the operation flag")
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
    def operation_name(self) -> str | None:
        """Name of the operation, nothing for plain text."""
        return next((name for name in _OPERATIONS if getattr(self, name)), None)

    @property
    def is_required(self) -> bool:
        """Whether the file is refused without the column."""
        return self.required or self.is_key

    @cached_property
    def operation(self) -> op.Operation:
        """The operation that the column names."""
        masks = tuple(self.masks)
        if self.date:
            return op.Date(masks, tuple(self.date), self.earliest or op.Date.earliest)
        if self.year:
            return op.Year(masks, int(self.earliest or op.Year.earliest))
        if self.code:
            return op.Code(masks, self.code, self.otherwise)
        if self.pattern:
            return op.Pattern(masks, self.pattern, self.written)
        if self.digits:
            return op.Digits(masks, None if self.digits is True else int(self.digits))
        if self.flag:
            return op.Flag(masks, tuple(self.flag), tuple(self.no))
        return op.Pad(masks, self.pad) if self.pad else op.Text(masks)
