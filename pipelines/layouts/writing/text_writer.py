"""The texts of one kind of file, grown line by line, and put together at the end."""

import datetime as dt
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from models.errors import LayoutError
from pipelines.layouts.formats import Delimited, FixedWidth, ParquetFile, Spreadsheet
from pipelines.layouts.lookups import LandedFiles, Written
from pipelines.layouts.writing.archives import put_together
from pipelines.layouts.writing.texts import Texts
from pipelines.layouts.writing.votes import nth
from pipelines.layouts.writing.workbook import TABLE, save_workbook
from pipelines.sql import literal

_TITLE = "STATE LIST OF VOTERS"  # whatever the file is of: it is skipped


class TextWriter:
    """Grows the texts of one kind of file; a name that ends in .zip becomes an archive.

    The files are there once the block ends without a fault.

    Args:
        layout: Which files they are and how they look.
        folder: Where to write.
        day: Day the files are made.
        names: Every column, those of elections included.

    Raises:
        LayoutError: The format cannot be written.
    """

    def __init__(self, layout: LandedFiles, folder: Path, day: dt.date, names: Sequence[str]) -> None:
        if isinstance(layout.format, ParquetFile) or layout.written is None:
            raise LayoutError(
                f"{layout.match[0]}: only texts and workbooks can be written, under names given as `written`."
            )
        self.folder, self.day, self.names = folder, day, list(names)
        self.workbook = layout.format if isinstance(layout.format, Spreadsheet) else None
        self.format: Delimited | FixedWidth = _draft_format(layout.format)
        self.written: Written = layout.written
        self._texts: dict[tuple[str, str], Path] = {}

    def __enter__(self) -> Self:
        """Make room for drafts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._drafts = Path(tempfile.mkdtemp(prefix=".", dir=self.folder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the files in their place, unless something failed."""
        if kind is None:
            for name in sorted({file for file, _ in self._texts}):
                drafts = {member: draft for (file, member), draft in self._texts.items() if file == name}
                if self.workbook:
                    drafts = {member: save_workbook(draft, self.workbook) for member, draft in drafts.items()}
                put_together(self.folder / name, drafts)
        shutil.rmtree(self._drafts)

    def put(self, part: str, county: str, lines: str) -> None:
        """Add whole lines to the text of a part and a county, or of a state's records; it opens with its header."""
        file, member = self._filled(self.written.file, part, county), self._filled(self.written.member, part, county)
        if (file, member) not in self._texts:
            self._texts[file, member] = self._drafts / f"{len(self._texts)}.txt"
            self._add(self._texts[file, member], self._opening())
        self._add(self._texts[file, member], lines)

    def line(self, texts: Texts) -> str:
        """SQL of the line that says the texts of a row."""
        return _fixed(self.format, texts) if isinstance(self.format, FixedWidth) else self._delimited(texts)

    def _opening(self) -> str:
        if isinstance(self.format, FixedWidth):
            return ""
        header = self.format.delimiters[0].join(map(self._quoted, self.names)) + self.format.line_end
        title = f"{_TITLE}{self.format.line_end}" * self.format.skipped_lines
        return title + (header if self.format.header else "")

    def _filled(self, name: str, part: str, county: str) -> str:
        return name.format(day=f"{self.day:%Y%m%d}", part=part, county=county, state=county)

    def _add(self, draft: Path, text: str) -> None:
        encoding = self.format.encodings[0]
        if encoding == "utf-16" and draft.exists():
            encoding = "utf-16-le"  # the mark stands once
        marked = self.format.has_byte_order_mark and encoding == "utf-8" and not draft.exists()
        try:
            content = text.encode("utf-8-sig" if marked else encoding)
        except UnicodeEncodeError:
            raise LayoutError(f"{self.written.file}: a text cannot be written in {encoding}.") from None
        with draft.open("ab") as file:
            file.write(content)

    def _quoted(self, text: str) -> str:
        sign = self.format.quote if isinstance(self.format, Delimited) else ""
        return f"{sign}{text}{sign}"

    def _delimited(self, texts: Texts) -> str:
        """What stands between two told fields is one constant, for most fields are empty."""
        assert isinstance(self.format, Delimited)
        quote, parts, between = self.format.quote, [], self.format.quote
        for place, key in enumerate(keys_of(self.names)):
            between += f"{quote}{self.format.delimiters[0]}{quote}" if place else ""
            if key in texts:
                doubled = f"replace({texts[key]}, {literal(quote)}, {literal(quote * 2)})" if quote else texts[key]
                parts += [literal(between), doubled]
                between = ""
        line = f"concat({', '.join([*parts, literal(between + quote)])})"
        if self.format.has_short_rows:
            empty = f"{self.format.delimiters[0]}{quote}{quote}"
            line = f"regexp_replace({line}, {literal(f'({empty})+$')}, '')"
        return f"{line} || {literal(self.format.line_end)}"


def _draft_format(format_: Delimited | FixedWidth | Spreadsheet) -> Delimited | FixedWidth:
    """The format of a draft: that of the file, of a workbook a table that is made one at the end."""
    if not isinstance(format_, Spreadsheet):
        return format_
    return TABLE.model_copy(update={"skipped_lines": format_.skipped_lines})


def keys_of(names: Sequence[str]) -> list[str]:
    """The key of every field: its header, told apart where that stands several times."""
    counts = dict.fromkeys(names, 0)
    keys = []
    for name in names:
        counts[name] += 1
        keys.append(nth(name, counts[name]))
    return keys


def _fixed(format_: FixedWidth, texts: Texts) -> str:
    """SQL of a line of the first record, every field cut or filled to its width."""
    fields = [
        f"rpad(coalesce({texts.get(name, 'NULL')}, ''), {width}, ' ')" for name, width in format_.records[0].items()
    ]
    return f"concat_ws({literal(format_.separator)}, {', '.join(fields)}) || {literal(format_.line_end)}"
