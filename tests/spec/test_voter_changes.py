"""What is a change of a voter from one snapshot to the next, and what is only another way to write the same."""

import datetime as dt

import pyarrow as pa
import pytest

from pipelines.core.changes import count_changes, write_changes
from pipelines.lake import fingerprint
from pipelines.tables.core import VoterChanges, Voters

DAYS = [dt.date(2026, month, 1) for month in range(1, 7)]
PERSON = {
    "voter_id": "NC-A1", "county_code": "001", "precinct_code": "SY9", "precinct_name": "SYLVA", "last_name": "O'NEIL",
    "first_name": "ANNE", "middle_name": "MARIE", "name_suffix": "JR", "address_line": "12 OAK ST", "zip_code": "27601",
    "party_code": "democratic", "status_code": "active", "is_confidential": False,
}  # fmt: skip


@pytest.fixture
def history(lake):
    return History(lake)


class History:
    """Snapshots of a state, written one after the other, and what changed between them."""

    def __init__(self, lake):
        self.lake = lake

    def put(self, day, *people):
        names = Voters.schema().names
        rows = [{**dict.fromkeys(names), **person, "stated_on": day} for person in people]
        with self.lake.connect() as connection:
            connection.register("people", pa.Table.from_pylist(rows, schema=Voters.schema()))
            place = {"state": "NC", "snapshot_date": day}
            self.lake.write(Voters, connection, "FROM people", fingerprint(rows), **place)

    def write(self):
        with self.lake.connect() as connection:
            return write_changes(self.lake, connection, self.lake.table(Voters, state="NC"), "NC")

    def rows(self):
        with self.lake.connect() as connection:
            told = self.lake.table(VoterChanges, state="NC").select()
            return connection.sql(f"FROM ({told}) ORDER BY ALL").to_arrow_table().to_pylist()

    def told(self):
        """Month of the snapshot, voter and change."""
        return [(row["snapshot_date"].month, row["voter_id"][3:], row["change_code"]) for row in self.rows()]


@pytest.fixture
def changes(history):
    """The changes, with their codes, of one person who is given other values in a second snapshot."""

    def changes(before, after):
        history.put(DAYS[0], PERSON | before)
        history.put(DAYS[1], PERSON | after)
        history.write()
        return {row["change_code"]: (row["code_before"], row["code_after"]) for row in history.rows()}

    return changes


def person(voter_id="NC-A1", **values):
    return {**PERSON, "voter_id": f"NC-{voter_id.removeprefix('NC-')}", **values}


SAME = {
    "a precinct with a new code and its old name": {"precinct_code": "SYLV"},
    "a precinct with a new code and its old name respelled": {"precinct_code": "SYLV", "precinct_name": "Sylva "},
    "a precinct with its old code and a new name": {"precinct_name": "SYLVA FIRE HALL"},
    "a code in other letters": {"precinct_code": " sy 9"},
    "other letters": {"last_name": "O'Neil", "first_name": "anne", "address_line": "12 Oak St"},
    "runs of white space": {"last_name": " O'NEIL ", "first_name": "ANNE  ", "address_line": "12   OAK \t ST "},
    "punctuation": {"last_name": "O NEIL", "name_suffix": "JR.", "address_line": "12, Oak St."},
    "no space and no sign": {"last_name": "ONEIL"},
    "an accent": {"first_name": "ANNÉ"},
    "an initial": {"middle_name": "M."},
    "all is masked": dict.fromkeys(set(PERSON) - {"voter_id", "is_confidential"}),
    "a ZIP is masked": {"zip_code": None},
    "signs stand for a masked name": {"last_name": "***"},
    "another phone": {"phone": "9195550100"},
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_the_same_meaning_is_no_change_in_either_direction(changes, history, case):
    assert changes({}, SAME[case]) == {}
    history.put(DAYS[2], PERSON)
    history.write()
    assert history.rows() == []


OTHER = {
    "another house": ({"address_line": "14 OAK ST"}, {"moved": ("001", "001")}),
    "another unit": ({"address_line": "12 OAK ST APT 4"}, {"moved": ("001", "001")}),
    "numbers parted elsewhere": ({"address_line": "1 2 OAK ST"}, {"moved": ("001", "001")}),
    "the same street in another ZIP": ({"zip_code": "27602"}, {"moved": ("001", "001")}),
    "another county": (
        {"address_line": "9 ELM RD", "county_code": "002"},
        {"moved": ("001", "002"), "precinct": ("SY9", "SY9")},
    ),
    "another county, the address kept from the public": (
        {"address_line": None, "zip_code": None, "county_code": "002", "precinct_code": None},
        {"moved": ("001", "002")},
    ),
    "another precinct": ({"precinct_code": "B7", "precinct_name": "BARKER"}, {"precinct": ("SY9", "B7")}),
    "another code, the name not told": ({"precinct_code": "B7", "precinct_name": None}, {"precinct": ("SY9", "B7")}),
    "a name by marriage": ({"last_name": "SMITH"}, {"name": (None, None)}),
    "another given name": ({"first_name": "ANNA", "middle_name": "MAY"}, {"name": (None, None)}),
    "another initial": ({"middle_name": "K"}, {"name": (None, None)}),
    "another suffix": ({"name_suffix": "SR"}, {"name": (None, None)}),
    "another party": ({"party_code": "none"}, {"party": ("democratic", "none")}),
    "another standing": ({"status_code": "inactive"}, {"status": ("active", "inactive")}),
    "removed, all else blank": (
        {"status_code": "removed", "address_line": None, "precinct_code": None},
        {"purged": ("active", "removed")},
    ),
}


@pytest.mark.parametrize("case", OTHER)
def test_another_meaning_is_a_change(changes, case):
    after, expected = OTHER[case]
    assert changes({}, after) == expected


def test_numbers_that_are_parted_elsewhere_are_another_address(changes):
    assert changes({"address_line": "1 23RD ST"}, {"address_line": "12 3RD ST"}) == {"moved": ("001", "001")}


def test_who_comes_and_goes(history):
    stays = person("S")
    history.put(DAYS[0], stays, person("GONE"))
    history.put(DAYS[1], stays, person("NEW"))
    history.write()
    assert history.told() == [(2, "GONE", "dropped"), (2, "NEW", "added")]
    assert [(row["code_before"], row["code_after"]) for row in history.rows()] == [("active", None), (None, "active")]
    assert {row["previous_snapshot_date"] for row in history.rows()} == {DAYS[0]}


def test_who_was_on_a_file_before_the_last_one_comes_back(history):
    stays = person("S")
    history.put(DAYS[0], stays, person("A"))
    history.put(DAYS[1], stays)
    history.put(DAYS[2], stays)
    history.put(DAYS[3], stays, person("A", last_name="SMITH"))
    history.write()
    assert history.told() == [(2, "A", "dropped"), (4, "A", "came_back")]


def test_a_removed_person_is_purged_once_and_leaves_the_file_without_being_dropped(history):
    stays, removed = person("S"), person("A", status_code="removed")
    history.put(DAYS[0], stays, person("A"))
    history.put(DAYS[1], stays, removed)
    history.put(DAYS[2], stays, removed)
    history.put(DAYS[3], stays)
    history.put(DAYS[4], stays, person("A"))
    history.write()
    assert history.told() == [(2, "A", "purged"), (4, "A", "delisted"), (5, "A", "came_back")]


def test_a_removed_person_comes_back_with_a_valid_registration(history):
    history.put(DAYS[0], person("A", status_code="removed"))
    history.put(DAYS[1], person("A", status_code="inactive", last_name="SMITH"))
    history.write()
    assert [(row["change_code"], row["code_before"], row["code_after"]) for row in history.rows()] == [
        ("came_back", "removed", "inactive")
    ]


def test_who_first_appears_as_removed_is_no_news(history):
    history.put(DAYS[0], person("S"))
    history.put(DAYS[1], person("S"), person("A", status_code="removed"))
    history.put(DAYS[2], person("S"), person("A"))
    history.write()
    assert history.told() == [(3, "A", "came_back")]


def test_several_changes_of_a_person_are_several_rows(changes):
    after = {"last_name": "SMITH", "address_line": "1 ELM RD", "party_code": "republican", "status_code": "inactive"}
    assert changes({}, after).keys() == {"name", "moved", "party", "status"}


def test_counts_by_change_are_told_of_each_snapshot(history):
    history.put(DAYS[0], person("A"), person("B"))
    history.put(DAYS[1], person("A"))
    history.put(DAYS[2], person("A", party_code="none"), person("C"), person("D"))
    history.write()
    with history.lake.connect() as connection:
        newest, oldest = count_changes(connection, history.lake.table(VoterChanges))
    assert (newest["snapshot"], newest["added"], newest["party"], newest["dropped"]) == ("2026-03-01", 2, 1, 0)
    assert (oldest["snapshot"], oldest["added"], oldest["dropped"]) == ("2026-02-01", 0, 1)


def test_names_and_addresses_stay_in_the_snapshots(history):
    history.put(DAYS[0], person("A"), person("B", last_name="ZZCANARYZZ"))
    history.put(DAYS[1], person("A", last_name="ZZCANARYZZ", address_line="ZZCANARYZZ", zip_code="99999"))
    history.write()
    told = str(history.rows())
    assert len(history.rows()) == 3 and "CANARY" not in told and "99999" not in told and "OAK" not in told


def test_what_stands_is_not_compared_again(history):
    history.put(DAYS[0], person("A"))
    history.put(DAYS[1], person("A"), person("B"))
    assert [record.is_new for record in history.write().values()] == [True]
    assert [record.is_new for record in history.write().values()] == [False]
    history.put(DAYS[2], person("A"))
    assert {day: record.is_new for day, record in history.write().items()} == {"2026-02-01": False, "2026-03-01": True}


def test_damaged_changes_are_written_again(history):
    for day, party in zip(DAYS[:4], ("green", "none", "other", "green"), strict=True):
        history.put(day, person("A", party_code=party))
    history.write()
    rows = history.rows()
    damaged = next((history.lake.folder(VoterChanges) / "state=NC" / f"snapshot_date={DAYS[2]}").glob("*/*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert [record.is_new for record in history.write().values()] == [False, True, False]
    assert history.rows() == rows


def test_a_snapshot_that_comes_late_takes_its_place_in_the_history(history):
    history.put(DAYS[0], person("A"))
    history.put(DAYS[2], person("A", party_code="none"))
    history.write()
    assert history.told() == [(3, "A", "party")]
    history.put(DAYS[1], person("A", party_code="none"))
    history.write()
    assert history.told() == [(2, "A", "party")]


def test_a_snapshot_taken_out_of_use_takes_its_changes_along(history):
    for day, party in zip(DAYS[:3], ("green", "none", "other"), strict=True):
        history.put(day, person("A", party_code=party))
    history.write()
    history.lake.withdraw(Voters, state="NC", snapshot_date=DAYS[1])
    history.write()
    (row,) = history.rows()
    assert (row["snapshot_date"], row["previous_snapshot_date"]) == (DAYS[2], DAYS[0])
    assert (row["code_before"], row["code_after"]) == ("green", "other")
    history.lake.withdraw(Voters, state="NC", snapshot_date=DAYS[2])
    assert history.write() == {} and history.rows() == []
