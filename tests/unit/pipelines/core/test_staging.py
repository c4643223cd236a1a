"""Deliveries of a small source: wide votes, several files, rows that repeat, and what is told of them."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.core.delivery import Admission
from pipelines.lake import Lake
from pipelines.layouts.source import Source
from pipelines.raw.landing import receive
from pipelines.tables.core import Rejects, VoteHistory, Voters

DAY = dt.date(2026, 10, 1)
HEADER = "id,last,born,e2020,e2022"


def source(**more):
    """A source whose voters file has a column per election."""
    names = HEADER.split(",")
    text = {"kind": "delimited", "delimiters": [","], "encodings": ["utf-8"], "quote": '"', "names": names}
    history = {
        "shape": "wide", "voted": ["Y"], "stayed_home": ["N"],
        "elections": {"e2020": "GA-2020-11-03-general", "e2022": "GA-2022-11-08-general"},
    }  # fmt: skip
    voters = {
        "voter_id": {"from": "id", "key": True},
        "last_name": "last",
        "birth_date": {"from": "born", "date": "%Y-%m-%d"},
    }  # fmt: skip
    files = {"voters": {"match": ["*.csv"], "format": text, "voters": voters, "history": history}}
    limits = {"rejected_share": 1, "fault_share": 1}
    return Source.model_validate(
        {
            "state": "GA", "name": "Test", "obtained_from": "Test", "permitted_uses": ["research"], "refresh_days": 7,
            "posting_lag_days": 0, "registration_closes_days": 25, "plausibility": limits,
            "layouts": [{"valid_from": "2020-01-01", "files": files}], **more,
        }
    )  # fmt: skip


def judged(lake, landing, of):
    now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    receive(lake, landing, "ga", of, now)
    return Admission(lake, "ga", of).admit_all(now)[-1]


@pytest.fixture
def admit(lake, tmp_path):
    def admit(*contents, of=None):
        folder = tmp_path / "landing" / "ga" / str(DAY)
        folder.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            (folder / f"part{number}.csv").write_text(content)
        return judged(lake, tmp_path / "landing", of or source())

    return admit


def rows(lake, table, columns):
    with lake.connect() as connection:
        return connection.execute(f"SELECT {columns} FROM ({lake.table(table).select()}) ORDER BY ALL").fetchall()


def test_a_column_per_election_becomes_a_row_per_stated_vote(lake, admit):
    judgement = admit(f"{HEADER}\n1,ANN,1980-01-02,Y,N\n2,BO,1990-01-02,,Y\n")
    assert judgement.verdict == "accepted"
    assert rows(lake, VoteHistory, "voter_id, election_id, is_voted") == [
        ("GA-1", "GA-2020-11-03-general", True),
        ("GA-1", "GA-2022-11-08-general", False),
        ("GA-2", "GA-2022-11-08-general", True),
    ]
    assert rows(lake, Voters, "voter_id, birth_year, is_confidential") == [("GA-1", 1980, False), ("GA-2", 1990, False)]


def test_a_cell_that_the_layout_does_not_know_is_counted_and_states_nothing(lake, admit):
    judgement = admit(f"{HEADER}\n1,ANN,1980-01-02,MAYBE,N\n")
    assert "part0.csv, e2020: 1 text breaks the rule 'is a cell that the layout knows': null." in judgement.reason
    assert len(rows(lake, VoteHistory, "*")) == 1


def test_people_whose_rows_contradict_each_other_are_refused_with_their_votes(lake, admit):
    judgement = admit(f"{HEADER}\n1,ANN,1980-01-02,Y,N\n1,ANN,1980-01-02,N,N\n2,BO,1990-01-02,Y,Y\n")
    assert rows(lake, Voters, "voter_id") == [("GA-2",)]
    assert {voter for (voter,) in rows(lake, VoteHistory, "voter_id")} == {"GA-2"}
    assert rows(lake, Rejects, "row_number, rule") == [
        (2, "has one set of facts for an id"),
        (3, "has one set of facts for an id"),
    ]
    assert (
        "part0.csv: 2 rows were refused, voter_id breaks the rule 'has one set of facts for an id'." in judgement.reason
    )


def test_files_of_one_delivery_may_order_their_columns_each_in_its_way(lake, admit):
    judgement = admit(f"{HEADER}\n1,ANN,1980-01-02,Y,N\n", "e2022,born,id,e2020\nY,1990-01-02,2,N\n")
    assert judgement.verdict == "accepted"
    assert rows(lake, Voters, "voter_id, last_name") == [("GA-1", "ANN"), ("GA-2", None)]
    assert rows(lake, VoteHistory, "voter_id, is_voted") == [
        ("GA-1", False),
        ("GA-1", True),
        ("GA-2", False),
        ("GA-2", True),
    ]


def test_an_id_in_two_files_is_folded_or_refused_in_both(lake, admit):
    judgement = admit(f"{HEADER}\n1,ANN,1980-01-02,Y,N\n2,BO,,,\n", f"{HEADER}\n1,ANN,1980-01-02,Y,N\n2,BEA,,,\n")
    assert rows(lake, Voters, "voter_id") == [("GA-1",)]
    assert judgement.staged.folded_count == 1
    assert sorted(facts["reject_count"] for facts in judgement.staged.files.values()) == [1, 1]


def test_a_missing_election_column_holds_the_delivery(admit):
    judgement = admit("id,last,born,e2020\n1,ANN,1980-01-02,Y\n")
    assert judgement.verdict == "held"
    assert "part0.csv: 1 of 2 election columns are missing: e2022." in judgement.reason


def test_votes_after_the_snapshot_are_refused_at_the_line_of_their_row(lake, admit):
    later = source()
    history = (
        later.layouts[0]
        .files["voters"]
        .history.model_copy(update={"elections": {"e2020": "GA-2020-11-03-general", "e2022": "GA-2030-11-05-general"}})
    )
    files = later.layouts[0].files["voters"].model_copy(update={"history": history})
    layout = later.layouts[0].model_copy(update={"files": {"voters": files}})
    admit(f"{HEADER}\n\n1,ANN,,Y,N\n2,BO,,Y,\n3,CY,,,Y\n", of=later.model_copy(update={"layouts": [layout]}))
    assert rows(lake, Rejects, "row_number, rule") == [
        (3, "is not after the snapshot"),
        (5, "is not after the snapshot"),
    ]


def test_a_required_column_of_placeholders_is_held_even_without_a_last_good(admit):
    of = source()
    voters = dict(of.layouts[0].files["voters"].voters)
    voters["birth_date"] = voters["birth_date"].model_copy(update={"required": True})
    files = of.layouts[0].files["voters"].model_copy(update={"voters": voters})
    layout = of.layouts[0].model_copy(update={"files": {"voters": files}})
    judgement = admit(
        f"{HEADER}\n1,ANN,1800-01-01,Y,N\n2,BO,1900-01-01,,\n", of=of.model_copy(update={"layouts": [layout]})
    )
    assert judgement.verdict == "held"
    assert "birth_date: a required column, and none of 2 rows states a value." in judgement.reason


IDS = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["ANN", "BO"])), min_size=1, max_size=15)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=IDS, data=st.data())
def test_no_id_is_published_twice_and_no_order_matters(tmp_path_factory, people, data):
    found = []
    for order in (people, data.draw(st.permutations(people))):
        home = tmp_path_factory.mktemp("ids")
        lake = Lake(home / "data")
        lake.prepare()
        folder = home / "landing" / "ga" / str(DAY)
        folder.mkdir(parents=True)
        lines = [f"{number},{name},,," for number, name in order]
        (folder / "a.csv").write_text("\n".join([HEADER, *lines, ""]))
        judgement = judged(lake, home / "landing", source())
        found.append(rows(lake, Voters, "voter_id, last_name") if judgement.verdict == "accepted" else [])
    names = {number: {name for other, name in people if other == number} for number, _ in people}
    expected = [(f"GA-{number}", *said) for number, said in sorted(names.items()) if len(said) == 1]
    assert found[0] == found[1] == expected
