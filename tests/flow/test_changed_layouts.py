"""States of several shapes change their files: told by cause, proposed as an entry, and read by what was proposed."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission
from pipelines.core.proposing import Compared, propose_values
from pipelines.core.staged import Staged
from pipelines.core.staging import Received, stage_delivery
from pipelines.lake import Lake
from pipelines.layouts.dated.changes import RoleChange, propose_entry, with_entry
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.raw.receipts import ReceiptLedger
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.deliveries import write_deliveries
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import Voters

CONFIGS = Path(__file__).parents[2] / "configs"
BEFORE, DAY = dt.date(2026, 9, 1), dt.date(2026, 10, 1)


class Changing:
    """A source with an accepted snapshot, whose next delivery is written by another layout than is configured."""

    def __init__(self, home, name):
        self.home, self.name, self.source = home, name, read_source(CONFIGS, name)
        config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
        few = {"voters": 1200, "chunk_households": 4000, "snapshots": [BEFORE, DAY]}
        drawn = config.states[self.source.state].model_copy(update=few)
        self.calendar = read_calendar(CONFIGS).of_state(self.source.state)
        small = config.model_copy(update={"states": {self.source.state: drawn}})
        self.simulation = Simulation(small, self.source.state, self.calendar)
        self.lake = Lake(home / "data")
        self.lake.prepare()
        write_deliveries(self.simulation, self.source, home / "landing" / name, [BEFORE])
        judged = self.judge()
        assert judged.verdict == "accepted", judged.reason

    def copy(self, home):
        shutil.copytree(self.home, home, dirs_exist_ok=True)
        found = object.__new__(Changing)
        found.__dict__.update(self.__dict__, home=home, lake=Lake(home / "data"))
        return found

    def written(self, **changes):
        """The source by which the state writes from the day on."""
        told = {role: RoleChange.model_validate(change) for role, change in changes.items()}
        return with_entry(self.source, propose_entry(self.source, DAY, told))

    def deliver(self, written):
        write_deliveries(self.simulation, written, self.home / "landing" / self.name, [DAY])

    def judge(self, source=None):
        now, source = dt.datetime.now(dt.UTC) + dt.timedelta(hours=30), source or self.source
        receive(self.lake, self.home / "landing", self.name, source, now)
        return Admission(self.lake, self.name, source, self.calendar).admit_all(now)[-1]

    def stage(self):
        """The newest delivery read, its days and codes looked at; what was told."""
        delivery = ReceiptLedger(self.lake, self.name).deliveries()[-1]
        staged, layout = Staged(), self.source.layout_on(DAY)
        last = self.lake.table(Voters, state=self.source.state, snapshot_date=BEFORE).select()
        with self.lake.connect() as connection, self.lake.scratch() as scratch:
            received = Received(delivery, layout, self.source.state, self.calendar)
            stage_delivery(connection, self.lake.root, received, scratch, staged)
            told = propose_values(connection, staged, Compared(self.source.state, DAY, last))
        return staged, told


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """A source with an accepted snapshot by its name; made once, copy it."""
    made = {}

    def world(name, home):
        if name not in made:
            made[name] = Changing(tmp_path_factory.mktemp(name), name)
        return made[name].copy(home)

    return world


BRIDGED = {
    "nc, tabs to pipes": ("nc", {"voters": {"set": {"format": {"delimiters": ["|"]}}}}, "its delimiter is pipe"),
    "nc, UTF-8": ("nc", {"voters": {"set": {"format": {"encodings": ["utf-16"]}}}}, "the mark of UTF-16"),
    "nc, history too": (
        "nc", {"history": {"set": {"format": {"delimiters": [","], "encodings": ["utf-16"]}}}}, "is comma",
    ),
    "oh, commas to tabs": ("oh", {"voters": {"set": {"format": {"delimiters": ["\t"]}}}}, "its delimiter is tab"),
    "fl, without header, tabs to pipes": (
        "fl", {"voters": {"set": {"format": {"delimiters": ["|"]}}}}, "its delimiter is pipe",
    ),
    "fl, a header": ("fl", {"voters": {"set": {"format": {"header": True}}}}, "its first line is a header"),
    "ia, commas to semicolons": ("ia", {"voters": {"set": {"format": {"delimiters": [";"]}}}}, "is semicolon"),
}  # fmt: skip


@pytest.mark.parametrize("case", BRIDGED)
def test_a_change_of_dialect_loads_by_itself_and_is_proposed(worlds, tmp_path, case):
    name, changes, sentence = BRIDGED[case]
    world = worlds(name, tmp_path)
    world.deliver(world.written(**changes))
    judged = world.judge()
    assert judged.verdict == "accepted" and sentence in judged.reason, judged.reason
    assert judged.staged.dialect and set(judged.staged.changes) == set(changes)
    entry = propose_entry(world.source, DAY, judged.staged.changes)
    again = world.judge(with_entry(world.source, entry))
    assert again.verdict == "accepted" and not again.staged.dialect, again.reason


MENDED = {
    "nc, a required column renamed": (
        "nc", {"voters": {"renamed": {"registr_dt": "reg_date"}, "added": ["email", "cell"]}},
        ["registr_dt is now reg_date", "2 columns are new: email, cell"],
    ),
    "nc, a column of the history renamed": (
        "nc", {"history": {"renamed": {"election_lbl": "election_date"}}}, ["election_lbl is now election_date"],
    ),
    "oh, a required column gone": (
        "oh", {"voters": {"dropped": ["DATE_OF_BIRTH"]}}, ["1 required column is missing: DATE_OF_BIRTH"],
    ),
    "oh, renamed and another delimiter": (
        "oh", {"voters": {"renamed": {"SOS_VOTERID": "SOS_VOTER_NO"}, "set": {"format": {"delimiters": ["|"]}}}},
        ["its delimiter is pipe", "SOS_VOTERID is now SOS_VOTER_NO"],
    ),
    "ia, the columns of slots renamed": (
        "ia", {"voters": {"renamed": {"GENERAL_ELECTION_DATE": "GEN_ELECTION_DATE"}}}, ["required column"],
    ),
    "tx, a field more at the end of the record": ("tx", {}, ["lines have 7 characters more than the record"]),
}  # fmt: skip


@pytest.mark.parametrize("case", MENDED)
def test_a_changed_layout_is_held_by_its_cause_and_read_by_what_is_proposed(worlds, tmp_path, case):
    name, changes, sentences = MENDED[case]
    world = worlds(name, tmp_path)
    if not changes:
        (record, *_), fields = world.source.layout_on(DAY).files["voters"].format.records, {"more": 7}
        changes = {"voters": {"set": {"format": {"records": [{**record, **fields}]}}}}
    world.deliver(world.written(**changes))
    staged = Staged()
    held = world.judge()
    assert held.verdict == "held" and all(told in held.reason for told in sentences), held.reason
    delivery = ReceiptLedger(world.lake, name).deliveries()[-1]
    with world.lake.connect() as connection, world.lake.scratch() as scratch, pytest.raises(Exception) as refusal:
        layout = world.source.layout_on(DAY)
        received = Received(delivery, layout, world.source.state, world.calendar)
        stage_delivery(connection, world.lake.root, received, scratch, staged)
    proposed = {refusal.value.role: RoleChange.model_validate(refusal.value.change)}
    entry = propose_entry(world.source, DAY, proposed)
    assert f"valid_from: {DAY}" in entry
    again = world.judge(with_entry(world.source, entry))
    if "gone" in case:  # the file is read now, and what it lacks is for people to decide
        assert again.verdict == "held" and "birth_date: empty for" in again.reason
    else:
        assert again.verdict == "accepted", again.reason


VALUES = {
    "nc, days written another way": (
        "nc", {"voters": {"registration_date": {"date": ["%Y-%m-%d"]}}},
        "registration_date: since this file its days are written as %Y-%m-%d.",
    ),
    "nc, days before months": (
        "nc", {"voters": {"registration_date": {"date": ["%d/%m/%Y"]}}},
        "registration_date: since this file its days are written as %d/%m/%Y.",
    ),
    "oh, only the year of birth": (
        "oh", {"voters": {"birth_date": {"date": ["%Y"]}}}, "birth_date: since this file its days carry only a year.",
    ),
    "nc, statuses recoded": (
        "nc", {"voters": {"status_code": {"code": {"1": "active", "2": "inactive", "3": "removed"},
                                          "written": {"active": "1", "inactive": "2", "removed": "3"}}}},
        "not on the list; of ",
    ),
    "nc, parties recoded": (
        "nc", {"voters": {"party_code": {"code": {"01": "democratic", "02": "republican", "03": "none"},
                                         "written": {"democratic": "01", "republican": "02", "none": "03"}}}},
        "of 3 codes the voters had one and the same word before",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", VALUES)
def test_values_written_another_way_are_told_and_proposed(worlds, tmp_path, case):
    name, told, sentence = VALUES[case]
    world = worlds(name, tmp_path)
    world.deliver(world.written(voters={"set": told}))
    held = world.judge()
    assert held.verdict == "held" and sentence in held.reason, held.reason
    staged, sentences = world.stage()
    assert any(sentence in found for found in sentences), sentences
    entry = propose_entry(world.source, DAY, staged.changes)
    again = world.judge(with_entry(world.source, entry))
    assert again.verdict == "accepted" or "birth" in sentence, again.reason
    assert "do not convert" not in again.reason and "texts break the rule" not in again.reason, again.reason


def test_a_good_delivery_has_nothing_to_propose(worlds, tmp_path):
    world = worlds("nc", tmp_path)
    world.deliver(world.source)
    judged = world.judge()
    assert judged.verdict == "accepted" and not judged.staged.dialect and not judged.staged.changes
    assert world.stage()[1] == []
