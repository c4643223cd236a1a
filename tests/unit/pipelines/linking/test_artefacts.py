"""Models are learned once, kept under the hash of their bytes, and replaced only when a person asks."""

import pytest

from models.errors import ArtefactError, LinkError, TrainingError
from pipelines.linking import artefacts
from pipelines.linking.artefacts import keep_model, kept_model, model_of, quality_of
from pipelines.linking.reviewed import LEAST_DECISIONS
from tests.unit.pipelines.linking.worlds import (
    decide_all,
    hand_made_model,
    link,
    links,
    plant_links,
    record_of,
    vendor,
    voter,
    write_records,
    write_voters,
)  # fmt: skip

MODEL = hand_made_model()
LEVELS = [8, 4, -1, -1, 5, 1, 6, 1]


@pytest.fixture
def learned(monkeypatch):
    """What learning was given, by call; it learns the model written by hand."""
    given = []

    def noted(connection, voters, records, seed):
        given.append(
            [connection.execute(f"SELECT record_id FROM {side} ORDER BY 1").fetchall() for side in (voters, records)]
        )
        return hand_made_model(rules=("phone", "e-mail")[: len(given)])

    monkeypatch.setattr(artefacts, "train", noted)
    return given


def home(lake):
    return lake.root / "model" / "link" / "NC"


def test_a_model_is_learned_once_from_the_voters_and_all_sources_of_the_state(lake, learned):
    people = [voter(0), voter(1, is_confidential=True), voter(2, status_code="removed"), voter(3)]
    write_voters(lake, people)
    write_records(lake, [record_of(people[0], "r"), record_of(people[0], "there", state="GA")])
    write_records(lake, [record_of(people[0], "r")], role="surveys", source="polls")
    write_records(lake, [record_of(people[0], "elsewhere")], source="peach")
    vendors = {"polls": vendor("surveys"), "acme": vendor("donations", "surveys"), "peach": vendor(states=("GA",))}
    model = model_of(lake, "NC", vendors)
    assert learned == [[[("NC-0000",), ("NC-0003",)], [("acme donations r",), ("polls surveys r",)]]]
    assert model_of(lake, "NC", vendors) == model == kept_model(lake, "NC") and len(learned) == 1
    assert (home(lake) / "current").read_text().strip() == model.sha256


def test_another_model_is_learned_only_when_a_person_asks_and_the_old_one_stays(lake, learned):
    first, second = model_of(lake, "NC", {}), model_of(lake, "NC", {}, retrain=True)
    assert first.sha256 != second.sha256 and kept_model(lake, "NC") == second
    assert {file.stem for file in home(lake).glob("*.json")} == {first.sha256, second.sha256}


@pytest.mark.parametrize("damage", ["other bytes", None])
def test_a_damaged_model_is_refused_before_it_is_understood_and_never_replaced_unasked(lake, learned, damage):
    file = home(lake) / f"{keep_model(lake, 'NC', MODEL).sha256}.json"
    file.write_text(damage) if damage else file.unlink()
    with pytest.raises(ArtefactError, match="missing, or not the bytes that were written"):
        model_of(lake, "NC", {})
    assert learned == []
    assert model_of(lake, "NC", {}, retrain=True) == kept_model(lake, "NC")


def test_nothing_to_learn_from_is_told(lake):
    with pytest.raises(LinkError, match="cannot be learned from 0 and 0 rows"):
        model_of(lake, "NC", {})
    assert kept_model(lake, "NC") is None


def reviewed(lake, count: int, wrong: int, chance: float | None = 0.5, shown: int | None = None):
    """Links of which some were reviewed; the wrong ones have the least weight."""
    people = [voter(0)]
    write_voters(lake, people)
    write_records(lake, [record_of(people[0], f"r{n:03d}", amount_usd=1.0) for n in range(count)])
    rows = [
        {"source_record_id": f"r{n:03d}", "voter_id": "NC-0000", "levels": LEVELS, "namesake_count": 1,
         "match_weight": float(n < wrong) * -9 + 12 + n % 7, "model_sha256": MODEL.sha256}
        for n in range(count)
    ]  # fmt: skip
    plant_links(lake, rows)
    words = ["other" if n < wrong else "same" for n in range(count)]
    decide_all(lake, [(f"r{n:03d}", "NC-0000", words[n], chance) for n in range(shown or count)])


def test_a_second_stage_is_learned_from_enough_decisions_drawn_by_chance_and_then_stands(lake):
    reviewed(lake, LEAST_DECISIONS, 60)
    quality = quality_of(lake, "NC", MODEL)
    assert quality and quality.reviewed == LEAST_DECISIONS
    decide_all(lake, [(f"r{n:03d}", "NC-0000", "other", 0.5) for n in range(100)])
    assert quality_of(lake, "NC", MODEL) == quality
    assert quality_of(lake, "NC", MODEL, retrain=True) != quality
    assert quality_of(lake, "NC", hand_made_model(rules=("phone",))) is None


def test_too_few_decisions_and_decisions_that_were_not_drawn_teach_nothing(lake):
    reviewed(lake, LEAST_DECISIONS, 60, shown=LEAST_DECISIONS - 1)
    decide_all(lake, [(f"r{LEAST_DECISIONS - 1:03d}", "NC-0000", "same", None)])
    assert quality_of(lake, "NC", MODEL) is None
    with pytest.raises(TrainingError, match="299 records of NC were reviewed; 300 are needed"):
        quality_of(lake, "NC", MODEL, retrain=True)
    decide_all(lake, [(f"r{LEAST_DECISIONS - 1:03d}", "NC-0000", "unsure", 0.5)])
    assert quality_of(lake, "NC", MODEL) is None


def test_decisions_that_are_all_alike_teach_nothing(lake):
    reviewed(lake, LEAST_DECISIONS, 0)
    assert quality_of(lake, "NC", MODEL) is None
    with pytest.raises(TrainingError, match="have one answer"):
        quality_of(lake, "NC", MODEL, retrain=True)


def test_a_record_whose_voter_is_another_one_than_the_best_is_a_wrong_link(lake):
    reviewed(lake, LEAST_DECISIONS, 0)
    decide_all(lake, [(f"r{n:03d}", "NC-0005", "same", 0.5) for n in range(60)])
    quality = quality_of(lake, "NC", MODEL)
    assert quality and quality.reviewed == LEAST_DECISIONS


def test_rare_draws_count_for_the_many_they_stand_for(lake):
    reviewed(lake, LEAST_DECISIONS, 60)
    even = quality_of(lake, "NC", MODEL)
    decide_all(lake, [(f"r{n:03d}", "NC-0000", "other", 0.5) for n in range(60)])
    decide_all(lake, [(f"r{n:03d}", "NC-0000", "same", 1.0) for n in range(60, LEAST_DECISIONS)])
    doubting = quality_of(lake, "NC", MODEL, retrain=True)
    assert even and doubting and doubting.intercept < even.intercept


@pytest.mark.slow
def test_a_model_that_was_learned_links(lake):
    people = [
        voter(n, last_name=f"{'BCDFG'[n % 5]}{'aeiou'[n // 5 % 5]}{'lmnrst'[n % 6]}{'aeiou'[n // 9 % 5]}ck")
        for n in range(600)
    ]
    write_voters(lake, people)
    write_records(lake, [record_of(people[n], f"r{n:03d}") for n in range(400)])
    model = model_of(lake, "NC", {"acme": vendor("donations")})
    link(lake, model=model)
    found = links(lake, "voter_id")
    right = sum(found[f"r{n:03d}"] == f"NC-{n:04d}" for n in range(400))
    assert right >= 395 and kept_model(lake, "NC") == model
