"""The judge of a replay sees what is wrong, and counts the rows of a file from its bytes alone."""

import zipfile

import pyarrow as pa
import pytest

from pipelines.layouts.source import read_source
from pipelines.settings import CONFIGS
from tests.accept.replay_judge import count_rows, differing, moved_by_refusal


def rows(**changes):
    told = {
        f"NC-{nth}": {"turnout_probability": 0.1 * nth, "turnout_decile": nth, "behind_days": 0} for nth in range(5)
    }
    for voter, change in changes.items():
        told[voter.replace("_", "-")].update(change) if change else told.pop(voter.replace("_", "-"))
    return pa.Table.from_pylist([{"voter_id": voter, **row} for voter, row in told.items()])


def test_equal_rows_and_another_age_of_the_file_are_no_fault():
    assert differing(rows(NC_1={"behind_days": 31}), rows(), set(), set()) == []


@pytest.mark.parametrize(
    ("mine", "moved", "refused", "told"),
    [
        (rows(NC_1={"turnout_probability": 0.2}), set(), set(), "1 rows say another turnout_probability"),
        (rows(NC_1={"turnout_probability": 0.2}), {"NC-2"}, {"NC-2"}, "1 rows say another turnout_probability"),
        (rows(NC_1={"turnout_decile": 2}), set(), set(), "1 rows say another turnout_decile"),
        (rows(NC_1=None), set(), set(), "1 voters are missing"),
        (rows(NC_1=None, NC_2=None), {"NC-1"}, {"NC-1"}, "1 voters are missing"),
    ],
)
def test_a_wrong_score_and_a_lost_voter_are_told(mine, moved, refused, told):
    assert differing(mine, rows(), moved, refused) == [told]


def test_a_voter_that_the_clean_months_do_not_publish_is_told():
    assert differing(rows(), rows(NC_1=None), set(), set()) == ["1 voters are published that were not"]


def test_a_refused_row_may_take_its_voter_move_its_home_and_shift_deciles():
    mine = rows(NC_1=None, NC_2={"turnout_probability": 0.9}, NC_4={"turnout_decile": 1})
    assert differing(mine, rows(), {"NC-1", "NC-2"}, {"NC-1"}) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (b'"ncid"\t"x"\r\n"A"\t"1"\r\n"B"\t"2"\r\n', 2),
        (b'"ncid"\t"x"\r\n"A"\t"1\n2"\r\n\r\n"B"\t"2"', 2),
        (b'"ncid"\t"x"\r"A"\t"1"\n"B"\t"2"\r\n', 2),
        ('\ufeff"ncid"\r\n"É"\r\n'.encode("utf-16"), 1),
        (b'"ncid"\t"x"\r\n"A"\t"1\r\n"B"\t"2"\r\n', 2),
        (b"", 0),
    ],
)
def test_rows_are_counted_from_bytes(tmp_path, text, count):
    layout = read_source(CONFIGS, "nc").layouts[-1].files["voters"]
    (tmp_path / "plain.txt").write_bytes(text)
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("ncvoter_Statewide.txt", text)
        archive.writestr("readme.pdf", "no rows")
    assert count_rows(tmp_path / "plain.txt", layout) == count_rows(tmp_path / "packed.zip", layout) == count


class Told:
    """A delivery as a judge asks after it."""

    def __init__(self, people, votes, refused, of_people):
        self.told = {"people": people, "votes": votes}
        self.refused = {"": refused, "voters": of_people}
        self.told["homes"] = {"NC-0": "a", "NC-1": "a", "NC-2": "b", "NC-3": "c"}

    def refused_rows(self, role=""):
        return self.refused[role]

    def __getattr__(self, name):
        return lambda: self.told[name]


ALL = {f"NC-{nth}" for nth in range(4)}
VOTES = {(voter, "2024") for voter in ALL}


@pytest.mark.parametrize(
    ("people", "votes", "refused", "of_people", "moved", "gone"),
    [
        (ALL, VOTES, 0, 0, set(), set()),
        (ALL - {"NC-0"}, VOTES - {("NC-0", "2024")}, 1, 1, {"NC-0", "NC-1"}, {"NC-0"}),
        (ALL - {"NC-0"}, VOTES - {("NC-0", "2024")}, 1, 0, set(), set()),
        (ALL, VOTES - {("NC-2", "2024")}, 1, 0, {"NC-2"}, set()),
        (ALL - {"NC-0", "NC-3"}, VOTES, 1, 1, set(), set()),
        (ALL - {"NC-0"}, VOTES, 0, 0, set(), set()),
    ],
)
def test_only_the_homes_of_counted_rows_may_move(people, votes, refused, of_people, moved, gone):
    mine, twin = Told(people, votes, refused, of_people), Told(ALL, VOTES, 0, 0)
    assert moved_by_refusal(mine, twin) == (moved, gone)
