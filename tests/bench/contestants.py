"""The ways from a delivery's texts to Parquet that are compared; run as a program, one of them in a process of its own.

Ours does more than the others: it keeps the received bytes, converts and checks every value, writes down what it
refuses, sorts by voter, reads the file again to check the contract, and leaves receipts. The others only convert.
"""

import csv
import datetime as dt
import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.calendar import read_calendar
from pipelines.layouts.source import read_source
from pipelines.settings import CONFIGS
from pipelines.sql import identifier, literal, literals
from tests.bench.deliveries import Texts, texts_of
from tests.bench.facts import peak_mib

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

MEMORY_LIMIT, THREADS = "1GB", 2  # as the demo's profile has it


def ingest_ours(folder: Path, name: str, out: Path) -> None:
    """Received, kept, typed, checked and sorted, with history, rejects and receipts, into a fresh data root."""
    from pipelines.core.delivery import Admission
    from pipelines.lake import Lake
    from pipelines.raw.landing import receive

    now, source = dt.datetime.now(dt.UTC), read_source(CONFIGS, name)
    lake = Lake(out, MEMORY_LIMIT, THREADS)
    lake.prepare()
    receive(lake, folder / "landing", name, source, now)
    calendar = read_calendar(CONFIGS).of_state(source.state)
    judged = Admission(lake, name, source, calendar).admit_all(now)
    assert [found.verdict for found in judged] == ["accepted"], judged[0].reason


def scan_bare(folder: Path, name: str, out: Path) -> None:
    """DuckDB counts every column: the least that reading the text can cost."""
    for texts in texts_of(folder, name).values():
        counts = ", ".join(f"count({identifier(header)})" for header in texts.headers)
        _connect(out).execute(f"SELECT {counts} FROM {_relation(texts)}").fetchall()


def copy_bare(folder: Path, name: str, out: Path) -> None:
    """DuckDB copies the columns that the flow reads into Parquet, as text, in the file's order."""
    for role, texts in texts_of(folder, name).items():
        columns, target = ", ".join(map(identifier, texts.columns)), literal(str(out / f"{role}.parquet"))
        options = "FORMAT parquet, COMPRESSION zstd"
        _connect(out).execute(f"COPY (SELECT {columns} FROM {_relation(texts)}) TO {target} ({options})")


def copy_polars(folder: Path, name: str, out: Path) -> None:
    """Polars streams the columns that the flow reads into Parquet, as text."""
    import polars as pl

    for role, texts in texts_of(folder, name).items():
        form = texts.format
        rows = pl.scan_csv(
            texts.files,
            separator=form.delimiters[0],
            quote_char=form.quote or None,
            has_header=form.header,
            new_columns=None if form.header else texts.headers,
            infer_schema=False,
        )
        rows.select(texts.columns).sink_parquet(out / f"{role}.parquet", compression="zstd")


def read_pandas(folder: Path, name: str, out: Path) -> None:
    """The way of a notebook: pandas reads text, converts days and codes, melts a wide history, and writes."""
    import pandas as pd

    for role, texts in texts_of(folder, name).items():
        parts = [_read_frame(file, texts) for file in texts.files]
        if texts.elections:
            key = texts.layout.column_layouts()["voter_id"].from_[0]
            votes = [part.melt(key, texts.elections, "election", "cell").dropna(subset=["cell"]) for part in parts]
            pd.concat(votes, ignore_index=True).to_parquet(out / "history.parquet", compression="zstd")
            parts = [part.drop(columns=texts.elections) for part in parts]
        _converted(pd.concat(parts, ignore_index=True), texts).to_parquet(out / f"{role}.parquet", compression="zstd")


IMPORTS = {
    "ours": ["pipelines.core.delivery", "pipelines.lake", "pipelines.raw.landing"],
    "copy": ["duckdb"],
    "scan": ["duckdb"],
    "polars": ["polars"],
    "pandas": ["pandas", "pyarrow.parquet"],
}
CONTESTANTS: dict[str, Callable[[Path, str, Path], None]] = {
    "ours": ingest_ours,
    "copy": copy_bare,
    "scan": scan_bare,
    "polars": copy_polars,
    "pandas": read_pandas,
}
DELIMITED_ONLY = ("polars", "pandas")
"""Those that have no reader of fixed width that streams and is given the places of the fields."""


def _connect(out: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    spill = str(out / "spill")
    return duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": THREADS, "temp_directory": spill})


def _relation(texts: Texts) -> str:
    """SQL of the texts as one relation of text columns."""
    return _cut_lines(texts) if texts.is_fixed else _read_csv(texts)


def _read_csv(texts: Texts) -> str:
    form = texts.format
    types = ", ".join(f"{literal(header)}: 'VARCHAR'" for header in texts.headers)
    quoted = f"quote = {literal(form.quote)}, escape = {literal(form.quote)}"
    told = f"delim = {literal(form.delimiters[0])}, {quoted}, header = {str(form.header).lower()}"
    return f"read_csv([{_files(texts)}], auto_detect = false, columns = {{{types}}}, {told})"


def _cut_lines(texts: Texts) -> str:
    """Whole lines, each cut at the places of its fields; the blanks that fill a field up are taken off."""
    starts = accumulate(texts.record.values(), initial=1)
    fields = [
        f"trim(substr(line, {start}, {width})) AS {identifier(header)}"
        for start, (header, width) in zip(starts, texts.record.items(), strict=False)
    ]
    told = "columns = {'line': 'VARCHAR'}, delim = '\x1f', quote = '', escape = '', header = false"
    return f"(SELECT {', '.join(fields)} FROM read_csv([{_files(texts)}], auto_detect = false, {told}))"


def _files(texts: Texts) -> str:
    return literals([str(file) for file in texts.files])


def _read_frame(file: Path, texts: Texts) -> "pd.DataFrame":
    import pandas as pd

    form = texts.format
    return pd.read_csv(
        file,
        sep=form.delimiters[0],
        quotechar=form.quote or '"',
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        header=0 if form.header else None,
        names=texts.headers,
        usecols=texts.columns,
        dtype=str,
    )


def _converted(frame: "pd.DataFrame", texts: Texts) -> "pd.DataFrame":
    """Days as days, codes as categories; what does not convert becomes null."""
    import pandas as pd

    for layout in texts.layout.column_layouts().values():
        header = layout.from_[0]
        if layout.date:
            frame[header] = pd.to_datetime(frame[header], format=layout.date[0], errors="coerce")
        elif layout.code or layout.pattern or layout.flag:
            frame[header] = frame[header].astype("category")
    return frame


def main(contestant: str, folder: str, name: str) -> None:
    """Run one contestant into a new folder and print its seconds, those of the processor, and its peak memory."""
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    for module in IMPORTS[contestant]:
        importlib.import_module(module)
    with tempfile.TemporaryDirectory(dir=Path(folder).parent) as out:
        began, worked = time.perf_counter(), time.process_time()
        CONTESTANTS[contestant](Path(folder), name, Path(out))
        seconds, processor = time.perf_counter() - began, time.process_time() - worked
        told: dict[str, Any] = {"seconds": seconds, "processor": processor, "mib": peak_mib()}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
