"""A delivery of some counties leaves the people of all others as they were; the snapshot is still the whole state."""

import datetime as dt
import io
import shutil
import zipfile

import pytest

from pipelines.core.changes import write_changes
from pipelines.core.delivery import Admission
from pipelines.core.voters import select_voters_as_of
from pipelines.lake import Lake
from pipelines.raw.landing import receive
from pipelines.synthetic.breaks import texts as breaks
from pipelines.synthetic.breaks.texts import QUOTED_TABS
from pipelines.tables.core import VoteHistory, VoterChanges, Voters

BEFORE, DAY, LATER = dt.date(2026, 9, 1), dt.date(2026, 10, 1), dt.date(2026, 11, 1)
CAME = ("1", "3")
STREET = "res_street_address"


def unpack(file):
    with zipfile.ZipFile(file) as archive:
        return archive.read(archive.namelist()[0])


def pack(content, name):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


class State:
    """North Carolina with two accepted snapshots, and deliveries of single counties to come."""

    def __init__(self, home, good, source):
        self.landing, self.lake, self.source = home / "landing", Lake(home / "data"), source
        self.good = good
        self.now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)

    def rows_of(self, role="voter", day=DAY):
        """Header and rows of a file of the whole state."""
        return QUOTED_TABS.rows(unpack(self.good / str(day) / f"nc{role}_Statewide.zip"))

    def land(self, role, counties, rows, day=DAY):
        """Land a file of each county."""
        folder = self.landing / "nc" / str(day)
        folder.mkdir(parents=True, exist_ok=True)
        at = QUOTED_TABS.position(rows, "county_id")
        for county in counties:
            own = [rows[0], *(row for row in rows[1:] if row[at].strip('"').lstrip("0") == county)]
            name = f"nc{role}{county}"
            (folder / f"{name}.zip").write_bytes(pack(QUOTED_TABS.content(own), f"{name}.txt"))

    def land_some(self, counties=CAME, change=None, day=DAY):
        rows = self.rows_of()
        self.land("voter", counties, change(rows) if change else rows, day)
        self.land("vhis", counties, self.rows_of("vhis"), day)

    def judge(self):
        receive(self.lake, self.landing, "nc", self.source, self.now)
        return Admission(self.lake, "nc", self.source).admit_all(self.now)[-1]

    def query(self, text):
        with self.lake.connect() as connection:
            return connection.execute(text).fetchall()

    def people(self, day):
        """Every column of everybody in a snapshot but its day, by voter_id."""
        voters = self.lake.table(Voters, state="NC", snapshot_date=day).select()
        return {row[0]: row for row in self.query(f"SELECT voter_id, * EXCLUDE (snapshot_date) FROM ({voters})")}

    def counties(self, day):
        voters = self.lake.table(Voters, state="NC", snapshot_date=day).select()
        return dict(self.query(f"SELECT voter_id, county_code FROM ({voters})"))

    def stated_on(self, day):
        voters = self.lake.table(Voters, state="NC", snapshot_date=day).select()
        return dict(self.query(f"SELECT voter_id, stated_on FROM ({voters})"))

    def changes(self):
        with self.lake.connect() as connection:
            write_changes(self.lake, connection, self.lake.table(Voters, state="NC"), "NC")
        told = self.lake.table(VoterChanges, state="NC", snapshot_date=DAY).select()
        return self.query(f"SELECT voter_id, change_code FROM ({told})")


@pytest.fixture
def state(nc_accepted, nc_landing, nc, tmp_path):
    for part in ("data", "landing"):
        shutil.copytree(nc_accepted / part, tmp_path / part)
    return State(tmp_path, nc_landing / "nc", nc)


def test_the_people_of_counties_that_did_not_come_keep_their_rows(state):
    state.land_some()
    judged = state.judge()
    assert judged.verdict == "accepted", judged.reason
    before, after = state.people(BEFORE), state.people(DAY)
    home, now = state.counties(BEFORE), state.counties(DAY)
    elsewhere = {voter for voter, county in home.items() if county not in ("001", "003")}
    assert len(elsewhere) > 300 and elsewhere <= after.keys()
    arrived = {voter for voter in elsewhere if now[voter] in ("001", "003")}
    carried = elsewhere - arrived
    assert all(after[voter] == before[voter] for voter in carried)
    delivered = {row[0] for row in whole_state(state) if row[1] in ("001", "003")}
    assert after.keys() == carried | delivered and not carried & delivered
    told = f"Some counties only: 2 came; {len(carried):,} people of 3 others keep their rows of 2026-09-01."
    assert told in judged.reason
    stated = state.stated_on(DAY)
    assert {stated[voter] for voter in carried} == {BEFORE} and {stated[voter] for voter in delivered} == {DAY}


def whole_state(state):
    """voter_id and county of everybody on the file of the whole state."""
    rows = state.rows_of()
    voter, county = (QUOTED_TABS.position(rows, name) for name in ("ncid", "county_id"))
    return [(f"NC-{row[voter].strip(chr(34))}", row[county].strip('"').zfill(3)) for row in rows[1:]]


def test_nobody_of_another_county_is_dropped_or_changed(state):
    state.land_some()
    assert state.judge().verdict == "accepted"
    home, now = state.counties(BEFORE), state.counties(DAY)
    told = state.changes()
    assert len(told) > 10
    concerned = {voter for voter, _ in told}
    assert all({home.get(voter), now.get(voter)} & {"001", "003"} for voter in concerned)
    assert not [voter for voter, code in told if code == "dropped" and home[voter] not in ("001", "003")]


def test_who_moved_into_a_county_that_came_stands_there_and_only_there(state):
    old = state.counties(BEFORE)
    mover = next(voter for voter, county in sorted(old.items()) if county == "002")

    def moved(rows):
        ncid, county, street = (QUOTED_TABS.position(rows, name) for name in ("ncid", "county_id", STREET))
        for row in rows:
            if row[ncid] == QUOTED_TABS.quoted(mover[3:]):
                row[county], row[street] = '"1"', '"77 NEW ST"'
        return rows

    state.land_some(change=moved)
    assert state.judge().verdict == "accepted"
    assert state.counties(DAY)[mover] == "001" and state.stated_on(DAY)[mover] == DAY
    assert (mover, "moved") in state.changes()


def test_partial_deliveries_follow_one_another_and_the_whole_state_ends_them(state):
    state.land_some(("1",))
    assert state.judge().verdict == "accepted"
    state.land_some(("2",), day=LATER)
    assert state.judge().verdict == "accepted"
    counties, stated = state.counties(LATER), state.stated_on(LATER)
    days = {county: {stated[voter] for voter in counties if counties[voter] == county} for county in counties.values()}
    assert days == {"001": {DAY}, "002": {LATER}, "003": {BEFORE}, "004": {BEFORE}, "005": {BEFORE}}
    last = LATER + dt.timedelta(days=1)
    folder = state.landing / "nc" / str(last)
    shutil.copytree(state.good / str(DAY), folder)
    judged = state.judge()
    assert judged.verdict == "accepted" and "Some counties only" not in judged.reason
    assert set(state.stated_on(last).values()) == {last}
    assert state.people(last).keys() == {voter for voter, _ in whole_state(state)}


def test_the_state_as_of_a_day_of_a_partial_delivery_is_the_whole_state(state):
    state.land_some()
    assert state.judge().verdict == "accepted"
    voters = state.lake.table(Voters, state="NC")
    found = state.query(f"SELECT DISTINCT county_code FROM ({select_voters_as_of(voters, DAY)})")
    assert {county for (county,) in found} == {"001", "002", "003", "004", "005"}


def test_votes_of_counties_that_did_not_come_stay_known(state):
    before = state.lake.table(VoteHistory, state="NC").row_count
    state.land_some()
    assert state.judge().verdict == "accepted"
    assert state.lake.table(VoteHistory, state="NC").row_count >= before


def test_a_partial_delivery_needs_a_last_good_snapshot(state, nc, tmp_path):
    alone = State(tmp_path / "alone", state.good, nc)
    alone.lake.root.mkdir(parents=True)
    alone.land_some()
    held = alone.judge()
    assert held.verdict == "held" and "hold some counties only, and no accepted snapshot tells" in held.reason
    assert alone.lake.table(Voters).records() == {}
    shutil.copytree(alone.good / str(BEFORE), alone.landing / "nc" / str(BEFORE))
    assert alone.judge().verdict == "accepted"


BROKEN = {
    "half of a county's people": (lambda rows: [rows[0], *rows[1::2]], "voters, the last good snapshot has"),
    "a column emptied": (lambda rows: emptied(rows, "party_cd"), "party_code: empty for"),
    "a column shifted": (
        lambda rows: QUOTED_TABS.rows(breaks.shift_values(QUOTED_TABS.content(rows), "last_name")),
        "last_name:",
    ),
}


def emptied(rows, column):
    at = QUOTED_TABS.position(rows, column)
    return [rows[0], *([*row[:at], '""', *row[at + 1 :]] for row in rows[1:])]


@pytest.mark.parametrize("case", BROKEN)
def test_the_counties_that_came_are_held_against_their_own_last_rows(state, case):
    change, sentence = BROKEN[case]
    before = state.people(BEFORE)
    state.land_some(change=change)
    held = state.judge()
    assert held.verdict == "held" and sentence in held.reason, held.reason
    assert str(DAY) not in {day for _, day in state.lake.table(Voters).records()} and state.people(BEFORE) == before


def test_a_stray_row_does_not_speak_for_its_county(state):
    """One row of another county in the file of a county would else end everybody there."""

    def strayed(rows):
        at = QUOTED_TABS.position(rows, "county_id")
        first = next(row for row in rows[1:] if row[at].strip('"').lstrip("0") == "2")
        return [*rows, [*first[:at], '"1"', *first[at + 1 :]]]

    state.land_some(("1",), change=strayed)
    folder = state.landing / "nc" / str(DAY)
    text = unpack(folder / "ncvoter1.zip").rsplit(b'"1"', 1)
    (folder / "ncvoter1.zip").write_bytes(pack(b'"2"'.join(text), "ncvoter1.txt"))
    held = state.judge()
    assert held.verdict == "held" and "1 of 2 counties lost more than 50% of their voters" in held.reason, held.reason
