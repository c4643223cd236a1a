"""Layouts with a good delivery each: those of the states, written by the simulator, and small ones drawn by a seed."""

import datetime as dt
import functools
import gzip
import io
import pickle
import random
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from pipelines.calendar import Election, read_calendar
from pipelines.layouts.source import Layout, Source, read_source
from pipelines.settings import CONFIGS
from tests.contracts.quirks import write_with_quirks
from tests.contracts.round_trip import DAY, STATES, simulation_of_state

CANARY = "ZZCANARYQX"
"""Stands where a person's values stand, and may stand in no sentence."""
FEW = STATES[:: len(STATES) // 3][:3]


@dataclass(frozen=True)
class World:
    """A source and the files of a good delivery of it."""

    name: str
    source: Source
    files: dict[str, bytes]
    day: dt.date = DAY
    calendar: tuple[Election, ...] = ()

    @property
    def layout(self) -> Layout:
        found = self.source.layout_on(self.day)
        assert found
        return found

    def with_files(self, **files: bytes) -> "World":
        return replace(self, files=files)


def state_world(name: str, folder: Path, voters: int = 40) -> World:
    """A state's world; it is written once for all processes."""
    stored = folder / f"{name}-{voters}.pickle"
    if not stored.exists():
        source, calendar = read_source(CONFIGS, name), read_calendar(CONFIGS)
        layout, state = source.layout_on(DAY), source.state
        assert layout
        simulation = simulation_of_state(state, voters)
        (chunk,) = simulation.chunks()
        elections = [one for one in simulation.elections if simulation.state.history_since <= one.date < DAY]
        write_with_quirks(chunk, layout, folder / name, state, DAY, elections)
        files = {file.name: file.read_bytes() for file in sorted((folder / name).iterdir())}
        world = World(name, source, files, DAY, tuple(calendar.of_state(state)))
        stored.write_bytes(pickle.dumps(world))
    return pickle.loads(stored.read_bytes())


NAMES = ["id", "last", "born", "county", "e2020", "e2022"]
WIDTHS = dict(zip(NAMES, [6, 14, 10, 3, 1, 1], strict=True))


def small_world(draw: random.Random) -> World:
    """A world of a small layout: its format, quotes, encodings and rules as the seed has it."""
    kind = draw.choices(["delimited", "fixed_width", "spreadsheet", "parquet"], [80, 18, 1, 1])[0]
    rows = [_row(draw, number) for number in range(draw.randrange(1, 40))]
    of_kind = {"delimited": _delimited, "fixed_width": _fixed_width, "spreadsheet": _workbook, "parquet": _parquet}
    format_, content, suffix = of_kind[kind](draw, rows)
    is_packed = kind in ("delimited", "fixed_width") and draw.random() < 0.4
    name, content = _packed(draw, content) if is_packed else (f"voters.{suffix}", content)
    return World(f"small {kind}", _source(draw, format_), {name: content})


def _row(draw: random.Random, number: int) -> list[str]:
    born = f"{draw.randrange(1900, 2009)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
    last = draw.choice([CANARY, "ANN", "O'NEIL", "DE LA CRUZ", "=1+1", "'; DROP TABLE x", "<b>BO</b>"])
    return [f"{number:06d}", last, born, f"{number % 3:03d}", draw.choice("YN "), draw.choice("YN ")]


def _delimited(draw: random.Random, rows: list[list[str]]) -> tuple[dict[str, object], bytes, str]:
    delimiters = draw.sample([",", "\t", "|", ";"], draw.randrange(1, 3))
    quote, header = draw.choice(['"', ""]), draw.choice([True, True, False, "either"])
    encodings = draw.sample(["utf-8", "latin-1", "cp1252", "utf-16"], draw.randrange(1, 3))
    format_ = {
        "kind": "delimited", "delimiters": delimiters, "quote": quote, "header": header, "names": NAMES,
        "encodings": encodings, "has_short_rows": draw.random() < 0.3, "skipped_lines": draw.choice([0, 0, 0, 1]),
        "has_stray_line_feeds": draw.random() < 0.2,
    }  # fmt: skip
    end = draw.choice(["\n", "\r\n"])
    lines = ["A title"] * int(format_["skipped_lines"]) + [delimiters[0].join(NAMES)] * (header is not False)
    lines += [delimiters[0].join(f"{quote}{cell}{quote}" for cell in row) for row in rows]
    return format_, "".join(line + end for line in lines).encode(encodings[0]), "txt"


def _fixed_width(draw: random.Random, rows: list[list[str]]) -> tuple[dict[str, object], bytes, str]:
    separator = draw.choice(["", "", "|"])
    format_ = {"kind": "fixed_width", "encodings": ["utf-8"], "records": [WIDTHS], "separator": separator}
    lines = [separator.join(cell.ljust(WIDTHS[name]) for name, cell in zip(NAMES, row, strict=True)) for row in rows]
    return format_, "".join(line + "\n" for line in lines).encode(), "txt"


def _workbook(draw: random.Random, rows: list[list[str]]) -> tuple[dict[str, object], bytes, str]:
    del draw
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Voters")
        for at, row in enumerate([NAMES, *rows]):
            sheet.write_row(at, 0, row)
    return {"kind": "spreadsheet", "names": NAMES}, content.getvalue(), "xlsx"


def _parquet(draw: random.Random, rows: list[list[str]]) -> tuple[dict[str, object], bytes, str]:
    content = io.BytesIO()
    table = pa.table(dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True)))
    pq.write_table(table, content, write_page_checksum=draw.random() < 0.8)
    return {"kind": "parquet", "names": NAMES}, content.getvalue(), "parquet"


def _packed(draw: random.Random, content: bytes) -> tuple[str, bytes]:
    if draw.random() < 0.3:
        return "voters.txt.gz", gzip.compress(content, mtime=0)
    return "voters.zip", zipped({"voters.txt": content})


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return packed.getvalue()


@functools.cache
def _limits(share: float) -> dict[str, float]:
    return {"rejected_share": share, "fault_share": share}


def _source(draw: random.Random, format_: dict[str, object]) -> Source:
    voters: dict[str, object] = {
        "voter_id": {"from": "id", "key": True}, "last_name": "last", "county_code": "county",
        "birth_date": {"from": "born", "date": "%Y-%m-%d", "required": draw.random() < 0.5},
    }  # fmt: skip
    history = {
        "shape": "wide", "voted": ["Y"], "stayed_home": ["N"],
        "elections": {"e2020": "GA-2020-11-03-general", "e2022": "GA-2022-11-08-general"},
    }  # fmt: skip
    files = {"match": ["*"], "archive_depth": draw.randrange(1, 4), "format": format_, "voters": voters}
    if draw.random() < 0.5:
        files["history"] = history
    return Source.model_validate(
        {
            "state": "GA", "name": "Small", "obtained_from": "Test", "permitted_uses": ["research"],
            "refresh_days": 7, "posting_lag_days": 0, "registration_closes_days": 25,
            "plausibility": _limits(draw.choice([0.001, 1.0])),
            "layouts": [{"valid_from": "2020-01-01", "files": {"voters": files}}],
        }
    )  # fmt: skip
