"""The files of one simulated vendor while they are written: a delivery a day, and the truth of each."""

import contextlib
import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import ConfigError
from pipelines.layouts.files import Role
from pipelines.layouts.source import Layout, Vendor
from pipelines.layouts.writing.records import RecordsWriter
from pipelines.synthetic.draws import day_number
from pipelines.synthetic.vendors.records import TRUTH
from pipelines.synthetic.vendors.rows import Rows, Wanted
from pipelines.synthetic.vendors.source_config import SourceConfig

TRUTH_OF_ROWS = pa.schema(
    [pa.field("role", pa.string(), False), pa.field("source_record_id", pa.string(), False), *list(TRUTH)[1:]]
)
"""The truth of a delivery, one row per row of its files; ids are those that the reader gives."""


@dataclass(frozen=True)
class _File:
    """The files of one role of one delivery, and the truth of the delivery."""

    day: int
    after: int | None
    writer: RecordsWriter
    truth: pq.ParquetWriter | None


class VendorFiles:
    """The deliveries of one vendor that are not there yet.

    Args:
        name: Name of the vendor.
        vendor: Its configuration.
        config: What is simulated of it, with the days of its deliveries.
        landing: Its landing folder.
        truth: Folder for the truth.

    Attributes:
        missing: Days that are written.

    Raises:
        ConfigError: A role of its files is not simulated.
    """

    def __init__(self, name: str, vendor: Vendor, config: SourceConfig, landing: Path, truth: Path | None) -> None:
        self.name, self.vendor, self.config, self.landing, self.truth = name, vendor, config, landing, truth
        if lost := set(vendor.roles) - set(config.roles):
            told = f"vendors.sources.{name}.roles: {', '.join(sorted(lost))} missing"
            raise ConfigError(f"configs/synthetic.yaml, {told}. Say how many records it has.")
        self.missing = [day for day in config.days if not (landing / day.isoformat()).exists()]
        self._files: dict[Role, list[_File]] = {role: [] for layout in vendor.layouts for role in layout.files}

    def knows(self, state: str) -> bool:
        """Whether it has records about a state."""
        return state in self.vendor.states and state in (self.config.states or [state])

    def open(self, stack: contextlib.ExitStack) -> None:
        """Open the files of every day that is missing.

        Raises:
            ConfigError: No layout is valid on a day.
        """
        for day in self.missing:
            folder = self._staged(day)
            shutil.rmtree(folder, ignore_errors=True)  # of a simulation that was killed
            truth = self._open_truth(stack, day)
            before = [found for found in self.config.days if found < day]
            for role, files in self._layout(day).files.items():
                after = day_number(before[-1]) if before and files.is_additional else None
                writer = stack.enter_context(RecordsWriter(files, folder, day))
                self._files[role].append(_File(day_number(day), after, writer, truth))

    def close(self) -> list[Path]:
        """Put the written folders in their place, and the truth."""
        for day in self.missing if self.truth else ():
            self._truth_file(day).with_suffix(".writing").rename(self._truth_file(day))
        return [self._staged(day).rename(self.landing / day.isoformat()) for day in self.missing]

    def wanted(self, day: int) -> list[Wanted]:
        """What is drawn for the files that are written, as of a day."""
        first, prefix = self.config.first_name_first, self.config.id_prefix
        return [
            Wanted(self.name, role, self.config.roles[role], self._columns(role), day, first, prefix)
            for role, files in self._files.items()
            if files
        ]

    def append(self, rows: Rows, state: str) -> None:
        """Write the rows of a chunk into the files of every day."""
        for file in self._files[rows.wanted.role]:
            told, truth = rows.on(file.day, file.after)
            if told.num_rows:
                file.writer.append(told, state)
            if told.num_rows and file.truth:
                role = pa.repeat(pa.scalar(rows.wanted.role), told.num_rows)
                columns = [role, file.writer.ids(told), *truth.columns[1:]]
                file.truth.write_table(pa.table(dict(zip(TRUTH_OF_ROWS.names, columns, strict=True)), TRUTH_OF_ROWS))

    def _columns(self, role: Role) -> frozenset[str]:
        """Columns that the files of a role have in any layout, so that every layout shows the same people."""
        layouts = [layout for layout in self.vendor.layouts if role in layout.files]
        return frozenset(name for layout in layouts for look in layout.looks(role) for name in look.records)

    def _layout(self, day: dt.date) -> Layout:
        layout = self.vendor.layout_on(day)
        if layout is None:
            raise ConfigError(f"{self.vendor.name}: no layout is valid on {day}. Add a dated one, or name later days.")
        return layout

    def _staged(self, day: dt.date) -> Path:
        return self.landing / f".{day.isoformat()}"

    def _open_truth(self, stack: contextlib.ExitStack, day: dt.date) -> pq.ParquetWriter | None:
        if self.truth is None:
            return None
        self.truth.mkdir(parents=True, exist_ok=True)
        draft = self._truth_file(day).with_suffix(".writing")
        return stack.enter_context(pq.ParquetWriter(draft, TRUTH_OF_ROWS, compression="zstd"))

    def _truth_file(self, day: dt.date) -> Path:
        assert self.truth is not None
        return self.truth / f"{self.name}-{day.isoformat()}.parquet"
