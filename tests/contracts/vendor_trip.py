"""Simulated records written in a vendor's layout, with the quirks of real files, and read again."""

import datetime as dt
from collections import Counter

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.records.admission import RecordAdmission
from pipelines.lake import Lake
from pipelines.layouts.source import read_vendor, vendor_paths
from pipelines.layouts.writing.records import RecordsWriter
from pipelines.raw.landing import receive
from pipelines.settings import CONFIGS
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.draws import day_number
from pipelines.synthetic.simulation import Simulation
from pipelines.synthetic.vendors.people import circle_of
from pipelines.synthetic.vendors.row_draws import draw_rows
from pipelines.synthetic.vendors.rows import People, Wanted
from pipelines.synthetic.vendors.traits import draw_traits
from pipelines.tables.campaign import RECORD_TABLES
from tests.contracts.quirks import with_quirks
from tests.contracts.telling import value_told

STATE = "NC"
DRAWN_ON = dt.date(2026, 10, 25)
LAST_DAY = dt.date(2026, 11, 2)
"""The day before an election, when ballots are in every state that they may have."""
NOT_IN_FILES = ("source_record_id", "known_on", "is_known_on_assumed")


def dated_layouts():
    """Every vendor, with the last day of each layout and each look of its files."""
    for name in vendor_paths(CONFIGS):
        vendor = read_vendor(CONFIGS, name)
        ends = [layout.valid_from - dt.timedelta(days=1) for layout in vendor.layouts[1:]]
        for day in [*ends, LAST_DAY]:
            yield from ((name, day, nth) for nth, _ in enumerate(vendor.layout_on(day).variants()))


def people_of_state(voters):
    """The people of one chunk as vendors know them, and the configuration."""
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    few = {"voters": voters, "chunk_households": 4 * voters, "snapshots": [DRAWN_ON], "uncounted_share": 0.3}
    config = config.model_copy(update={"states": {STATE: config.states[STATE].model_copy(update=few)}})
    (chunk,) = Simulation(config, STATE, read_calendar(CONFIGS).of_state(STATE)).chunks()
    return config, People(chunk, circle_of(chunk, day_number(DRAWN_ON)), draw_traits(chunk))


class VendorTrip:
    """One delivery of a vendor, there and back.

    Args:
        name: Name of the vendor.
        day: Day of the files, which says their layout.
        nth: Which of the looks of that layout's files are written, 0 for the usual ones.
        known: The configuration and the people.
        folder: Where files and tables are put.
        quirks: Quirks of the files.
    """

    def __init__(self, name, day, nth, known, folder, quirks=()):
        self.name, self.day, self.vendor = name, day, read_vendor(CONFIGS, name)
        self.layout = self.vendor.layout_on(day).variants()[nth]
        self.rows = {role: self._drawn(role, *known) for role in self.layout.files}
        written = with_quirks(self.layout, set(quirks))
        landing, self.ids = folder / "landing" / name / day.isoformat(), {}
        for role, files in written.files.items():
            with RecordsWriter(files, landing, day) as writer:
                writer.append(self.rows[role].slice(0, 40), STATE)
                writer.append(self.rows[role].slice(40), STATE)
                self.ids[role] = writer.ids(self.rows[role]).to_pylist()
        self.lake, now = Lake(folder / "data", "1GB", 2), dt.datetime.now(dt.UTC)
        receive(self.lake, folder / "landing", name, self.vendor, now)
        (self.judged,) = RecordAdmission(self.lake, name, self.vendor).admit_all(now)

    def _drawn(self, role, config, people):
        source = config.vendors.sources[self.name]
        columns = {name for layout in self.vendor.layouts for look in layout.looks(role) for name in look.records}
        day = day_number(DRAWN_ON)
        rules, first = source.roles[role], source.first_name_first
        wanted = Wanted(self.name, role, rules, frozenset(columns), day, first, source.id_prefix)
        many = {"ballots": 3 * config.states[STATE].voters}.get(role, 400)
        return draw_rows(config, people, wanted, (0, many)).on(day_number(self.day))[0]

    def faults(self):
        """What did not come back as it was, in words; empty where all did."""
        if self.judged.verdict != "accepted":
            return [self.judged.reason]
        staged = self.judged.staged
        told = [f"{fault.column}: {fault.count} texts break the rule '{fault.rule}'" for fault in staged.faults]
        told += [f"{found.count} rows were refused: {found.column} {found.rule}" for found in staged.refused]
        return told + [fault for role in self.layout.files for fault in self._other_rows(role)]

    def _other_rows(self, role):
        found, expected = self.read(role), self.told(role)
        if found.keys() != expected.keys():
            return [f"{role}: {len(found):,} rows came back of {len(expected):,}, not all with their ids"]
        wrong = Counter(
            name for key, row in expected.items() for name, value in row.items() if found[key][name] != value
        )
        return [f"{role}.{name}: {count} values differ" for name, count in sorted(wrong.items())]

    def read(self, role):
        """The rows of a role as they were read, by id."""
        table = self.lake.table(RECORD_TABLES[role], source=self.name, snapshot_date=self.day)
        with self.lake.connect() as connection:
            rows = connection.sql(table.select()).to_arrow_table().to_pylist()
        return {row["source_record_id"]: row for row in rows}

    def told(self, role):
        """The rows as the layout can tell them, by id: what it has no field or no word for is unknown."""
        files, columns = self.layout.files[role], RECORD_TABLES[role].columns()
        names = [name for name in RECORD_TABLES[role].schema().names if name not in NOT_IN_FILES]
        rows = {}
        for key, row in zip(self.ids[role], self.rows[role].to_pylist(), strict=True):
            told = {name: _told(row, name, files) for name in names}
            if told["birth_date"]:
                told["birth_year"] = told["birth_year"] or told["birth_date"].year
            dated = [name for name in files.always if str(columns[name].type) == "date32[day]"]
            told |= {name: dt.date.fromisoformat(files.always[name]) for name in dated}
            rows[key] = told
        return rows


def _told(row, name, files):
    if name not in files.records:
        return files.always.get(name)
    layout = files.records[name]
    value = value_told(row.get(name), layout)
    if layout.flag:
        return bool(value) if value is not None or not layout.no else None
    if layout.operation_name or value is None:
        return value
    width = getattr(files.format, "records", [{}])[0].get(layout.from_[0])
    return " ".join(value[:width].split()) or None
