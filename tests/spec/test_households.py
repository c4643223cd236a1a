"""Who shares a home."""

import duckdb
import pyarrow as pa
import pytest

from pipelines.core.households import select_households
from pipelines.tables.core import Voters

COLUMNS = ("voter_id", "address_line", "zip_code", "status_code", "is_confidential", "stated_household")


class People:
    def select(self):
        return "SELECT * FROM people"


@pytest.fixture
def homes(table, nc):
    """Household, whether the address is known, and whether it is an institution, by voter."""

    def homes(text, largest=15):
        schema = pa.schema([Voters.schema().field(name) for name in COLUMNS])
        with duckdb.connect() as connection:
            connection.register("people", table(" | ".join(COLUMNS) + "\n" + text, schema))
            source = nc.model_copy(update={"largest_home": largest})
            rows = connection.execute(select_households(People(), source)).fetchall()
        return {voter: tuple(rest) for voter, *rest in rows}

    return homes


def test_people_at_one_address_share_a_home_whatever_its_spelling(homes):
    found = homes("""a | 12 Oak St. | 27601 | active | false |
                     b | 12  OAK ST | 27601 | inactive | false |
                     c | 12 OAK ST  | 27602 | active | false |
                     d | 14 OAK ST  | 27601 | active | false |""")
    assert found["a"] == found["b"] and found["a"][1:] == (True, False)
    assert len({home for home, _, _ in found.values()}) == 3


def test_people_without_an_address_live_alone_and_their_home_is_not_known(homes):
    found = homes("a | | 27601 | active | false |\nb | | 27601 | active | false |\nc | -- | 27601 | active | false |")
    assert len({home for home, _, _ in found.values()}) == 3
    assert all((is_known, is_institution) == (False, False) for _, is_known, is_institution in found.values())


@pytest.mark.parametrize("status", ["removed", "denied"])
def test_who_cannot_vote_counts_in_nobodys_home(homes, status):
    found = homes(f"a | 1 ELM RD | 27601 | active | false |\nb | 1 ELM RD | 27601 | {status} | false |")
    assert found["a"][0] != found["b"][0] and found["b"][1:] == (False, False)


def test_a_confidential_person_is_never_tied_to_an_address(homes):
    found = homes("a | 1 ELM RD | 27601 | active | false |\nb | 1 ELM RD | 27601 | active | true |")
    assert found["a"][0] != found["b"][0] and not found["b"][1]


def test_more_people_than_a_home_holds_are_an_institution_and_each_lives_alone(homes):
    at_limit = "\n".join(f"a{n} | 1 HALL DR | 27601 | active | false |" for n in range(3))
    assert {home for home, *_ in homes(at_limit, largest=3).values()} == {homes(at_limit, largest=3)["a0"][0]}
    beyond = homes(at_limit + "\nb | 1 HALL DR | 27601 | active | false |", largest=3)
    assert len({home for home, _, _ in beyond.values()}) == 4
    assert all((is_known, is_institution) == (True, True) for _, is_known, is_institution in beyond.values())


def test_removed_people_do_not_make_a_home_an_institution(homes):
    rows = ["a | 1 ELM RD | 27601 | active | false |", "b | 1 ELM RD | 27601 | active | false |"]
    rows += [f"r{n} | 1 ELM RD | 27601 | removed | false |" for n in range(20)]
    found = homes("\n".join(rows), largest=3)
    assert found["a"] == found["b"] and not found["a"][2]


def test_a_household_that_the_source_states_goes_before_the_address(homes):
    found = homes("a | 1 ELM RD | 27601 | active | false | h1\nb | 2 ELM RD | 27601 | active | false | h1")
    assert found["a"] == found["b"]


def test_an_address_is_compared_without_its_missing_zip(homes):
    found = homes("a | 1 ELM RD | | active | false |\nb | 1 ELM RD | | active | false |")
    assert found["a"] == found["b"] and found["a"][1]
