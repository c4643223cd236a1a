"""What seven states do that a plain reader gets wrong, planted in rows written by hand; the truth stands beside."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.tables.core import VoteHistory, Voters

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture
def deliver(lake, tmp_path):
    """Lands texts or archives by name and judges them; gives the judgement, the people and the votes by voter."""

    def delivered(name, day, files):
        folder = tmp_path / "landing" / name / day
        folder.mkdir(parents=True)
        for file, content in files.items():
            put(folder / file, content)
        source, now = read_source(CONFIGS, name), dt.datetime.now(dt.UTC)
        receive(lake, tmp_path / "landing", name, source, now)
        calendar = read_calendar(CONFIGS).of_state(source.state)
        judged = Admission(lake, name, source, calendar).admit_all(now)[-1]
        assert judged.verdict == "accepted", judged.reason
        return judged, people(lake, source.state), votes(lake, source.state)

    return delivered


def put(path, content):
    if isinstance(content, str):
        path.write_bytes(content.encode())
        return
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in content.items():
            archive.writestr(member, text)


def people(lake, state):
    with lake.connect() as connection:
        rows = connection.sql(lake.table(Voters, state=state).select()).to_arrow_table().to_pylist()
    return {row["voter_id"]: row for row in rows}


def votes(lake, state):
    """Method and party of every counted ballot, by voter and election."""
    with lake.connect() as connection:
        rows = connection.sql(lake.table(VoteHistory, state=state).select()).to_arrow_table().to_pylist()
    assert all(row["is_voted"] for row in rows)
    return {(row["voter_id"], row["election_id"]): (row["method_code"], row["ballot_party_code"]) for row in rows}


def names_of(name, day, role="voters"):
    return read_source(CONFIGS, name).layout_on(dt.date.fromisoformat(day)).files[role].format.names


def record(names, told, delimiter):
    """A row; of a name that stands several times a list tells them in order, one value the first."""
    left = {name: list(value) if isinstance(value, list) else [value] for name, value in told.items()}
    assert set(left) <= set(names)
    return delimiter.join(left[name].pop(0) if left.get(name) else "" for name in names)


def lines(*rows):
    return "".join(f"{row}\r\n" for row in rows)


def iowan(number, **told):
    names = names_of("ia", "2024-05-01")
    person = {
        "REGN_NUM": number, "FIRST_NAME": "ANN", "LAST_NAME": "LEE", "HOUSE_NUM": "12", "STREET_NAME": "OAK",
        "STREET_TYPE": "ST", "VOTERSTATUS": "Active", "PARTY": "NP", "BIRTHDATE": "03/04/1970",
        "EFF_REGN_DATE": "05/06/1990", "COUNTY": "O'Brien", "CITY": ["PAULLINA", "AMES", "WARD 3"],
        "ZIP_CODE": ["51046", "50010"],
    }  # fmt: skip
    return record(names, person | told, ",")


def test_iowa_reads_parts_without_header_and_slots_by_their_place(deliver):
    header = ",".join(names_of("ia", "2024-05-01"))
    first = iowan(
        "101",
        PRIMARY_ELECTION_DATE=["06/04/2024", "06/07/2022"],
        PRIMARY_VOTERVOTEMETHOD=["A", "X"],
        POLITICAL_PARTY=["DEM", "REP"],
    )
    slots = {"GENERAL_ELECTION_DATE": ["11/08/2022", "", "11/08/2016"], "CITY_ELECTION_DATE": "11/05/2019"}
    _, found, voted = deliver(
        "ia",
        "2024-07-01",
        {
            "VoterDetails_ Part1 07-01-24-123456.csv": lines(header, first),
            "VoterDetails_ Part2 07-01-24-123457.csv": lines(iowan("102", **slots)),
        },
    )
    assert set(found) == {"IA-101", "IA-102"}
    told = found["IA-102"]
    assert (told["city"], told["zip_code"], told["county_code"]) == ("PAULLINA", "51046", "OBRIEN")
    assert told["address_line"] == "12 OAK ST"
    assert voted == {
        ("IA-101", "IA-2024-06-04-primary"): ("mail", "democratic"),
        ("IA-101", "IA-2022-06-07-primary"): ("election_day", "republican"),
        ("IA-102", "IA-2022-11-08-general"): (None, None),
        ("IA-102", "IA-2016-11-08-general"): (None, None),
        ("IA-102", "IA-2019-11-05-municipal"): (None, None),
    }


def test_iowa_refuses_a_header_in_the_midst_of_the_rows(deliver):
    header, rows = (
        ",".join(names_of("ia", "2024-05-01")),
        [
            iowan(str(number), FIRST_NAME=f"A{number % 90}", LAST_NAME=f"L{number % 70}", HOUSE_NUM=str(number))
            for number in range(1100)
        ],
    )
    judged, found, _ = deliver("ia", "2024-07-01", {"VoterDetails_ Part1.csv": lines(*rows[:500], header, *rows[500:])})
    assert len(found) == 1100 and sum(count.count for count in judged.staged.refused) == 1


def resident(number, last_name, **told):
    record_ = read_source(CONFIGS, "ct").layouts[0].files["voters"].format.records[0]
    person = {
        "Town_ID": "008", "Voter_ID": number, "Name_Last": last_name, "Name_First": "ANN", "Voter_Status": "A",
        "House_Number": "12", "Street_Name": "OAK ST", "Residence_Zipcode": "06524", "Birth_Date": "03/04/1970",
        "Party_Affiliation": "U", "Registration_Date": "05/06/1990", **told,
    }  # fmt: skip
    return ",".join(person.get(name, "").ljust(width) for name, width in record_.items())


def test_connecticut_is_read_by_place_where_a_name_holds_a_comma(deliver):
    slots = {"Election_Date_1": "11/08/2022", "Ballot_Type_1": "E", "Absentee_1": "Y"}
    slots |= {"Election_Date_2": "05/10/2022", "Ballot_Type_2": "R", "Absentee_2": "N"}
    parts = [
        resident("000000101", "LEE, THE YOUNGER", **slots),
        resident("000000102", "LEE", Special_Status="A", Voter_Status="O"),
        resident("000000103", "ROY"),
        resident("000000104", "DOE"),
    ]
    _, found, voted = deliver(
        "ct",
        "2023-01-15",
        {
            f"VOTELCT{part}.ZIP": {f"SSP/ELCT/VOTER/EXT{part}": lines(row, resident(f"00000020{part}", "POE"))}
            for part, row in enumerate(parts, 1)
        },
    )
    assert (found["CT-000000101"]["last_name"], found["CT-000000101"]["county_code"]) == ("LEE, THE YOUNGER", "008")
    assert found["CT-000000101"]["address_line"] == "12 OAK ST"
    assert found["CT-000000102"]["is_confidential"] and found["CT-000000102"]["status_code"] == "removed"
    assert voted == {
        ("CT-000000101", "CT-2022-11-08-general"): ("mail", None),
        ("CT-000000101", "CT-2022-05-10-special"): ("election_day", None),  # a referendum is no general
    }


def test_rhode_island_skips_its_title_and_keeps_votes_without_a_party(deliver):
    names, held = names_of("ri", "2023-01-15"), names_of("ri", "2023-01-15", "history")
    person = {
        "VOTER ID": "28000000001", "STATUS CODE": "AC", "LAST NAME": "LEE", "FIRST NAME": "ANN",
        "STREET NUMBER": "12", "SUFFIX A": "1/2", "STREET NAME": "OAK ST", "ZIP CODE": "2903", "CITY": "EAST GREENWICH",
        "POSTAL CITY": "WARWICK", "PARTY CODE": "U", "YEAR OF BIRTH": "1970", "DATE EFFECTIVE": "05/06/1990",
    }  # fmt: skip
    slots = {"ELECTION 1": "2022 GENERAL ELECTION", "DATE 1": "11/08/2022"}
    slots |= {"ELECTION 3": "STATEWIDE PRIMARY", "DATE 3": "09/13/2022", "PARTY 3": "D", "TYPE 3": "R"}
    _, found, voted = deliver(
        "ri",
        "2023-01-15",
        {
            "Voter.txt": lines("Voter file of January", "|".join(names), record(names, person, "|")),
            "VoterHistory.txt": lines(
                "History", "|".join(held), record(held, {"VOTER ID": "28000000001"} | slots, "|")
            ),
        },
    )
    told = found["RI-28000000001"]
    assert (told["zip_code"], told["county_code"], told["city"]) == ("02903", "EASTGREENWICH", "WARWICK")
    assert (told["address_line"], told["status_code"]) == ("12 1/2 OAK ST", "active")
    assert voted == {
        ("RI-28000000001", "RI-2022-11-08-general"): (None, None),
        ("RI-28000000001", "RI-2022-09-13-primary"): (None, "democratic"),
    }


def sooner(county, **told):
    names = names_of("ok", "2023-01-15")
    person = {
        "Precinct": f"{county:02d}0001", "LastName": "LEE", "FirstName": "ANN", "VoterID": f"8000000{county:02d}",
        "PolitalAff": "IND", "Status": "A", "StreetNum": "12", "StreetName": "OAK", "StreetType": "ST",
        "DateOfBirth": "03/04/1970", "OriginalRegistration": "05/06/1990", **told,
    }  # fmt: skip
    return lines(",".join(names), *[record(names, person, ",")] * 2)


def test_oklahoma_knows_counties_by_precincts_and_elections_by_their_day(deliver):
    days = {40: "08/23/2022", 55: "11/08/2022", 77: "02/14/2022"}
    districts = "PrecinctCode,CongressionalDistrict,StateSenateDistrict,StateHouseDistrict,CountyCommissioner,PollSite"
    files = {"precincts.csv": lines(districts, "400001,2,4,3,1,HALL", "550001,,,,,HALL")}
    for county in range(1, 78):
        files[f"CTY{county:02d}_vr.csv"] = sooner(county, VoterHist1="11/03/2020", HistMethod1="AB")
        voted = f"8000000{county:02d},{days.get(county, '11/08/2022')},AI"
        files[f"CTY{county:02d}_vh.csv"] = lines("VoterID,ElectionDate,VotingMethod", voted)
    judged, found, voted = deliver("ok", "2023-01-15", files)
    assert len(found) == 77 and judged.staged.folded_count == 77  # every row stood twice
    told = found["OK-800000040"]
    assert (told["county_code"], told["precinct_code"], told["congressional_code"]) == ("40", "400001", "2")
    assert found["OK-800000055"]["congressional_code"] is None and told["party_code"] == "none"
    assert len(voted) == 77 and set(voted.values()) == {("early", None)}  # those of the slots are not read
    assert {election for voter, election in voted if voter[-2:] in ("40", "55", "77")} == {
        "OK-2022-08-23-runoff",
        "OK-2022-11-08-general",
        "OK-2022-02-14-special",  # no day of the calendar
    }


def test_delaware_reads_years_in_slots_and_a_day_00_as_unknown(deliver):
    names = names_of("de", "2017-01-15")
    person = {
        "UNIQUE-ID": "101", "LAST-NAME": "LEE", "FIRST-NAME": "ANN", "YEAR-OF-BIRTH": "1970", "HOME-NO": "12",
        "HOME-STREET": "OAK ST", "COUNTY": "N", "RD": "07", "ED": "11", "PARTY": "I", "DATE-REG": "19960300",
        "STATUS": "A", "GEN-HIST-1": "2012", "GEN-HIST-2": "0", "GEN-HIST-3": "2016", "PR-HIST-1": "2016",
        "PP-HIST-1": "2016", "PP-HIST-2": "0",
    }  # fmt: skip
    other = person | {"UNIQUE-ID": "102", "DATE-REG": "19960315"}
    judged, found, voted = deliver(
        "de", "2017-01-15", {"ActiveReg.csv": lines(",".join(names), *(record(names, p, ",") for p in (person, other)))}
    )
    told = found["DE-101"]
    assert (told["registration_date"], told["county_code"], told["precinct_code"]) == (None, "N", "0711")
    assert {election for voter, election in voted if voter == "DE-101"} == {
        "DE-2012-11-06-general",
        "DE-2016-11-08-general",
        "DE-2016-09-13-primary",
        "DE-2016-04-26-primary",  # for president, apart
    }
    assert not judged.staged.faults


def test_delaware_pivots_years_of_two_digits_and_reads_a_header_that_stands_twice(deliver):
    names = names_of("de", "2023-01-15")
    person = {
        "County": "New Castle", "Status": "A", "Name-First": "ANN", "Name-Last": "LEE", "Voter-ID": "101",
        "District-Municipality": ["DOVER", "DOVER"], "Res-Addr-House No": "12", "Res-Addr-Street Name": "OAK",
        "Res-Addr-Street Type": "ST", "Political Party": "IND PTY OF DE", "Precinct (RDED)": "07-11",
        "Year of Birth": "1970", "Registration Date": "05/06/1990", "Voting History 1": "PR20",
        "Voting History 2": "GE 22", "Voting History 3": "PP20",
    }  # fmt: skip
    _, found, voted = deliver(
        "de", "2023-01-15", {"de_voter_reg.txt": lines("\t".join(names), record(names, person, "\t"))}
    )
    told = found["DE-101"]
    assert (told["county_code"], told["precinct_code"], told["party_code"]) == ("N", "0711", "other")
    assert {election for _, election in voted} == {
        "DE-2020-09-15-primary",
        "DE-2022-11-08-general",
        "DE-2020-07-07-primary",
    }


def mountaineer(names, number, **told):
    person = {
        names[0]: number, names[1]: "MCDOWELL", names[2]: "ANN", names[4]: "LEE", "STREET": "OAK ST", "CITY": "WELCH",
        "ZIP": "24801",
    }  # fmt: skip
    return record(names, person | told, "|")


def test_west_virginia_takes_a_row_without_flags_for_a_vote(deliver):
    names, held = names_of("wv", "2021-01-15"), names_of("wv", "2021-01-15", "history")
    facts = {"HOUSE NO": "12", "DATE OF BIRTH": "3/4/1970 0:00:00", "REGISTRATION DATE": "12/16/1990 0:00:00"}
    facts |= {"Status": "I", "Congressional District": "0003", "PartyAffiliation": "No Party Affiliation".ljust(50)}
    vote = {"id_voter": "101", "cd_election_type": "G", "dt_election": "11/3/2020 0:00:00"}
    old = vote | {"cd_election_type": "P", "dt_election": "5/9/2000 0:00:00"}
    challenged = vote | {"id_voter": "102", "fl_challenged": "Y", "fl_regular": "Y", "fl_absentee": "N"}
    _, found, voted = deliver(
        "wv",
        "2021-01-15",
        {
            "Statewide_VR.txt": lines("|".join(names), *(mountaineer(names, n, **facts) for n in ("101", "102"))),
            "11PStatewide_VH.txt": lines("|".join(held), *(record(held, row, "|") for row in (vote, old, challenged))),
        },
    )
    told = found["WV-101"]
    assert (told["birth_date"], told["registration_date"]) == (dt.date(1970, 3, 4), dt.date(1990, 12, 16))
    assert (told["congressional_code"], told["party_code"], told["status_code"]) == ("3", "none", "inactive")
    assert voted == {
        ("WV-101", "WV-2020-11-03-general"): (None, None),
        ("WV-101", "WV-2000-05-09-primary"): (None, None),
        ("WV-102", "WV-2020-11-03-general"): ("provisional", None),
    }


@pytest.mark.parametrize("day", ["2025-05-15", "2025-09-05", "2025-09-15"])
def test_west_virginia_reads_quotes_without_a_partner_as_they_stand(deliver, day):
    names, held = names_of("wv", day), names_of("wv", day, "history")
    facts = {"HOUSE_NO": "12", "DATE_OF_BIRTH": "3/4/1970 0:00:00", "REGISTRATION_DATE": "12/16/1990 0:00:00"}
    facts |= {"STATUS": "Active", "PARTY_AFFILIATION": "Democrat"}
    rows = [mountaineer(names, "101", STREET2='"BOX 3', **facts), mountaineer(names, "102", **facts)]
    vote = {"ID_VOTER": "102", "DT_ELECTION": "11/5/2024 0:00:00", "CD_ELECTION_TYPE": "G", "CD_ENTRY_TYPE": "E"}
    _, found, voted = deliver(
        "wv",
        day,
        {
            "Statewide_VR.txt": "\ufeff" + lines("|".join(names), *rows),
            "11PStatewide_VH.txt": lines("|".join(held), record(held, vote, "|")),
        },
    )
    assert found["WV-101"]["address_line"] == '12 OAK ST "BOX 3' and found["WV-102"]["party_code"] == "democratic"
    assert voted == {("WV-102", "WV-2024-11-05-general"): ("early", None)}


def keystone(number, county, **told):
    names = names_of("pa", "2023-01-15")
    person = {
        "voter_id": number, "surname": "LEE", "first_name": "ANN", "dob": "03/04/1970", "voter_status": "A",
        "registration_date": "05/06/1990", "party_identifier": "NF", "house_number": "12", "street_name": "OAK ST",
        "county": county, "last_vote_date": "11/08/2022", **told,
    }  # fmt: skip
    return "\t".join(f'"{text}"' for text in record(names, person, "\t").split("\t"))


def test_pennsylvania_reads_the_numbers_of_each_county_by_its_own_map(deliver):
    slot = {"election_5_vote_method": "MB", "election_5_party": "D", "district_8": "CG14"}
    adams = keystone("000000101-01", "ADAMS", **slot)
    mckean = keystone("000000102-42", "McKEAN", **slot)
    _, found, voted = deliver(
        "pa",
        "2023-01-15",
        {
            "Statewide.zip": {
                "ADAMS FVE 20230115.txt": lines(adams),
                "McKEAN FVE 20230115.txt": lines(mckean),
                "ADAMS Election Map 20230115.txt": lines("ADAMS\t5\t2022 GENERAL ELECTION\t11/08/2022"),
                "McKEAN Election Map 20230115.txt": lines("McKEAN\t5\t2021 MUNICIPAL PRIMARY\t05/18/2021"),
                "ADAMS Zone Codes 20230115.txt": lines("ADAMS\t7\tCG14\tSENATE 33", "ADAMS\t8\tCG14\t13TH CONGRESS"),
                "McKEAN Zone Codes 20230115.txt": lines("McKEAN\t8\tCG14\t15TH CONGRESS"),
                "ADAMS Zone Types 20230115.txt": lines("ADAMS\t8\tUSC\tUS CONGRESS"),
            }
        },
    )
    codes = {voter: (row["county_code"], row["congressional_code"]) for voter, row in found.items()}
    assert codes == {"PA-000000101-01": ("ADAMS", "13"), "PA-000000102-42": ("MCKEAN", "15")}
    assert voted == {
        ("PA-000000101-01", "PA-2022-11-08-general"): ("mail", "democratic"),
        ("PA-000000102-42", "PA-2021-05-18-primary"): ("mail", "democratic"),
    }


def delawarean(*elections):
    """A file of one person with slots of elections."""
    names = names_of("de", "2026-10-01")
    told = {
        "Voter-ID": "1", "Name-Last": "LEE", "Name-First": "ANN", "County": "KENT", "Status": "A",
        "Registration Date": "01/02/2001", "Year of Birth": "1970", "Res-Addr-House No": "1",
        "Res-Addr-Street Name": "ELM", "Political Party": "NO PARTY",
    }  # fmt: skip
    slots = {f"Voting History {n}": election for n, election in enumerate(elections, 1)}
    return {"de_voter_reg.txt": lines("\t".join(names), record(names, told | slots, "\t"))}


def test_a_vote_whose_election_nothing_tells_is_left_out_and_said(deliver):
    judged, _, voted = deliver("de", "2026-10-01", delawarean("GE20", "GE18", "GE16", "PR49"))
    assert {election for _, election in voted} == {
        f"DE-{day}-general" for day in ("2020-11-03", "2018-11-06", "2016-11-08")
    }
    assert "1 of 4 votes are left out" in judged.reason and "PR49 (1)" in judged.reason


def test_a_file_of_which_the_calendar_knows_few_elections_is_held(deliver):
    with pytest.raises(AssertionError, match=r"2 of 3 votes are left out.*allowed 30%"):
        deliver("de", "2026-10-01", delawarean("GE20", "PR49", "PR48"))


def test_slots_without_a_type_of_ballot_are_counted_and_many_hold_the_file(deliver):
    slots = {f"Election_Date_{n}": "11/05/2024" for n in range(1, 4)}
    files = {f"EXT{part}": lines(resident(f"00000000{part}", "LEE", **slots)) for part in range(1, 5)}
    with pytest.raises(AssertionError, match=r"vote: 12 texts break the rule 'is stated and can be read'"):
        deliver("ct", "2026-10-01", files)


def new_yorker(status, history):
    names = names_of("ny", "2026-01-01")
    told = {"lastname": "LEE", "firstname": "ANN", "dob": "19700102", "enrollment": "BLK", "raddnumber": "1",
            "rstreetname": "ELM ST", "regdate": "20010203", "countycode": "1", "sboeid": "NY1", "status": status,
            "voterhistory": history}  # fmt: skip
    return ",".join(f'"{told.get(name, "")}"' for name in names)


def test_a_row_that_gives_way_to_another_one_of_its_id_still_states_its_votes(deliver):
    rows = lines(new_yorker("A", ""), new_yorker("P", "20161108 GE;GENERAL ELECTION 2012"))
    _, found, voted = deliver("ny", "2026-01-01", {"AllNYSVoters_20260101.txt": rows})
    assert found["NY-NY1"]["status_code"] == "active"
    assert {election for _, election in voted} == {"NY-2016-11-08-general", "NY-2012-11-06-general"}


def test_a_slot_under_another_header_holds_the_file(deliver):
    header = "\t".join(name.replace("Voting History", "History of votes") for name in names_of("de", "2026-10-01"))
    (text,) = delawarean("GE20").values()
    with pytest.raises(AssertionError, match=r"required columns are missing: Voting History 1,"):
        deliver("de", "2026-10-01", {"de_voter_reg.txt": header + text[text.index("\r\n") :]})


def test_members_that_no_pattern_means_are_told(deliver):
    zipped = {"de_voter_reg.txt": delawarean("GE20")["de_voter_reg.txt"], "kent.csv": "lost"}
    judged, _, _ = deliver("de", "2026-10-01", {"de_voter_reg.zip": zipped})
    assert "1 of 2 members were not read, for no pattern means them: kent.csv." in judged.reason


def test_votes_of_days_that_the_calendar_does_not_name_are_told(deliver):
    voters = "|".join(names_of("wa", "2026-10-01"))
    history = read_source(CONFIGS, "wa").layout_on(dt.date(2026, 10, 1)).files["history"].format.names
    told = {"StateVoterID": "WA1", "FName": "ANN", "LName": "LEE", "Birthyear": "1970", "RegStNum": "1",
            "RegStName": "ELM", "RegZipCode": "98101", "CountyCode": "KI", "Registrationdate": "01/02/1990",
            "StatusCode": "Active"}  # fmt: skip
    person = record(names_of("wa", "2026-10-01"), told, "|")
    votes_ = [record(history, {"StateVoterID": "WA1", "CountyCode": "KI", "ElectionDate": day}, "|")
              for day in ("11/07/2000", "02/12/2019")]  # fmt: skip
    judged, _, voted = deliver("wa", "2026-10-01", {
        "20261001_VRDB_Extract.txt": lines(voters, person),
        "2019_VotingHistoryExtract.txt": lines("|".join(history), *votes_),
    })  # fmt: skip
    assert {election for _, election in voted} == {"WA-2000-11-07-general", "WA-2019-02-12-special"}
    assert "1 vote is of elections that the calendar does not name: special." in judged.reason
