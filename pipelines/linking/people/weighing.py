"""What the linkage model says of people who left one state and people who are new in another."""

from dataclasses import replace

import duckdb

from pipelines.lake import Table
from pipelines.linking.deciding import Rule, select_links
from pipelines.linking.linker import FLOOR, Linker
from pipelines.linking.model import LinkModel
from pipelines.linking.people.agreeing import (
    CONTRADICTS,
    PART_OF_LAST,
    SAME_DAY,
    SAME_FIRST,
    SAME_GIVEN,
    SAME_LAST,
    SAME_MIDDLE,
    SAME_PHONE,
    SAME_YEAR,
    SPELLED_ALIKE,
    WORDS,
)  # fmt: skip
from pipelines.linking.people.facts import FACTS, ON_ROLL
from pipelines.linking.prepare import RARE_BY, RECORDS, VOTERS, frequencies, prepare_records, prepare_voters
from pipelines.linking.standard.table import standardise
from pipelines.sql import identifier

GONE, COME = "people_gone", "people_come"
"""Tables of standard columns: of people who left another state, and of people who are new here."""

RULE = Rule("moved-1", 12.0, 6.6)
"""When a pair is weighed as one person, on either side. Stricter than for vendors' records, for whoever is linked
wrongly takes a stranger's history: a hundred to one beyond the next candidate, not ten to one.

Between two simulated states of 20,000 voters, with namesakes, twins, fathers and sons among who comes, it finds 0.957
of the movers at a precision of 0.9985, and 0.577 at 0.995 where one state gives only the year of birth; see
`tests/statistical/test_people.py`.
"""

RARE_NAME = 1e-6
"""Share of the voters with a first and last name, as far as the two are independent, below which it counts as rare."""

SHARED = (
    "first name, last name and year of birth", "day of birth and last name", "day of birth and first name",
)  # fmt: skip
"""Blocking rules that find every pair of which enough may agree, whichever the model was learned with."""

_PLACES, _PLACELESS = ("house_number", "street", "unit", "zip5", "city"), "people_placeless"
_SAMPLED = 100_000  # rows that tell how common a name is


def learn_frequencies(connection: duckdb.DuckDBPyConnection, voters: Table) -> None:
    """Prepare what the model needs to know of names, from the first file of a state, so that it never changes.

    Args:
        connection: Where people are weighed.
        voters: core_voters of that file.
    """
    size = connection.execute(f"SELECT count(*) FROM ({voters.select()})").fetchall()[0][0]
    every = max(1, round(size / _SAMPLED))
    sample = f"""SELECT voter_id AS record_id, {", ".join(FACTS)} FROM ({voters.select()})
        WHERE ('0x' || left(md5(voter_id), 8))::BIGINT % {every} = 0 AND {ON_ROLL}"""
    standardise(connection, sample, "people_reference")
    prepare_voters(connection, "people_reference", "SELECT NULL::VARCHAR AS voter_id WHERE false")


def weigh(connection: duckdb.DuckDBPyConnection, model: LinkModel) -> None:
    """Make the tables `candidates`, `best_voters` and `best_records`: of COME the best of GONE, and the reverse.

    Addresses are not compared: people who move between states have another one by nature.
    """
    prepare_sides(connection)
    for name in RARE_BY:
        _add_unknown(connection, name)
    Linker(replace(model, rules=SHARED)).link(connection, _PLACELESS)
    turned = "SELECT voter_id AS source_record_id, source_record_id AS voter_id, match_weight, levels FROM candidates"
    connection.execute(f"CREATE OR REPLACE TABLE best_records AS {select_links(turned, FLOOR)}")
    _drop_leftovers(connection)


def prepare_sides(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are compared of GONE and COME, the latter without addresses."""
    prepare_records(connection, GONE)
    connection.execute(f"CREATE OR REPLACE TABLE {VOTERS} AS FROM {RECORDS}")
    nulls = ", ".join(f"NULL::VARCHAR AS {name}" for name in _PLACES)
    connection.execute(f"CREATE OR REPLACE TABLE {_PLACELESS} AS SELECT * REPLACE ({nulls}) FROM {COME}")
    prepare_records(connection, _PLACELESS)


def _add_unknown(connection: duckdb.DuckDBPyConnection, column: str) -> None:
    """Give names that the first file has not the share of half a person of the sample."""
    table, name, share = frequencies(column), identifier(column), identifier(f"tf_{column}")
    found = " UNION ".join(f"SELECT {name} FROM {side} WHERE {name} IS NOT NULL" for side in (GONE, COME))
    least = "SELECT 0.5 / greatest(count(*), 1) FROM people_reference"
    connection.execute(f"INSERT INTO {table} BY NAME SELECT *, ({least}) AS {share} FROM ({found}) ANTI JOIN {table} USING ({name})")  # fmt: skip # noqa: E501


def _drop_leftovers(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what Splink leaves in the database."""
    left = "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, '__splink__')"
    for (name,) in connection.execute(left).fetchall():
        connection.execute(f"DROP TABLE {identifier(name)}")


_IS_RARE = f"first_share.tf_first * last_share.tf_last < {RARE_NAME}"
_BY_NAME = f"({SAME_DAY} AND {SAME_GIVEN} AND ({SPELLED_ALIKE} OR {PART_OF_LAST}))"
_BY_MARRIAGE = f"({SAME_DAY} AND {SAME_FIRST} AND {SAME_MIDDLE} AND length(l.middle) > 1 AND {SAME_PHONE})"
_WHOLE_AND_RARE = f"({SAME_MIDDLE} AND coalesce({_IS_RARE}, false))"
_BY_YEAR = f"({SAME_YEAR} AND {SAME_FIRST} AND {SAME_LAST} AND ({_WHOLE_AND_RARE} OR {SAME_PHONE}))"
MAY_BE_ONE = f"NOT {CONTRADICTS} AND ({_BY_NAME} OR {_BY_MARRIAGE} OR {_BY_YEAR})"
"""Without which no weight is enough: the day of birth with the names; with another last name, the first and the middle
name and the phone; or, where a day is not known, the year and the names with the phone, or with the middle name of a
rare name."""


def select_weighed() -> str:
    """SELECT of the pairs that are one person by weight and by what agrees: gone_id, come_id, evidence and weights."""
    return f"""
    SELECT mine.voter_id AS gone_id, mine.source_record_id AS come_id, {WORDS} AS evidence,
        round(mine.match_weight, 3) AS match_weight, round(least(mine.gap_bits, theirs.gap_bits), 3) AS gap_bits
    FROM best_voters AS mine
    JOIN best_records AS theirs ON theirs.source_record_id = mine.voter_id AND theirs.voter_id = mine.source_record_id
    JOIN {VOTERS} AS l ON l.record_id = mine.voter_id
    JOIN {RECORDS} AS r ON r.record_id = mine.source_record_id
    LEFT JOIN {frequencies("first")} AS first_share ON first_share.first = r.first
    LEFT JOIN {frequencies("last")} AS last_share ON last_share.last = r.last
    WHERE mine.match_weight >= {RULE.least_weight} AND mine.gap_bits >= {RULE.least_gap}
        AND theirs.gap_bits >= {RULE.least_gap} AND {MAY_BE_ONE}"""
