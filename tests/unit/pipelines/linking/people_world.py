"""States as few planted rows by snapshot, and what is told about their people."""

import datetime as dt

import pyarrow as pa

from pipelines.core.changes import write_changes
from pipelines.lake import Lake, fingerprint
from pipelines.linking.people.persons import select_person_history, select_persons
from pipelines.linking.people.writing import write_people
from pipelines.tables.core import Voters
from pipelines.tables.people import People

DAYS = [dt.date(2026, month, 1) for month in range(1, 10)]
ANNE = {
    "last_name": "O'NEIL", "first_name": "ANNE", "middle_name": "MARIE", "birth_date": dt.date(1970, 5, 17),
    "gender_code": "F", "address_line": "12 OAK ST", "city": "RALEIGH", "zip_code": "27601", "phone": "9195418101",
    "status_code": "active", "is_confidential": False,
}  # fmt: skip
BORIS = {
    "last_name": "KOWALSKI", "first_name": "BORIS", "middle_name": "T", "birth_date": dt.date(1951, 11, 3),
    "gender_code": "M", "address_line": "9 ELM RD", "city": "DURHAM", "zip_code": "27701", "phone": "9195418199",
    "status_code": "active", "is_confidential": False,
}  # fmt: skip
STAYS = {**BORIS, "voter_id": "NC-STAYS", "last_name": "STEADMAN", "first_name": "OLAF",
         "birth_date": dt.date(1933, 2, 2)}  # fmt: skip
"""Somebody who is always there, so that no file is empty."""


def person(voter_id: str, facts: dict, **values) -> dict:
    """A row of core_voters; the year of birth is that of the day unless it is given."""
    row = {**facts, **values}
    year = row["birth_date"].year if row.get("birth_date") else None
    return {"birth_year": year, **row, "voter_id": f"NC-{voter_id}"}


def tagged(facts: dict, nth: int) -> dict:
    """Facts of another family of the same names and birth: with a tag to the last name, and its own house and phone."""
    tag = f"{chr(65 + nth // 20)}{chr(65 + nth % 20)}"
    tags = {"NEIL": f"NEIL{tag}", "neil": f"neil{tag.lower()}", "KOWALSKI": f"KOWALSKI{tag}"}
    told = {name: _replaced(value, tags) if name.endswith("_name") else value for name, value in facts.items()}
    if told.get("address_line"):
        told["address_line"] = f"{nth + 1}0{told['address_line']}"
    if told.get("phone"):
        told["phone"] = f"{told['phone'][:6]}{int(told['phone'][6:]) + 10 * nth}"
    return told


def _replaced(value: str | None, words: dict[str, str]) -> str | None:
    for old, new in words.items():
        value = value and value.replace(old, new)
    return value


def told_of(lake: Lake, cases: dict[str, tuple[list[dict], ...]]) -> dict[str, list[dict]]:
    """Rows of core_people of each of some cases, all in one state; a case has a list of people for each file.

    Numbers are told apart by a tag, and so are families.
    """
    world = World(lake)
    for place, day in enumerate(DAYS[: max(map(len, cases.values()))]):
        rows = [
            {**tagged(row, nth), "voter_id": f"{row['voter_id']}.{nth}"}
            for nth, files in enumerate(cases.values())
            for row in (files[place] if place < len(files) else files[-1])
        ]
        world.put(day, *rows)
    world.write()
    rows = world.rows()
    return {case: [row for row in rows if row["voter_id"].endswith(f".{nth}")] for nth, case in enumerate(cases)}


def outline(rows: list[dict]) -> list[tuple]:
    """Number, month it starts, month it was last on the file, and basis of every spell."""
    return [
        (row["voter_id"][3:].split(".")[0], row["from_date"].month, row["until_date"] and row["until_date"].month,
         row["basis_code"])
        for row in rows
    ]  # fmt: skip


class World:
    """Snapshots of states, put one after the other."""

    def __init__(self, lake: Lake):
        self.lake = lake

    def put(self, day: dt.date, *people: dict, state: str = "NC") -> None:
        names = Voters.schema().names
        rows = [{**dict.fromkeys(names), **row, "stated_on": day} for row in ({"birth_year": 1933, **STAYS}, *people)]
        rows = [{**row, "voter_id": row["voter_id"].replace("NC-", f"{state}-")} for row in rows]
        with self.lake.connect() as connection:
            connection.register("people", pa.Table.from_pylist(rows, schema=Voters.schema()))
            place = {"state": state, "snapshot_date": day}
            self.lake.write(Voters, connection, "FROM people", fingerprint(rows), **place)

    def write(self, state: str = "NC", others=(), model=None):
        with self.lake.connect() as connection:
            write_changes(self.lake, connection, self.lake.table(Voters, state=state), state)
            return write_people(self.lake, connection, state, others, model)

    def query(self, text: str) -> list[dict]:
        with self.lake.connect() as connection:
            return connection.sql(text).to_arrow_table().to_pylist()

    def rows(self, *wanted: str, **place) -> list[dict]:
        """Rows of core_people but of who stays, by number and day."""
        order = "ORDER BY voter_id, from_date"
        found = self.query(f"FROM ({self.lake.table(People, **place).select()}) {order}")
        found = [row for row in found if not row["voter_id"].endswith("STAYS")]
        return [{name: row[name] for name in wanted or row} for row in found]

    def told(self) -> list[tuple]:
        """Number, month it starts, month it was last on the file, and basis of every spell."""
        return outline(self.rows())

    def persons(self, as_of: dt.date = DAYS[-1]) -> dict[str, str]:
        """Person of each number as of a day."""
        found = self.query(select_persons(self.lake.table(People), as_of))
        return {row["voter_id"][3:]: row["person_id"] for row in found}

    def history(self, as_of: dt.date = DAYS[-1]) -> list[dict]:
        """Rows of persons' histories as of a day, but of who stays."""
        text = select_person_history(self.lake.table(People), as_of)
        found = self.query(f"FROM ({text}) ORDER BY person_id, place")
        return [row for row in found if not row["voter_id"].endswith("STAYS")]
