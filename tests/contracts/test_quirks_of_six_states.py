"""What six states do oddly is read as their layouts say: files in their words, with invented people."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest

from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission
from pipelines.layouts.limits import Plausibility
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.tables.core import VoteHistory, Voters

CONFIGS = Path(__file__).parents[2] / "configs"
LENIENT = Plausibility(rejected_share=1, fault_share=1)  # a handful of rows, of which some are broken
VOTED = ("election_id", "method_code", "ballot_party_code")


@pytest.fixture
def deliver(lake, tmp_path):
    """The verdict on texts that landed, the people by their number, and their votes in order."""

    def judge(name, day, files):
        source = read_source(CONFIGS, name).model_copy(update={"plausibility": LENIENT, "wait_hours": 0})
        folder = tmp_path / "landing" / name / day
        folder.mkdir(parents=True)
        for file, content in files.items():
            (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        now = dt.datetime.now(dt.UTC)
        receive(lake, tmp_path / "landing", name, source, now)
        (judged,) = Admission(lake, name, source, read_calendar(CONFIGS).of_state(source.state)).admit_all(now)
        assert judged.verdict == "accepted", judged.reason
        with lake.connect() as connection:
            people = connection.sql(lake.table(Voters, state=source.state).select()).to_arrow_table().to_pylist()
            votes = connection.sql(lake.table(VoteHistory, state=source.state).select()).to_arrow_table().to_pylist()
        return judged, {row["voter_id"][3:]: row for row in people}, votes

    return judge


def text_of(name, day, rows, more=(), delimiter=","):
    """A file with every column of the layout, blank where a row tells nothing, and further columns behind."""
    layout = read_source(CONFIGS, name).layout_on(dt.date.fromisoformat(day)).files["voters"]
    names = [*layout.format.names, *more]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    if layout.format.header:
        writer.writerow(names)
    writer.writerows([row.get(header, "") for header in names] for row in rows)
    return text.getvalue()


def told(votes, *columns):
    return sorted(tuple(vote[column] for column in columns) for vote in votes)


def arizona(number, **more):
    known = {"RegistrantID": number, "Status": "Active", "County": "La Paz", "LastName": "DOE", "FirstName": "JO"}
    home = {"HouseNumber": "1", "StreetName": "ELM", "RegistrationDate": "2004-02-03", "Party": "DEM"}
    return {**known, **home, **more}


def test_arizona_people_under_suspense_cannot_vote(deliver):
    rows = [arizona("12", Status="Suspense"), arizona("13", DOB="1980-02-01", Party="PND")]
    text = text_of("az", "2025-04-01", rows, [f"EL{n}" for n in range(1, 6)]).replace("RegistrantID", "Registrant ID")
    _, people, _ = deliver("az", "2025-04-01", {"Statewide.csv": text})
    assert {number: row["status_code"] for number, row in people.items()} == {"12": "denied", "13": "active"}
    assert (people["13"]["party_code"], people["13"]["birth_year"]) == ("none", 1980)


def test_arizona_numbers_of_zero_are_refused(deliver):
    text = text_of("az", "2025-04-01", [arizona("0"), arizona("12")], [f"EL{n}" for n in range(1, 6)])
    judged, people, _ = deliver("az", "2025-04-01", {"Statewide.csv": text})
    assert [(found.count, found.column) for found in judged.staged.refused] == [(1, "voter_id")]
    assert list(people) == ["12"]


@pytest.mark.parametrize(
    ("day", "primary", "general", "president"),
    [
        ("2024-08-01", "PRIMARY 2022 08/02/2022", "GENERAL 2022 11/08/2022", "2024 PPE 03/19/2024"),
        ("2024-10-01", "PRIMARY2022", "GENERAL 2022", "2024 PRESIDENTIAL PREFERENCE"),
        ("2025-04-01", "EL1", "EL2", "EL3"),
        ("2026-05-01", "PRIMARY 2022 08/02/2022", "GENERAL 2022 11/08/2022", "2024 PPE 03/19/2024"),
    ],
)
def test_arizona_elections_are_the_same_under_every_header(deliver, day, primary, general, president):
    row = arizona("12", **{primary: "PV - REPUBLICAN", general: "E", president: "A - DEMOCRATIC"})
    others = [name for name in ("EL4", "EL5") if primary == "EL1"]
    text = text_of("az", day, [row], [primary, general, president, *others])
    judged, _, votes = deliver("az", day, {"Statewide.csv": text})
    assert {vote[0]: vote[1:] for vote in told(votes, *VOTED)} == {
        "AZ-2022-08-02-primary": ("provisional", "republican"),
        "AZ-2022-11-08-general": ("early", None),
        "AZ-2024-03-19-primary": ("mail", "democratic"),
    }
    assert not judged.staged.faults


def new_york(number, **more):
    known = {
        "sboeid": number,
        "status": "A",
        "countycode": "5",
        "lastname": "DOE",
        "firstname": "JO",
        "dob": "19800201",
    }
    return {**known, "enrollment": "BLK", "raddnumber": "1", "rstreetname": "ELM ST", "regdate": "20040203", **more}


def test_new_york_labels_without_a_day_are_no_votes_and_are_counted(deliver):
    known = "20161108 GE;General Election, 2004;GE on 20091103;12 GENERAL  ELECTION;GENERAL 2008"
    history = f"{known};PRIMARY 2018;VILLAGE ELECTION 2016"
    text = text_of("ny", "2026-01-01", [new_york("NY1", voterhistory=history)])
    judged, _, votes = deliver("ny", "2026-01-01", {"AllNYSVoters_20260101.txt": text})
    days = ("2004-11-02", "2008-11-04", "2009-11-03", "2012-11-06", "2016-11-08")
    assert told(votes, "election_id") == [(f"NY-{day}-general",) for day in days]
    assert "2 of 7 votes are left out" in judged.reason and "VILLAGE" not in judged.reason


def test_new_york_people_are_read_beside_rows_that_a_line_end_cuts(deliver):
    street = {
        "raddnumber": "88-12",
        "rhalfcode": "1/2",
        "rstreetname": "ELM ST",
        "rapartmenttype": "APT",
        "rapartment": "2",
    }
    rows = [
        new_york("NY3", status="17"),
        new_york("NY4", prevname="DOE\nJANE"),
        new_york("NY1", **street, status="AM", enrollment="IND"),
        new_york("NY2", raddnumber="", rstreetname="", raddrnonstd="FARM BEHIND THE MILL", status="P"),
    ]
    judged, people, _ = deliver("ny", "2026-01-01", {"AllNYSVoters_20260101.txt": text_of("ny", "2026-01-01", rows)})
    assert [(found.count, found.column) for found in judged.staged.refused] == [(2, "row")]
    lines = [people[number]["address_line"] for number in ("NY1", "NY2")]
    assert lines == ["88-12 1/2 ELM ST APT 2", "FARM BEHIND THE MILL"]
    assert [people[number]["status_code"] for number in sorted(people)] == ["active", "removed", "pending"]
    assert (people["NY1"]["party_code"], people["NY2"]["party_code"], people["NY1"]["county_code"]) == (
        "other",
        "none",
        "05",
    )


NEVADAN = {
    "First_Name": "JO", "Last_Name": "DOE", "Birth_Date": "02/01/1980", "Registration_Date": "02/03/2004",
    "Address_1": "1 ELM ST", "Party": "Non-Partisan",
}  # fmt: skip
NEVADANS = [
    {**NEVADAN, "VoterID": "1", "County": "Carson City", "County_Status": "Active", "Congressional_District": "2"},
    {
        **NEVADAN,
        "VoterID": "2",
        "County": "White Pine",
        "County_Status": "P-17",
        "Congressional_District": "DISTRICT 2",
    },
    {**NEVADAN, "VoterID": "3", "County": "Clark", "County_Status": "Inactive", "Congressional_District": "CD1"},
]
NEVADA = "VoterList.{}.45099.07012024120000.csv"


def test_nevada_votes_have_the_type_of_their_day_and_strangers_keep_theirs(deliver):
    votes = '"10","1","11/08/2022","EV"\r\n"11","99","06/14/2022","MB"\r\n"12","1","05/05/2023","FW"\r\n'
    files = {
        NEVADA.format("ElgbVtr"): text_of("nv", "2024-07-01", NEVADANS),
        NEVADA.format("VtHst"): votes,
    }
    _, people, found = deliver("nv", "2024-07-01", files)
    assert told(found, "voter_id", "election_id", "method_code") == [
        ("NV-1", "NV-2022-11-08-general", "early"),
        ("NV-1", "NV-2023-05-05-special", "other"),
        ("NV-99", "NV-2022-06-14-primary", "mail"),
    ]
    assert [row["congressional_code"] for _, row in sorted(people.items())] == ["2", "2", "1"]
    assert [row["county_code"] for _, row in sorted(people.items())] == ["CARSONCITY", "WHITEPINE", "CLARK"]
    assert people["2"]["status_code"] == "pending"


def test_nevada_without_its_history_is_told(deliver):
    files = {NEVADA.format("ElgbVtr"): text_of("nv", "2024-07-01", NEVADANS)}
    judged, people, votes = deliver("nv", "2024-07-01", files)
    assert len(people) == 3 and not votes
    assert "No history file came" in judged.reason


def wisconsin(number, **more):
    known = {"Voter Reg Number": number, "County": "La Crosse County", "Voter Status": "Active", "FirstName": "JO"}
    return {**known, "LastName": "DOE", "Address1": "1 ELM ST", "RegistrationDate": "02/03/2004", **more}


@pytest.mark.parametrize(("delimiter", "encoding"), [("\t", "utf-8"), (",", "latin-1")])
def test_wisconsin_is_read_with_either_delimiter_and_encoding(deliver, delimiter, encoding):
    rows = [
        wisconsin("700", LastName="MÜLLER", November2020="At Polls", April2021="Absentee"),
        wisconsin("701", County="LaCrosse County", **{"Voter Status": "Inactive"}),
    ]
    text = text_of("wi", "2023-01-01", rows, ["April2021", "November2020"], delimiter)
    judged, people, votes = deliver("wi", "2023-01-01", {"voters.txt": text.encode(encoding)})
    assert told(votes, *VOTED[:2]) == [
        ("WI-2020-11-03-general", "election_day"),
        ("WI-2021-04-06-municipal", "mail"),
    ]
    assert people["700"]["last_name"] == "MÜLLER"
    assert {row["county_code"] for row in people.values()} == {"LACROSSECOUNTY"}
    assert (people["701"]["status_code"], judged.staged.faults) == ("removed", [])


def test_wisconsin_rows_with_a_name_for_a_number_are_refused(deliver):
    text = text_of("wi", "2023-01-01", [wisconsin("700"), wisconsin("JO DOE")], ["November2020"])
    judged, people, _ = deliver("wi", "2023-01-01", {"voters.txt": text})
    assert ([found.count for found in judged.staged.refused], list(people)) == ([1], ["700"])


def test_wisconsin_knows_the_day_of_registration_under_its_older_name(deliver):
    text = text_of("wi", "2021-01-01", [wisconsin("700", ApplicationDate="02/03/2004")], ["November2020"])
    _, people, _ = deliver("wi", "2021-01-01", {"voters.csv": text})
    assert people["700"]["registration_date"] == dt.date(2004, 2, 3)


def arkansan(number, **more):
    known = {"Voter_ID": number, "County": "Yell", "CDE_REGISTRANT_STATUS": "A", "TEXT_NAME_LAST": "DOE"}
    home = {"TEXT_NAME_FIRST": "JO", "TEXT_REGISTRANT_ADDRESS_NBR": "1", "TEXT_STREET_NAME": "ELM"}
    return {**known, **home, "date_of_birth": "02/01/1980", "date_of_registration": "02/03/2004", **more}


def test_arkansas_tells_a_vote_by_any_of_its_four_columns(deliver):
    row = arkansan("0012 ", County="St. Francis ", CDE_REGISTRANT_STATUS="NR ", CDE_PARTY="O")
    people = text_of("ar", "2020-01-01", [row])
    cells = {
        "VoterID": "0012 ", "General2016": "", "General2016CountyVotedIn": "62 ", "General2016PartyVoted": "",
        "General2016HowVoted": "E  ", "Primary2016PartyVoted": "R ", "Primary2016": "", "2018PrimaryRunoff": "Y",
        "2018GeneralRunoff": "Y", "GeneralLG242011": "Y", "2018General": " ",
    }  # fmt: skip
    votes = ",".join(cells) + "\r\n" + ",".join(cells.values()) + "\r\n"
    _, found, stated = deliver("ar", "2020-01-01", {"VR.csv": people, "VH.csv": votes})
    assert told(stated, *VOTED, "county_code") == [
        ("AR-2016-03-01-primary", None, "republican", None),
        ("AR-2016-11-08-general", "early", None, "STFRANCIS"),
        ("AR-2018-06-19-runoff", None, None, None),
        ("AR-2018-12-04-runoff", None, None, None),
    ]
    person = found["0012"]
    assert [person[name] for name in ("county_code", "status_code", "party_code")] == ["STFRANCIS", "denied", "none"]


def test_arkansas_once_had_people_and_votes_in_one_file(deliver):
    row = arkansan("0012", Primary2012PartyVoted="D", General2012HowVoted="A")
    more = ["Primary2012", "Primary2012PartyVoted", "General2012", "General2012HowVoted"]
    _, _, votes = deliver("ar", "2015-01-01", {"VRVH.txt": text_of("ar", "2015-01-01", [row], more)})
    assert told(votes, *VOTED) == [
        ("AR-2012-05-22-primary", None, "democratic"),
        ("AR-2012-11-06-general", "mail", None),
    ]


def utahn(number, **more):
    known = {
        "Voter ID": number,
        "County ID": "Salt Lake",
        "Status": "Active",
        "Party": "Desert Greens",
        "Last Name": "DOE",
    }
    home = {
        "First Name": "JO",
        "House Number": "1",
        "Street": "ELM",
        "DOB": "2/1/1980",
        "Registration Date": "2/3/2004",
    }
    return {**known, **home, **more}


def test_utah_votes_are_cells_that_are_not_blank_under_the_day_that_was_meant(deliver):
    days = ["11/4/2009", "6/24/2014", "11/6/2018"]
    rows = [
        utahn("1", **{"11/4/2009": "11/4/2009", "6/24/2014": "", "11/6/2018": "x"}),
        utahn("2", Zip="84101-1234", DOB="2/31/1980"),
    ]
    text = "\ufeff" + text_of("ut", "2019-01-01", rows, days).replace(",,,,,,,,,,\r\n", "\r\n")
    assert "2/31/1980\r\n" in text  # the blank cells behind the day are left out
    judged, people, votes = deliver("ut", "2019-01-01", {"voters.csv": text})
    assert told(votes, "voter_id", *VOTED) == [
        ("UT-1", "UT-2009-11-03-municipal", None, None),
        ("UT-1", "UT-2018-11-06-general", None, None),
    ]
    assert people["2"]["birth_date"] is None and people["2"]["zip_code"] == "84101"
    assert (people["1"]["county_code"], people["1"]["party_code"]) == ("SALTLAKE", "green")
    assert [(found.column, found.count) for found in judged.staged.faults] == [("birth_date", 1)]
