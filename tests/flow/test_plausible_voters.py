"""A voters file that reads well and is wrong is held, with the cause in a sentence; an ordinary month is not."""

import datetime as dt
import random
import shutil

import pytest

from pipelines.tables.core import Voters
from tests.flow.plausible_world import (
    BEFORE,
    COLUMNS,
    DAY,
    ELECTIONS,
    VOTERS,
    World,
    changed,
    month_later,
    people,
    source,
    text_of,
)

GOOD = people()
NEXT = month_later(GOOD)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A data root with one accepted month; copy it, do not change it."""
    world = World(tmp_path_factory.mktemp("good"))
    world.land(BEFORE, voters=text_of(GOOD))
    assert world.judge(source()).verdict == "accepted"
    return world.home


@pytest.fixture
def judge(good, tmp_path):
    def judged(text, of=None):
        shutil.copytree(good, tmp_path, dirs_exist_ok=True)
        world = World(tmp_path)
        world.land(DAY, voters=text)
        return world.judge(of or source())

    return judged


def shuffled(rows, column):
    values = [row[column] for row in rows]
    random.Random(3).shuffle(values)
    return [{**row, column: value} for row, value in zip(rows, values, strict=True)]


def day_and_month(text):
    """A day whose first two numbers are swapped, in the other format of the layout where it reads."""
    month, day, year = text.split("/")
    return f"{day}/{month}/{year}" if int(day) <= 12 else text


def doubled(rows, county):
    more = [{**row, "id": f"8{row['id'][1:]}"} for row in rows if row["county"] == county]
    return rows + more[: len(more) * 6 // 10]


def registered_before(day):
    return [row for row in GOOD if dt.datetime.strptime(row["registered"], "%m/%d/%Y").date() < day]


HELD = {
    "a small party recoded": (
        [{**row, "party": "LIB" if row["party"] == "L" else row["party"]} for row in NEXT],
        "party_code: ",
    ),
    "a race recoded": (
        [{**row, "race": "ASIAN" if row["race"] == "A" else row["race"]} for row in NEXT],
        "race_code: ",
    ),
    "everybody active": (changed(NEXT, "status", lambda _: "A"), "status_code: "),
    "one sex shuffled": (shuffled(NEXT, "sex"), "gender_code: "),
    "a tenth of them new": (
        NEXT + [{**row, "id": f"9{row['id'][1:]}"} for row in NEXT[::8]],
        "voters are new (11.",
    ),
    "a tenth of them gone": ([row for number, row in enumerate(NEXT) if number % 8], "voters are gone (13."),
    "a county doubled": (doubled(NEXT, "03"), "1 of 6 counties gained more than 50% of their voters."),
    "a county nobody knows": (
        [{**row, "county": "77"} if number % 40 == 0 else row for number, row in enumerate(NEXT)],
        "voters live in 1 counties that the last good snapshot does not know.",
    ),
    "a county with holes": (
        [row for number, row in enumerate(NEXT) if row["county"] != "02" or number % 3],
        "From 1 of 6 counties more than 10% are gone, far more than elsewhere.",
    ),
    "ids without their zeros": (
        changed(NEXT, "id", lambda text: text.lstrip("0") or "0"),
        "voter_id: leading zeros are gone for",
    ),
    "zips without their zeros": (
        changed(NEXT, "zip", lambda text: text.lstrip("0")),
        "zip_code: 1,198 texts break the rule 'has 5 digits, leading zeros kept'",
    ),
    "counties without their zeros": (
        changed(NEXT, "county", lambda text: text.lstrip("0")),
        "county_code: leading zeros are gone for 1,192 voters.",
    ),
    "precincts without their zeros": (
        changed(NEXT, "precinct", lambda text: text.lstrip("0")),
        "precinct_code: leading zeros are gone for 1,192 voters.",
    ),
    "telephones without their zeros": (
        changed(NEXT, "phone", lambda text: text.lstrip("0"), 9),
        "phone: leading zeros are gone for",
    ),
    "days and months swapped in some rows": (
        changed(NEXT, "registered", day_and_month, 3),
        "registration_date: ",
    ),
    "other days of birth": (
        changed(NEXT, "born", lambda _: "01/01/1970", 50),
        "birth_date: 24 voters have another day than before",
    ),
    "masked days of birth": (
        changed(NEXT, "born", lambda _: "XX/XX/XXXX", 30),
        "birth_date: empty for 40 voters who had a value before",
    ),
    "masked names": (
        changed(NEXT, "last", lambda text: "X" * len(text), 40),
        "last_name: 30 voters have another value",
    ),
    "the same file again": (
        GOOD[::-1],
        f"All {VOTERS:,} voters are as they were on {BEFORE}: an older file under a new date.",
    ),
    "a file of the spring": (
        registered_before(dt.date(2026, 6, 1)),
        "voters registered since are gone: an older file under a new date.",
    ),
    "another state's file": (
        [{**row, "id": f"N{number:05d}"} for number, row in enumerate(people(9))],
        "ids none is known from the last good snapshot. 1,200 ids have a form that none has there. "
        "This is the file of another state",
    ),
    "ten times the people": (
        NEXT + [{**row, "id": f"{time}{row['id'][1:]}"} for time in range(1, 10) for row in NEXT],
        "a change of +",
    ),
}


def test_an_ordinary_month_is_accepted(judge):
    judgement = judge(text_of(NEXT))
    assert judgement.verdict == "accepted" and "refused" not in judgement.reason, judgement.reason


@pytest.mark.parametrize("case", HELD)
def test_a_break_that_reads_well_is_held_with_its_cause(judge, case):
    rows, sentence = HELD[case]
    judgement = judge(text_of(rows))
    assert judgement.verdict == "held" and sentence in judgement.reason, judgement.reason
    told = {value for row in GOOD[:50] for value in (row["id"], row["last"], row["first"], row["street"], row["phone"])}
    assert not any(value in judgement.reason for value in told)


def test_limits_are_those_of_the_source(judge):
    rows = changed(NEXT, "born", lambda _: "01/01/1970", 50)
    loose = source(column_change_shares={"birth_date": 0.1, "birth_year": 0.1})
    assert judge(text_of(rows), loose).verdict == "accepted"


def test_what_a_month_allows_is_allowed_for_every_month_since(judge, good, tmp_path):
    rows = [row for number, row in enumerate(NEXT) if number % 8]
    shutil.copytree(good, tmp_path, dirs_exist_ok=True)
    world = World(tmp_path)
    world.land(BEFORE + dt.timedelta(days=190), voters=text_of(rows))
    assert world.judge(source()).verdict == "accepted"


def test_names_that_one_sign_stands_for_are_masked_even_without_a_last_good(tmp_path):
    world = World(tmp_path)
    world.land(DAY, voters=text_of(changed(NEXT, "last", lambda _: "REDACTED", 1)))
    judgement = world.judge(source())
    assert judgement.verdict == "held"
    assert "last_name: one value stands for 100% of voters: it is masked." in judgement.reason


def rows_of(world):
    with world.lake.connect() as connection:
        return {
            row[0] for row in connection.execute(
                f"SELECT voter_id FROM ({world.lake.table(Voters, snapshot_date=DAY).select()})"
            ).fetchall()
        }  # fmt: skip


def test_another_delimiter_is_no_matter_of_course_long_after_the_last_good_file(good, tmp_path):
    shutil.copytree(good, tmp_path, dirs_exist_ok=True)
    world = World(tmp_path)
    world.land(BEFORE + dt.timedelta(days=500), voters=text_of(NEXT).replace(",", ";"))
    judgement = world.judge(source())
    assert judgement.verdict == "held" and "There is no last good snapshot of late" in judgement.reason


class TestLines:
    """Lines of a text that look like records and are none."""

    @pytest.fixture
    def judged(self, good, tmp_path):
        def judged(text, of=None):
            shutil.copytree(good, tmp_path, dirs_exist_ok=True)
            world = World(tmp_path)
            world.land(DAY, voters=text)
            judgement = world.judge(of or source(rejected_share=0.01))
            return judgement, rows_of(world)

        return judged

    IDS = frozenset(f"GA-{row['id']}" for row in NEXT)

    def test_the_header_repeated_inside_the_data_is_refused(self, judged):
        lines = text_of(NEXT).splitlines(keepends=True)
        judgement, ids = judged("".join([*lines[:500], lines[0], *lines[500:900], lines[0], *lines[900:]]))
        assert judgement.verdict == "accepted", judgement.reason
        told = "voters.csv: 2 rows were refused, row breaks the rule 'is a row of data, not the header again'."
        assert told in judgement.reason
        assert ids == self.IDS

    def test_a_header_before_a_file_that_has_none_becomes_no_voter(self, judged):
        judgement, ids = judged(text_of(NEXT), source(rejected_share=0.01, header=False))
        assert "its first line is a header, the layout says that there is none" in judgement.reason
        assert judgement.verdict == "held" and all(voter.removeprefix("GA-").isdigit() for voter in ids)

    @pytest.mark.parametrize("has_short_rows", [False, True])
    def test_a_text_cut_in_the_middle_of_its_last_record_is_held(self, judged, has_short_rows):
        text = text_of(NEXT).rstrip("\n")
        of = source(rejected_share=0.01, has_short_rows=has_short_rows)
        judgement, _ = judged(text[: text.rindex(",ST") if ",ST" in text else len(text) - 40], of)
        assert judgement.verdict == "held"
        assert "voters.csv: its last line is cut short: the file was truncated." in judgement.reason

    def test_a_whole_last_line_needs_no_line_end(self, judged):
        judgement, ids = judged(text_of(NEXT).rstrip("\n"))
        assert judgement.verdict == "accepted" and ids == self.IDS, judgement.reason

    @pytest.mark.parametrize("has_short_rows", [False, True])
    @pytest.mark.parametrize("column", [*COLUMNS, "e2018"])
    def test_a_line_feed_in_any_field_leaves_no_wrong_row(self, judged, column, has_short_rows):
        broken = next(
            row
            for row in NEXT[300:]
            if len(row[column]) > 1 or column in (*ELECTIONS, "sex", "party", "race", "status")
        )
        place = NEXT.index(broken)
        value = broken[column]
        rows = [*NEXT[:place], {**broken, column: value[:1] + "\n" + value[1:]}, *NEXT[place + 1 :]]
        of = source(rejected_share=0.01, has_short_rows=has_short_rows)
        judgement, ids = judged(text_of(rows), of)
        assert judgement.verdict == "accepted", judgement.reason
        assert ids <= self.IDS and "refused" in judgement.reason
        assert len(ids) >= len(self.IDS) - 2

    def test_a_delimiter_more_in_a_short_row_is_refused_by_its_content(self, judged):
        bare = [{**row, **dict.fromkeys(ELECTIONS, "")} for row in NEXT]
        lines = text_of(bare).splitlines()
        lines = [line.rstrip(",") for line in lines]
        lines[0] = text_of(bare).splitlines()[0]
        lines[700] = lines[700].replace(",", ",,", 2).replace(",,", ",", 1)
        judgement, ids = judged(
            "\n".join([*lines, ""]), source(rejected_share=0.01, has_short_rows=True, vote_loss_share=1)
        )
        assert judgement.verdict == "accepted", judgement.reason
        assert "row breaks the rule 'has its fields in their columns'" in judgement.reason
        assert ids == self.IDS - {f"GA-{NEXT[699]['id']}"}
