"""A sheet goes out to those who may see it, and comes back whole or not at all."""

import csv
import datetime as dt
import stat

import pytest

from models.errors import LinkError, PolicyError
from pipelines.linking.artefacts import keep_model
from pipelines.linking.reviewing import read_decisions, write_queue
from pipelines.linking.reviews import ReviewLedger
from tests.unit.pipelines.linking.worlds import (
    TODAY,
    decide,
    hand_made_model,
    plant_links,
    policy,
    record_of,
    vendor,
    voter,
    write_records,
    write_voters,
)  # fmt: skip

PEOPLE = [voter(number) for number in range(30)]
NOW = dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC)
MODEL = hand_made_model()
LEVELS = [8, 4, -1, -1, 0, 1, 6, 1]


def row(number: int, **told):
    return {
        "source_record_id": f"r{number}", "voter_id": f"NC-{number:04d}", "levels": LEVELS, "namesake_count": 1,
        "model_sha256": MODEL.sha256, **told,
    }  # fmt: skip


def start(lake, rows, people=PEOPLE, **told):
    write_voters(lake, people)
    write_records(lake, [record_of(PEOPLE[n], f"r{n}", **told) for n in range(len(PEOPLE))])
    plant_links(lake, rows)
    keep_model(lake, "NC", MODEL)


def ask(lake, **rest):
    vendors = rest.pop("vendors", {"acme": vendor("donations")})
    return write_queue(lake, "NC", vendors, policy(), rest.pop("identity", "rita"), TODAY, **rest)


def sheet(queue) -> list[dict]:
    with queue.file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def hand_in(lake, queue, rows, delimiter=",", opening="", identity="rita"):
    file = queue.file.parent.parent / "filled in.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        opened.write(opening)
        writer = csv.DictWriter(opened, rows[0].keys(), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return read_decisions(lake, "NC", file, policy(), identity, NOW)


def ledger(lake) -> list[tuple]:
    columns = ("source_record_id", "voter_id", "decision_code", "chance", "decided_by", "sequence")
    return [tuple(row[name] for name in columns) for row in ReviewLedger(lake, "NC").table().to_pylist()]


def test_a_sheet_shows_both_sides_and_is_for_its_owners_eyes(lake):
    start(lake, [row(3)])
    queue = ask(lake)
    (told,) = sheet(queue)
    assert list(told)[:6] == ["pair_id", "decision", "source", "role", "voter_id", "agrees"]
    assert told["decision"] == "" and told["voter_id"] == "NC-0003"
    assert told["record_first_name"] == told["voter_first_name"] == "Dmitri"
    assert told["record_birth_date"] == "1943-04-04" and told["voter_address_line"] == "103 Maple Street"
    assert "first_name: equal; last_name: equal; birth: other; gender: equal" in told["agrees"]
    assert "suffix" not in told["agrees"] and (queue.rows, queue.drawn) == (1, 1)
    for file in (queue.file, queue.file.with_suffix(".parquet")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(queue.file.parent.stat().st_mode) == 0o700


def test_the_same_questions_are_the_same_file_and_work_on_it_is_not_lost(lake):
    start(lake, [row(n) for n in range(9)])
    queue = ask(lake)
    queue.file.write_text("somebody is at work here")
    assert ask(lake) == queue and queue.file.read_text() == "somebody is at work here"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])  # noqa: RUF001
def test_cells_that_a_spreadsheet_would_run_are_written_as_text(lake, cell):
    start(lake, [row(3)], city=cell)
    (told,) = sheet(ask(lake))
    assert told["record_city"] == f"'{cell}" and told["voter_city"] == "Durham"


def test_who_is_not_named_sees_nothing_and_hands_in_nothing(lake):
    start(lake, [row(3)])
    with pytest.raises(PolicyError, match="paul may not review links"):
        ask(lake, identity="paul")
    assert not (lake.root / "review").exists()
    queue = ask(lake)
    with pytest.raises(PolicyError, match="paul may not review links"):
        hand_in(lake, queue, [{**told, "decision": "same"} for told in sheet(queue)], identity="paul")
    assert ledger(lake) == []


def test_protected_voters_and_sources_whose_licence_is_over_are_not_shown(lake):
    start(lake, [row(3), row(4)])
    hidden = [{**person, "is_confidential": person["voter_id"] == "NC-0003"} for person in PEOPLE]
    write_voters(lake, hidden, day=TODAY)
    assert [told["voter_id"] for told in sheet(ask(lake))] == ["NC-0004"] and ask(lake, sample=1).rows == 1
    hidden = [{**person, "is_confidential": person["voter_id"] == "NC-0004"} for person in PEOPLE]
    write_voters(lake, hidden, day=TODAY + dt.timedelta(1))
    assert [told["voter_id"] for told in sheet(ask(lake))] == ["NC-0003"] and ask(lake, sample=1).rows == 1
    over = {"acme": vendor("donations", retention_until=TODAY - dt.timedelta(1))}
    queue = ask(lake, vendors=over)
    assert queue.file is None and queue.left_out == ("acme",)


def test_without_a_model_there_is_nothing_to_review(lake):
    with pytest.raises(LinkError, match="NC: no linkage model stands"):
        ask(lake)


def test_what_is_drawn_by_chance_is_drawn_from_all_and_what_is_grey_comes_on_top(lake):
    start(lake, [row(n, link_q=[0.3, 0.5, 0.7, 0.98999, 0.99][n % 5]) for n in range(30)])
    queue = ask(lake, sample=10, grey=100)
    assert queue.drawn == 10 and 10 + 6 < queue.rows <= 10 + 18
    drawn = {told["voter_id"] for told in sheet(queue)}
    greys = {f"NC-{n:04d}" for n in range(30) if n % 5 in (1, 2, 3)}
    assert greys <= drawn and len(drawn - greys) <= 10
    assert ask(lake, sample=10, grey=3).rows == 13


def test_without_calibration_nobody_is_grey(lake):
    start(lake, [row(n) for n in range(30)])
    queue = ask(lake, sample=10)
    assert queue.rows == queue.drawn == 10
    one_band = 10 / 30
    taken = hand_in(lake, queue, [{**told, "decision": "same"} for told in sheet(queue)])
    assert taken.decisions == {"same": 10} and {chance for *_, chance, _, _ in ledger(lake)} == {one_band}


def test_what_was_decided_is_not_asked_again_but_a_grey_decision_does_not_stand_for_chance(lake):
    start(lake, [row(n, link_q=0.7) for n in range(3)])
    decide(lake, "r0", "NC-0000", "same")
    decide(lake, "r1", "NC-0001", "same", chance=0.2)
    decide(lake, "r2", "NC-0005", "other", chance=0.2)
    assert {told["voter_id"] for told in sheet(ask(lake, sample=3, grey=9))} == {"NC-0000", "NC-0002"}
    assert {told["voter_id"] for told in sheet(ask(lake, sample=0, grey=9))} == {"NC-0002"}


def test_decisions_are_appended_with_who_and_by_what_chance(lake):
    start(lake, [row(n) for n in range(4)])
    queue = ask(lake)
    rows = sheet(queue)
    words = dict(zip([told["voter_id"] for told in rows], (" Same", "OTHER", "unsure", ""), strict=True))
    taken = hand_in(lake, queue, [{**told, "decision": words[told["voter_id"]]} for told in rows])
    assert taken.decisions == {"same": 1, "other": 1, "unsure": 1} and (taken.known, taken.blank) == (0, 1)
    assert sorted(found[1:5] for found in ledger(lake)) == sorted(
        (voter_id, word.strip().lower(), 1.0, "rita") for voter_id, word in words.items() if word
    )
    assert [found[5] for found in ledger(lake)] == [1, 2, 3]


@pytest.mark.parametrize(("delimiter", "opening"), [(",", "\ufeff"), (";", ""), ("\t", "")])
def test_a_sheet_may_come_back_as_other_spreadsheets_write_it_and_only_once(lake, delimiter, opening):
    start(lake, [row(3), row(4)])
    queue = ask(lake)
    rows = [{**told, "decision": "same"} for told in sheet(queue)]
    assert hand_in(lake, queue, rows, delimiter, opening).decisions == {"same": 2}
    again = hand_in(lake, queue, rows, delimiter, opening)
    assert again.decisions == {} and again.known == 2 and len(ledger(lake)) == 2
    hand_in(lake, queue, [{**told, "decision": "other"} for told in rows[:1]])
    assert len(ledger(lake)) == 3


def test_a_sheet_with_anything_wrong_is_refused_whole_with_row_numbers_and_no_value(lake):
    start(lake, [row(n) for n in range(6)])
    queue = ask(lake)
    rows = [{**told, "decision": "same"} for told in sheet(queue)]
    rows[0]["decision"] = "Featherstone"
    rows[2]["pair_id"] = "p0000"
    rows[3]["voter_id"] = rows[4]["voter_id"]
    rows.append(rows[5])
    with pytest.raises(LinkError) as caught:
        hand_in(lake, queue, rows)
    assert str(caught.value) == (
        "filled in.csv: nothing was taken. Row 2: the decision is none of same, other, unsure; Row 4: no sheet of the "
        "state has the row; Row 5: the voter is not the one of the sheet; Rows 7, 8: the pair stands twice. Mend the "
        "rows, or fill in the sheet anew."
    )
    assert ledger(lake) == []


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"pair_id,decision\np1,same\n", b'pair_id,decision,voter_id\n"']
)
def test_a_file_that_is_no_sheet_is_refused(lake, content):
    start(lake, [row(3)])
    queue = ask(lake)
    file = queue.file.with_name("other.csv")
    file.write_bytes(content)
    with pytest.raises(LinkError, match=r"other\.csv: nothing was taken"):
        read_decisions(lake, "NC", file, policy(), "rita", NOW)
    with pytest.raises(LinkError, match="nothing was taken"):
        read_decisions(lake, "NC", file.with_name("gone.csv"), policy(), "rita", NOW)


def test_many_wrong_rows_are_counted(lake):
    start(lake, [row(n) for n in range(30)])
    queue = ask(lake)
    with pytest.raises(LinkError, match=r"Rows 2, 3, .*, 21 and 10 more rows: the decision"):
        hand_in(lake, queue, [{**told, "decision": "yes"} for told in sheet(queue)])


def test_an_older_sheet_handed_in_again_overrides_no_newer_word(lake):
    start(lake, [row(n) for n in range(6)])
    first, second = ask(lake, sample=6), ask(lake, sample=3)
    (shared, *_) = [told["voter_id"] for told in sheet(second)]
    words = [{**told, "decision": "same" if told["voter_id"] == shared else ""} for told in sheet(first)]
    hand_in(lake, first, words)
    hand_in(
        lake, second, [{**told, "decision": "other" if told["voter_id"] == shared else ""} for told in sheet(second)]
    )
    more = [
        {**told, "decision": "same"} if at < 2 or told["voter_id"] == shared else told for at, told in enumerate(words)
    ]
    hand_in(lake, first, more)
    assert [word for _, voter_id, word, *_ in ledger(lake) if voter_id == shared] == ["same", "other"]


def test_a_sheet_with_a_person_who_became_protected_is_taken_away(lake):
    start(lake, [row(n) for n in range(6)])
    queue = ask(lake, sample=6)
    assert queue.file.is_file()
    hidden = [{**person, "is_confidential": person["voter_id"] == "NC-0003"} for person in PEOPLE]
    write_voters(lake, hidden, day=dt.date(2027, 1, 1))
    assert ask(lake, sample=6).file != queue.file and not queue.file.exists()
    assert queue.file.with_suffix(".parquet").is_file()
