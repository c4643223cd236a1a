"""A little state whose files are written by hand: a good month, and the month behind it as a test wants it."""

import copy
import datetime as dt
import random
from pathlib import Path

from pipelines.calendar import Election
from pipelines.core.delivery import Admission, Judgement
from pipelines.lake import Lake
from pipelines.layouts.source import Source
from pipelines.raw.landing import receive

BEFORE, DAY = dt.date(2026, 9, 1), dt.date(2026, 10, 1)
COLUMNS = [
    "id", "last", "first", "sex", "race", "party", "status", "county", "precinct", "zip", "phone", "street", "born",
    "registered",
]  # fmt: skip
ELECTIONS = {"e2018": "2018-11-06", "e2020": "2020-11-03", "e2022": "2022-11-08", "e2024": "2024-11-05"}
VOTERS = 1200
Rows = list[dict[str, str]]


def source(*, has_short_rows: bool = False, is_long: bool = False, header: bool = True, **limits: float) -> Source:
    """The source: a column per election, or a history in a file of its own."""
    wide = list(ELECTIONS)
    names = [*COLUMNS, *([] if is_long else wide)]
    text = {"kind": "delimited", "delimiters": [","], "encodings": ["utf-8"], "has_short_rows": has_short_rows}
    voters = {
        "voter_id": {"from": "id", "key": True},
        "last_name": {"from": "last", "required": True},
        "first_name": {"from": "first", "required": True},
        "gender_code": {"from": "sex", "code": {"F": "F", "M": "M", "U": None}},
        "race_code": "race",
        "party_code": {"from": "party", "code": {"D": "democratic", "R": "republican", "L": "libertarian", "N": "none"},
                       "otherwise": "other"},
        "status_code": {"from": "status", "required": True, "code": {"A": "active", "I": "inactive"}},
        "county_code": {"from": "county", "required": True},
        "precinct_code": "precinct",
        "zip_code": {"from": "zip", "digits": 5},
        "phone": "phone",
        "address_line": "street",
        "birth_date": {"from": "born", "date": ["%m/%d/%Y", "%d.%m.%Y"], "masks": ["XX/XX/XXXX"]},
        "registration_date": {"from": "registered", "date": ["%m/%d/%Y", "%d/%m/%Y"]},
    }  # fmt: skip
    cells = {
        "shape": "wide",
        "voted": ["Y"],
        "elections": {name: f"GA-{day}-general" for name, day in ELECTIONS.items()},
    }
    files = {
        "voters": {"match": ["voters.csv"], "format": {**text, "names": names, "header": header}, "voters": voters}
        | ({} if is_long else {"history": cells}),
    }
    if is_long:
        columns = {
            "voter_id": {"from": "id", "key": True},
            "election_date": {"from": "day", "required": True, "date": "%Y-%m-%d"},
            "election_type": {"from": "type", "required": True, "code": {"G": "general", "P": "primary"}},
        }
        files["history"] = {
            "match": ["history.csv"],
            "format": {**text, "has_short_rows": False, "names": ["id", "day", "type"]},
            "history": {"shape": "long", "columns": columns},
        }
    return Source.model_validate(
        {
            "state": "GA", "name": "Test", "obtained_from": "Test", "permitted_uses": ["research"], "refresh_days": 30,
            "posting_lag_days": 30, "registration_closes_days": 25, "wait_hours": 0, "plausibility": limits,
            "layouts": [{"valid_from": "2020-01-01", "files": files}],
        }
    )  # fmt: skip


def people(seed: int = 1) -> Rows:
    """The people of the good month."""
    draws = random.Random(seed)
    return [_person(draws, number) for number in range(VOTERS)]


def _person(draws: random.Random, number: int) -> dict[str, str]:
    born = dt.date(1940, 1, 1) + dt.timedelta(days=draws.randrange(60 * 365))
    registered = dt.date(2010, 1, 1) + dt.timedelta(days=number * 5) if number < VOTERS else DAY - dt.timedelta(days=9)
    return {
        "id": f"{number * 811:07d}",
        "last": "".join(draws.choices("BCDFGLMNRST", k=7)),
        "first": "".join(draws.choices("AEIOUY", k=5)),
        "sex": draws.choice("FMU"),
        "race": draws.choices("WBAO", [60, 25, 10, 5])[0],
        "party": draws.choices("DRNL", [40, 35, 23, 2])[0],
        "status": draws.choices("AI", [90, 10])[0],
        "county": f"{1 + number * 6 // VOTERS % 6:02d}",
        "precinct": f"{draws.randrange(1, 20):03d}",
        "zip": f"{draws.randrange(2100, 2200):05d}",
        "phone": f"0{draws.randrange(10**8, 10**9)}",
        "street": f"{draws.randrange(1, 900)} {draws.choice(['OAK', 'ELM', 'MAIN', 'HIGH'])} ST",
        "born": born.strftime("%m/%d/%Y"),
        "registered": min(registered, BEFORE - dt.timedelta(days=1)).strftime("%m/%d/%Y"),
        **{name: "Y" if draws.random() < 0.5 else "" for name in ELECTIONS},
    }


def month_later(rows: Rows) -> Rows:
    """An ordinary month: eight have left, six came, ten moved, forty turned inactive, three changed party."""
    draws = random.Random(2)
    rows = [dict(row) for row in rows if row not in draws.sample(rows, 8)]
    for row in draws.sample(rows, 10):
        row["street"] = f"{draws.randrange(1000, 2000)} PINE ST"
    for row in draws.sample([row for row in rows if row["status"] == "A"], 40):
        row["status"] = "I"
    for row in draws.sample(rows, 3):
        row["party"] = "N"
    new = [_person(draws, VOTERS + number) for number in range(6)]
    return rows + [
        {**row, "county": f"{number + 1:02d}"} | dict.fromkeys(ELECTIONS, "") for number, row in enumerate(new)
    ]


def text_of(rows: Rows, columns: list[str] | None = None) -> str:
    """Rows as the voters file."""
    columns = columns or [*COLUMNS, *ELECTIONS]
    return "".join(",".join(line) + "\n" for line in [columns, *([row[name] for name in columns] for row in rows)])


def votes_of(rows: Rows, elections: list[str] | None = None) -> str:
    """Rows as the history file."""
    stated = [(row["id"], ELECTIONS[name]) for row in rows for name in (elections or ELECTIONS) if row.get(name) == "Y"]
    return "id,day,type\n" + "".join(f"{who},{day},G\n" for who, day in stated)


class World:
    """A data root, and deliveries written into it."""

    def __init__(self, home: Path, calendar: list[Election] = ()):
        self.home, self.lake, self.calendar = home, Lake(home / "data"), calendar
        self.lake.prepare()

    def land(self, day: dt.date, **files: str) -> None:
        """Write a delivery: the name of a file without its ending, and its text."""
        folder = self.home / "landing" / "ga" / str(day)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")

    def judge(self, of: Source) -> Judgement:
        """Judge all that landed; the newest verdict."""
        now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
        receive(self.lake, self.home / "landing", "ga", of, now)
        return Admission(self.lake, "ga", of, self.calendar).admit_all(now)[-1]


def changed(rows: Rows, column: str, change, every: int = 1) -> Rows:
    """The rows with a column changed in every so-manieth of them."""
    found = copy.deepcopy(rows)
    for row in found[::every]:
        row[column] = change(row[column])
    return found
