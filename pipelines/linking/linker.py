"""Links of a source to the voters of a state: prepared, blocked within a budget, scored, decided."""

import itertools
import math
from dataclasses import dataclass

import duckdb

from pipelines.linking.blocking import BlockingRule, count_pairs, demand_budget, rules_named
from pipelines.linking.deciding import select_candidates, select_links
from pipelines.linking.model import LinkModel, score
from pipelines.linking.prepare import RECORDS, VOTERS, prepare_records
from pipelines.sql import identifier

LEAST_PROBABILITY = 0.05
"""Of a pair that is kept at all, by the model's own reckoning."""

FLOOR = math.log2(LEAST_PROBABILITY / (1 - LEAST_PROBABILITY))
"""The same as a match weight, in bits."""

CHUNK = 500_000
"""Records that are scored at once: the memory follows their pairs, not those of the whole source."""


@dataclass(frozen=True)
class Linker:
    """Links records to voters that were prepared (`prepare_voters`).

    Attributes:
        model: What agreement weighs, and which pairs are looked at.
        chunk: Records that are scored at once.
    """

    model: LinkModel
    chunk: int = CHUNK

    def link(self, connection: duckdb.DuckDBPyConnection, records: str) -> None:
        """Make the tables `candidates` (a row per pair that may be one person) and `best_voters` (a row per record).

        A record without any candidate has no row in either. What becomes of one record depends on no other.

        Args:
            connection: Where the voters were prepared.
            records: Table of standard columns of the records, however few.

        Raises:
            LinkError: A rule would look at more pairs than its budget, or the model names rules that are not known.
        """
        count, rules = prepare_records(connection, records), rules_named(self.model.rules)
        demand_budget(count_pairs(connection, VOTERS, RECORDS, rules), count)
        parts = max(1, math.ceil(count / self.chunk))
        for part in range(parts):
            self._score_part(connection, rules, part, parts)
        links = select_links("FROM candidates", FLOOR)
        connection.execute(f"CREATE OR REPLACE TABLE best_voters AS {links} ORDER BY source_record_id")

    def _score_part(
        self, connection: duckdb.DuckDBPyConnection, rules: tuple[BlockingRule, ...], part: int, parts: int
    ) -> None:
        name = f"link_records_{next(_TURN)}"  # Splink keeps what it made of a table by its name
        chosen = f"SELECT * FROM {RECORDS} WHERE hash(record_id) % {parts} = {part}"
        connection.execute(f"CREATE TABLE {name} AS {chosen}")
        pairs = score(connection, self.model, VOTERS, name, rules, FLOOR)
        made = "INSERT INTO candidates" if part else "CREATE OR REPLACE TABLE candidates AS"
        connection.execute(f"{made} {select_candidates(pairs, self.model.traits)}")
        for table in (pairs, name):
            connection.execute(f"DROP TABLE {identifier(table)}")


_TURN = itertools.count()
