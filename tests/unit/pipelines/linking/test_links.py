"""core_links: by stated ids, by comparisons, over both what people decided; only new records are compared."""

import datetime as dt

import pytest

from models.errors import LinkError
from pipelines.lake import Lake
from pipelines.linking import comparing
from pipelines.linking import ready as ready_module
from pipelines.linking.linker import Linker
from pipelines.linking.links import compare_together, write_links
from pipelines.linking.reading import newest_voters
from pipelines.linking.ready import ready_voters
from pipelines.linking.reviews import ReviewLedger
from pipelines.tables.links import Links
from tests.unit.pipelines.linking.worlds import (
    decide,
    flat_quality,
    hand_made_model,
    link,
    links,
    record_of,
    vendor,
    voter,
    write_records,
    write_voters,
)  # fmt: skip

PEOPLE = [voter(number) for number in range(60)]
NOBODY = {"first_name": "Xerxes", "last_name": "Zuckmayer", "birth_date": dt.date(1971, 7, 30), "birth_year": 1971}
ELSEWHERE = {"address_line": "1 Far Road", "city": "Asheville", "zip_code": "28801", "phone": "8285550100"}


@pytest.fixture
def compared(monkeypatch):
    """The ids of the records that the linker was given, by call."""
    given = []
    link_records = Linker.link

    def noted(self, connection, records):
        given.append([row[0] for row in connection.execute(f"SELECT record_id FROM {records} ORDER BY 1").fetchall()])
        link_records(self, connection, records)

    monkeypatch.setattr(comparing.Linker, "link", noted)
    return given


def start(lake, *records, people=PEOPLE):
    write_voters(lake, people)
    write_records(lake, list(records))


def test_a_record_finds_its_voter_and_a_record_of_nobody_has_a_row_without_one(lake):
    start(lake, record_of(PEOPLE[3], "a"), record_of(PEOPLE[4], "b", **NOBODY, **ELSEWHERE))
    assert link(lake).row_count == 2
    columns = "voter_id, decided_by, candidate_count, near_voter_ids, is_name_proven, is_person_proven, link_q"
    assert links(lake, columns) == {
        "a": ("NC-0003", "auto", 1, ["NC-0003"], True, True, None),
        "b": (None, "auto", 0, None, False, False, None),
    }


def test_proofs_are_told_by_the_levels_they_name(lake):
    nick = voter(50, first_name="Robert", last_name="Quimby")
    bob = record_of(nick, "bob", first_name="Bob", birth_date=None)
    initial = record_of(PEOPLE[7], "initial", first_name="H")
    start(lake, bob, initial, people=[*PEOPLE[:50], nick])
    link(lake)
    assert links(lake, "voter_id, is_name_proven, is_person_proven") == {
        "bob": ("NC-0050", True, False), "initial": ("NC-0007", False, True),
    }  # fmt: skip


def test_equally_good_voters_are_a_tie_that_names_them_all(lake):
    twin = voter(3, voter_id="NC-9999")
    start(lake, record_of(PEOPLE[3], "a"), people=[*PEOPLE, twin])
    link(lake)
    assert links(lake, "voter_id, best_voter_id, candidate_count, near_voter_ids, levels") == {
        "a": (None, None, 2, ["NC-0003", "NC-9999"], None)
    }


def test_a_stated_id_links_unless_both_names_contradict_it(lake, compared):
    start(
        lake,
        record_of(PEOPLE[3], "nameless", first_name=None, last_name=None, stated_voter_id="NC-0008"),
        record_of(PEOPLE[3], "married", last_name="Featherstone", stated_voter_id="NC-0003"),
        record_of(PEOPLE[3], "another", stated_voter_id="NC-0008"),
        record_of(PEOPLE[3], "unknown id", stated_voter_id="NC-7777"),
    )
    link(lake)
    found = links(lake, "voter_id, decided_by, candidate_count, match_weight, gap_bits, levels, is_name_proven")
    assert found["nameless"] == ("NC-0008", "stated_id", 1, None, None, None, False)
    assert found["married"] == ("NC-0003", "stated_id", 1, None, None, None, True)
    assert found["another"][:2] == found["unknown id"][:2] == ("NC-0003", "auto")
    assert compared == [["another", "unknown id"]]


def test_a_removed_voter_is_found_by_a_stated_id_alone(lake):
    gone = voter(3, status_code="removed")
    start(
        lake, record_of(gone, "told"), record_of(gone, "stated", stated_voter_id="NC-0003"),
        people=[gone, *PEOPLE[4:]],
    )  # fmt: skip
    link(lake)
    assert links(lake, "voter_id") == {"told": None, "stated": "NC-0003"}


def test_protected_voters_appear_nowhere(lake):
    hidden = voter(3, is_confidential=True)
    start(
        lake, record_of(hidden, "told"), record_of(hidden, "stated", stated_voter_id="NC-0003"),
        record_of(hidden, "reviewed"), people=[hidden, *PEOPLE[4:]],
    )  # fmt: skip
    decide(lake, "reviewed", "NC-0003", "same")
    link(lake)
    columns = "voter_id, best_voter_id, near_voter_ids, candidate_count"
    assert set(links(lake, columns).values()) == {(None, None, None, 0)}
    every = lake.table(Links, state="NC", source="acme", role="donations")
    with lake.connect() as connection:
        assert not [row for row in connection.execute(every.select()).fetchall() if "NC-0003" in str(row)]


def test_who_states_a_protected_id_is_nobody_else(lake, compared):
    hidden, housemate = voter(3, is_confidential=True), voter(3, voter_id="NC-9999", birth_date=None, birth_year=None)
    start(lake, record_of(hidden, "stated", stated_voter_id="NC-0003"), people=[hidden, housemate, *PEOPLE[4:]])
    link(lake)
    assert links(lake, "voter_id") == {"stated": None} and compared == []


def test_records_of_another_state_are_not_looked_at_and_those_of_none_are(lake):
    start(
        lake, record_of(PEOPLE[3], "here"), record_of(PEOPLE[4], "there", state="GA"),
        record_of(PEOPLE[5], "nowhere", state=None),
        record_of(PEOPLE[6], "stated there", state=None, stated_voter_id="GA-0006"),
    )  # fmt: skip
    link(lake)
    assert links(lake, "voter_id") == {"here": "NC-0003", "nowhere": "NC-0005"}


def test_without_a_model_stated_ids_are_followed_and_the_others_wait(lake):
    start(lake, record_of(PEOPLE[3], "a", stated_voter_id="NC-0003"), record_of(PEOPLE[4], "b"))
    voters = newest_voters(lake, "NC")
    args = (lake, "NC", "acme", vendor("donations"), "donations", voters)
    write_links(*args, None, None, ReviewLedger(lake, "NC"))
    assert links(lake, "voter_id") == {"a": "NC-0003", "b": None}
    write_links(*args, hand_made_model(), None, ReviewLedger(lake, "NC"))
    assert links(lake, "voter_id") == {"a": "NC-0003", "b": "NC-0004"}


def test_a_source_that_has_nothing_yet_gives_no_rows_and_one_that_does_not_cover_the_state_is_refused(lake):
    write_voters(lake, PEOPLE)
    assert link(lake).row_count == 0
    with pytest.raises(LinkError, match="acme has no donations of NC: it covers GA with donations"):
        link(lake, vendor=vendor("donations", states=("GA",)))
    with pytest.raises(LinkError, match="acme has no surveys of NC"):
        link(lake, role="surveys", vendor=vendor("donations"))


def test_no_voters_give_rows_without_voters(lake):
    write_records(lake, [record_of(PEOPLE[3], "a")])
    assert link(lake).row_count == 1 and links(lake, "voter_id") == {"a": None}


def test_a_persons_word_stands_over_what_was_found(lake):
    quality, model = flat_quality(0.6), hand_made_model()
    start(lake, *[record_of(PEOPLE[number], f"r{number}") for number in (3, 4, 5, 6, 7)])
    decide(lake, "r3", "NC-0003", "same")
    decide(lake, "r4", "NC-0004", "other")
    decide(lake, "r5", "NC-0005", "unsure")
    decide(lake, "r6", "NC-0050", "same")
    decide(lake, "r7", "NC-0050", "other")
    link(lake, quality=quality, model=model)
    assert links(lake, "voter_id, link_q, decided_by, best_voter_id, best_q, is_name_proven") == {
        "r3": ("NC-0003", 1.0, "review", "NC-0003", 0.6, True),
        "r4": (None, None, "review", "NC-0004", 0.6, True),
        "r5": ("NC-0005", 0.6, "auto", "NC-0005", 0.6, True),
        "r6": ("NC-0050", 1.0, "review", "NC-0006", 0.6, False),
        "r7": ("NC-0007", 0.6, "auto", "NC-0007", 0.6, True),
    }


def test_the_newest_word_on_a_pair_counts_and_the_model_speaks_again_when_it_is_taken_back(lake, compared):
    start(lake, record_of(PEOPLE[3], "a"), record_of(PEOPLE[8], "b", stated_voter_id="NC-0008"))
    for record, first in (("a", "NC-0003"), ("b", "NC-0008")):
        decide(lake, record, first, "other")
        decide(lake, record, "NC-0050", "same")
    link(lake)
    assert links(lake, "voter_id, decided_by") == {"a": ("NC-0050", "review"), "b": ("NC-0050", "review")}
    for record in "ab":
        decide(lake, record, "NC-0050", "unsure")
    link(lake)
    assert links(lake, "voter_id, decided_by") == {"a": (None, "review"), "b": (None, "review")}
    for record, first in (("a", "NC-0003"), ("b", "NC-0008")):
        decide(lake, record, first, "unsure")
    link(lake)
    assert links(lake, "voter_id, decided_by, is_name_proven") == {
        "a": ("NC-0003", "auto", True), "b": ("NC-0008", "stated_id", True)
    }  # fmt: skip
    assert compared == [["a"]]


def test_a_second_stage_is_laid_over_without_comparing_again(lake, compared):
    start(lake, record_of(PEOPLE[3], "a"), record_of(PEOPLE[4], "b", **NOBODY, **ELSEWHERE))
    model, quality = hand_made_model(), flat_quality(0.97)
    link(lake, model=model)
    link(lake, model=model, quality=quality)
    assert len(compared) == 1
    assert links(lake, "link_q, quality_sha256") == {"a": (0.97, quality.sha256), "b": (None, None)}


def test_the_same_again_writes_nothing(lake, compared):
    start(lake, record_of(PEOPLE[3], "a"))
    assert link(lake).is_new and not link(lake).is_new
    assert len(compared) == 1


def test_only_new_and_changed_records_are_compared_and_the_table_is_that_of_a_full_run(lake, tmp_path, compared):
    early = [record_of(PEOPLE[number], f"r{number:02d}") for number in range(40)]
    later = [
        *early[1:39],
        record_of(PEOPLE[41], "r39"),  # says another thing of who it is
        record_of(PEOPLE[42], "r42"),
        record_of(PEOPLE[43], "r43", stated_voter_id="NC-0043"),
        record_of(PEOPLE[44], "r44", **NOBODY, **ELSEWHERE),
    ]
    model, quality = hand_made_model(), flat_quality(0.97)
    start(lake, *early)
    link(lake, model=model, quality=quality)
    write_records(lake, later, day=dt.date(2026, 10, 8))
    step = link(lake, model=model, quality=quality)
    assert compared[1:] == [["r39", "r42", "r44"]]
    whole = type(lake)(tmp_path / "whole")
    whole.prepare()
    write_voters(whole, PEOPLE)
    write_records(whole, later, day=dt.date(2026, 10, 8))
    full = link(whole, model=model, quality=quality)
    assert len(compared[2]) == 41 and full == step
    place = "state=NC/source=acme/role=donations"
    parts = [found.folder(Links) / place / full.fingerprint / "part-0.parquet" for found in (lake, whole)]
    assert parts[0].read_bytes() == parts[1].read_bytes()
    assert "r00" not in links(lake) and len(links(lake)) == 42


def test_new_voters_and_another_model_compare_everything_again(lake, compared):
    start(lake, record_of(PEOPLE[3], "a"), record_of(PEOPLE[4], "b"))
    link(lake)
    write_voters(lake, PEOPLE[:4], day=dt.date(2026, 10, 8))
    link(lake)
    link(lake, model=hand_made_model(rules=("phone", "e-mail")))
    assert compared == [["a", "b"]] * 3 and links(lake, "voter_id") == {"a": "NC-0003", "b": None}


def test_the_voters_are_prepared_once_for_all_sources(lake, monkeypatch):
    prepared = []
    prepare = ready_module.prepare_voters
    monkeypatch.setattr(ready_module, "prepare_voters", lambda *args: prepared.append(1) or prepare(*args))
    write_voters(lake, PEOPLE)
    for source, number in (("acme", 3), ("polls", 4), ("stated", 5)):
        stated = {"stated_voter_id": "NC-0005"} if source == "stated" else {}
        write_records(lake, [record_of(PEOPLE[number], "a", **stated)], source=source)
    with ready_voters(lake, newest_voters(lake, "NC")) as ready:
        link(lake, source="stated", ready=ready)
        assert prepared == []
        link(lake, ready=ready)
        link(lake, source="polls", ready=ready)
    assert prepared == [1]
    assert [links(lake, "voter_id", source=source)["a"] for source in ("acme", "polls", "stated")] == [
        "NC-0003", "NC-0004", "NC-0005",
    ]  # fmt: skip


def test_lists_compared_together_are_what_they_are_apart(lake, tmp_path, compared):
    lists, apart = [("acme", "donations"), ("polls", "surveys"), ("stated", "donations")], Lake(tmp_path / "apart")
    apart.prepare()
    for root in (lake, apart):
        write_voters(root, PEOPLE)
        write_records(root, [record_of(PEOPLE[3], "a"), record_of(PEOPLE[4], "b", **NOBODY, **ELSEWHERE)])
        write_records(root, [record_of(PEOPLE[5], "a", middle_name=None)], "surveys", "polls")
        write_records(root, [record_of(PEOPLE[6], "1 a", stated_voter_id="NC-0006")], source="stated")
    with ready_voters(lake, newest_voters(lake, "NC")) as ready:
        compare_together(lake, "NC", lists, hand_made_model(), ready)
        together = [link(lake, role, source, ready=ready) for source, role in lists]
    assert len(compared) == 1
    assert together == [link(apart, role, source) for source, role in lists]
    for source, role in lists:
        assert links(lake, role=role, source=source) == links(apart, role=role, source=source) != {}
    with ready_voters(lake, newest_voters(lake, "NC")) as ready:
        compare_together(lake, "NC", lists, hand_made_model(), ready)
        assert not any(link(lake, role, source, ready=ready).is_new for source, role in lists)
    assert len(compared) == 3, "together once, apart twice, and never again"


def test_a_damaged_table_is_made_again(lake, compared):
    start(lake, record_of(PEOPLE[3], "a"))
    found = link(lake)
    file = lake.folder(Links) / "state=NC/source=acme/role=donations" / found.fingerprint / "part-0.parquet"
    file.write_bytes(b"damaged")
    assert link(lake) == found and links(lake, "voter_id") == {"a": "NC-0003"}
    assert compared == [["a"]] * 2


def test_surnames_are_grouped_by_how_common_they_are_among_the_voters(lake):
    start(
        lake, record_of(PEOPLE[3], "a"), record_of(PEOPLE[4], "b", **NOBODY), record_of(PEOPLE[5], "c", last_name=None,
        first_name=None), record_of(PEOPLE[6], "d", last_name="Vasquez Nakamura", stated_voter_id="NC-0006"),
    )  # fmt: skip
    link(lake)
    assert links(lake, "surname_code, is_surname_compound") == {
        "a": ("common", False), "b": ("rare", False), "c": ("unknown", False), "d": ("rare", True),
    }  # fmt: skip


def test_a_state_without_lists_compares_nothing(lake, compared):
    write_voters(lake, PEOPLE)
    with ready_voters(lake, newest_voters(lake, "NC")) as ready:
        compare_together(lake, "NC", [], hand_made_model(), ready)
    assert compared == []


def test_whose_voter_becomes_protected_is_nobody_else(lake):
    twin = voter(51, **{name: PEOPLE[3][name] for name in PEOPLE[3] if name != "voter_id"})
    start(lake, record_of(PEOPLE[3], "a"), people=[*PEOPLE[:50], twin])
    decide(lake, "a", "NC-0003", "same")
    link(lake)
    assert links(lake, "voter_id, decided_by") == {"a": ("NC-0003", "review")}
    hidden = {**PEOPLE[3], "is_confidential": True}
    write_voters(lake, [*PEOPLE[:3], hidden, *PEOPLE[4:50], twin], day=dt.date(2026, 11, 1))
    link(lake)
    assert links(lake, "voter_id, link_q, decided_by") == {"a": (None, None, "review")}
