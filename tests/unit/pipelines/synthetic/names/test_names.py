import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.names.book import FEMALE, MALE, name_book
from pipelines.synthetic.names.config import SYSTEMS
from pipelines.synthetic.names.spellings import family_transliterations, given_transliterations, spellings_of
from pipelines.synthetic.simulation import Simulation

DAY = dt.date(2026, 10, 1)


@pytest.fixture(scope="module")
def book():
    return name_book("census", 0.02, 0.03)


@pytest.fixture(scope="module")
def voters(make_simulation):
    """Voters with their naming system, of a state in which other systems are frequent."""
    simulation = make_simulation(voters=8000, chunk_households=9000)
    names = simulation.config.names.model_copy(update={"families": dict.fromkeys(SYSTEMS[1:], 0.1)})
    simulation.config = simulation.config.model_copy(update={"names": names})
    chunk = next(simulation.chunks())
    return chunk.voters(DAY).to_pandas().merge(chunk.naming_truth(DAY).to_pandas(), on="voter_id")


def drawn(names, kind):
    return pd.Series(names.texts(names.draw(np.full(50_000, kind), np.random.default_rng(1).random(50_000))))


@pytest.mark.parametrize(("kind", "name", "share"), [(FEMALE, "MARY", 2.629), (MALE, "JAMES", 3.318)])
def test_names_come_with_their_shares_of_the_census(book, kind, name, share):
    told = 0.98 * share / (90.04 if kind == MALE else 90.024)
    assert (drawn(book.first, kind) == name).mean() == pytest.approx(told, abs=0.004)


def test_last_names_are_as_various_as_those_of_people(book):
    names = drawn(book.last, 0)
    assert names.nunique() > 9000 and (names == "SMITH").mean() < 0.015
    assert names.str.contains("[^A-Z]").mean() == pytest.approx(0.03, abs=0.003)


def test_every_name_fits_latin_1_and_a_layout(book):
    for names in (book.first, book.middle, book.last):
        assert all(name.encode("latin-1") and len(name) <= 20 for name in names.names)
        assert len(set(names.names)) == len(names.names)


def test_plain_names_are_small_ascii_letters(book):
    assert book.last.plain(np.array([book.last.names.index(name) for name in ("MUÑOZ", "O'BRIEN")])).to_pylist() == [
        "munoz",
        "obrien",
    ]


def test_short_lists_without_other_systems_are_those_of_the_words(make_simulation):
    simulation = make_simulation()
    names = simulation.config.names.model_copy(update={"lists": "short", "families": {}})
    simulation.config = simulation.config.model_copy(update={"names": names})
    assert next(simulation.chunks()).voters(DAY).to_pandas().last_name.nunique() < 175


def test_the_naming_system_changes_nothing_but_names(make_simulation):
    plain, mixed = make_simulation(), make_simulation()
    names = plain.config.names.model_copy(update={"families": {}, "lists": "short"})
    plain.config = plain.config.model_copy(update={"names": names})
    some, others = (
        next(each.chunks()).voters(DAY).drop_columns(["first_name", "middle_name", "last_name", "name_suffix"])
        for each in (plain, mixed)
    )
    assert some.equals(others)


def test_every_naming_system_has_its_share_of_people(voters):
    shares = voters.naming_system.value_counts(normalize=True)
    assert set(shares.index) == set(SYSTEMS)
    assert shares.drop("western").between(0.06, 0.15).all()


def test_each_naming_system_writes_names_in_its_own_way(voters):
    of = dict(list(voters.groupby("naming_system")))
    assert of["spanish"].last_name.str.fullmatch(r"\S+ \S+").all()
    assert (
        of["single"].first_name.isna().all()
        and of["single"].middle_name.isna().all()
        and of["single"].last_name.notna().all()
    )
    assert of["indonesian"].middle_name.isna().all() and not of["indonesian"].last_name.str.contains(" ").any()
    assert of["vietnamese"].last_name.isin(["NGUYEN", "TRAN", "LE", "PHAM"]).mean() > 0.3
    assert of["chinese"].middle_name.isna().all()
    assert of["arabic"].last_name.str.startswith("AL-").mean() > 0.1


def test_brothers_and_sisters_of_two_surnames_share_both(voters):
    homes = voters[voters.naming_system == "spanish"].dropna(subset=["address_line"])
    assert homes.groupby(["address_line", "last_name"]).size().max() > 1


def test_an_arabic_name_is_never_its_own_other_spelling():
    given, family = given_transliterations(), family_transliterations()
    assert "MUHAMMAD" in given["MOHAMMED"] and "EL-HASSAN" in family["AL-HASSAN"] and "HASSAN" in family["AL-HASSAN"]
    assert not any(other.startswith(("AL", "EL-")) for other in given["HASSAN"])
    for forms in (given, family):
        assert all(name not in others and len(others) == len(set(others)) for name, others in forms.items())


def test_spellings_are_picked_by_uniform_draws():
    found = spellings_of(["ANN", "BOB"], {"BOB": ["ROB", "ROBERT"]})
    assert found.has_any(np.array([0, 1, -1])).tolist() == [False, True, False]
    assert found.at(np.array([1, 1]), np.array([0.1, 0.9])).to_pylist() == ["ROB", "ROBERT"]


def test_the_configured_simulation_has_every_system():
    from pathlib import Path

    configs = Path(__file__).parents[5] / "configs"
    simulation = Simulation(
        read_config(SyntheticConfig, configs / "synthetic.yaml"), "NC", read_calendar(configs).elections
    )
    found = next(simulation.chunks()).naming_truth(DAY).to_pandas().naming_system.value_counts()
    assert set(found.index) == set(SYSTEMS) and found.min() > 20
