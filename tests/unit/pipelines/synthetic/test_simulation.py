import datetime as dt

import pyarrow as pa
import pytest

from models.errors import ConfigError
from pipelines.calendar import Election
from pipelines.synthetic.chunk import TRUTH
from pipelines.synthetic.history import HISTORY
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import Voters

LAST = dt.date(2026, 10, 1)
COMING = "NC-2026-11-03-general"


def whole(simulation, day=LAST):
    chunks = list(simulation.chunks())
    return (
        pa.concat_tables([chunk.voters(day) for chunk in chunks]),
        pa.concat_tables([chunk.history(day) for chunk in chunks]),
        pa.concat_tables([chunk.truth(COMING) for chunk in chunks]),
    )


def test_the_tables_have_the_columns_of_the_contracts(chunk):
    assert chunk.voters(LAST).schema == Voters.schema()
    assert chunk.history(LAST).schema == HISTORY
    assert chunk.truth(COMING).schema == TRUTH


def test_columns_that_may_not_be_null_are_not(chunk):
    for table in (chunk.voters(LAST), chunk.history(LAST), chunk.truth(COMING)):
        required = [field.name for field in table.schema if not field.nullable]
        assert not [name for name in required if table[name].null_count]


def test_the_same_configuration_gives_the_same_tables(make_simulation, simulation):
    for first, second in zip(whole(simulation), whole(make_simulation()), strict=True):
        assert first.equals(second)


def test_another_seed_gives_other_people(simulation):
    other = Simulation(simulation.config.model_copy(update={"seed": 1}), "NC", simulation.elections)
    assert not whole(simulation)[0].equals(whole(other)[0])


def test_asking_for_other_days_first_changes_nothing(simulation, make_simulation):
    asked = next(make_simulation().chunks())
    for day in (dt.date(2016, 10, 1), dt.date(2014, 10, 1), dt.date(2025, 1, 15)):
        asked.voters(day), asked.history(day)
    fresh = next(simulation.chunks())
    assert asked.voters(LAST).equals(fresh.voters(LAST))
    assert asked.history(LAST).equals(fresh.history(LAST))


def test_the_list_of_snapshots_changes_nobody(simulation, make_simulation):
    fewer = make_simulation(snapshots=[LAST])
    for first, second in zip(whole(simulation), whole(fewer), strict=True):
        assert first.equals(second)


def test_ids_are_unique_over_chunks_and_look_like_the_states(simulation):
    ids = whole(simulation)[0]["voter_id"].to_pandas()
    assert len(simulation.chunk_sizes()) > 1
    assert ids.is_unique
    assert ids.str.fullmatch(r"NC-[A-Z]{2}\d{6}").all()


def test_the_configured_number_of_voters_is_about_met(simulation):
    voters = whole(simulation)[0].to_pandas()
    assert 0.85 < (voters.status_code != "removed").sum() / 3000 < 1.15


def test_a_state_without_elections_is_refused(simulation):
    with pytest.raises(ConfigError, match="no election of NC"):
        Simulation(simulation.config, "NC", [])


def test_a_kind_of_election_without_a_truth_model_is_refused(simulation):
    kinds = {"presidential": simulation.config.turnout.kinds["presidential"]}
    turnout = simulation.config.turnout.model_copy(update={"kinds": kinds})
    runoff = Election(jurisdiction="NC", date=dt.date(2020, 6, 23), type="runoff")
    with pytest.raises(ConfigError, match="no truth model for runoff"):
        Simulation(simulation.config.model_copy(update={"turnout": turnout}), "NC", [runoff])


def test_an_unknown_state_is_refused(simulation):
    with pytest.raises(ConfigError, match="ZZ is missing"):
        Simulation(simulation.config, "ZZ", simulation.elections)


def test_ids_too_short_for_the_voters_are_refused(make_simulation):
    with pytest.raises(ConfigError, match="Give more digits"):
        make_simulation(id_letters=0, id_digits=1)
