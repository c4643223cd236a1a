"""Links of a source to the voters of a state: prepared, blocked within a budget, scored, decided."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pipelines.linking.blocking import BlockingRule, Counted, count_pairs, demand_budget, rules_named
from pipelines.linking.deciding import select_candidates, select_links
from pipelines.linking.model import LinkModel, score
from pipelines.linking.prepare import VOTERS, cut, select_ready
from pipelines.sql import identifier

LEAST_PROBABILITY = 0.05
"""Of a pair that is kept at all, by the model's own reckoning."""

FLOOR = math.log2(LEAST_PROBABILITY / (1 - LEAST_PROBABILITY))
"""The same as a match weight, in bits."""

CHUNK = 500_000
"""Records that are scored at once, about: the memory follows their pairs, not those of the whole source."""

_CROWDED = 50  # pairs of a record by all rules, on average, beyond which fewer records are scored at once


@dataclass(frozen=True)
class Linker:
    """Links records to voters that were prepared (`prepare_voters`).

    Attributes:
        model: What agreement weighs, and which pairs are looked at.
        chunk: Records that are scored at once, about; the links are the same with another number.
    """

    model: LinkModel
    chunk: int = CHUNK

    def link(self, connection: duckdb.DuckDBPyConnection, records: str) -> None:
        """Make the tables `candidates` (a row per pair that may be one person) and `best_voters` (a row per record).

        `candidates` are sorted by record and voter, `best_voters` by record. A record without any candidate has no row
        in either. What becomes of one record depends on no other. The records are read where they stand, a part at a
        time: beside the voters and what was found, memory holds one part and its pairs.

        Args:
            connection: Where the voters were prepared.
            records: Table or view of standard columns of the records, however few. It is read once for each rule and
                once for each part: best a view on Parquet files sorted by record_id.

        Raises:
            LinkError: A rule would look at more pairs than its budget, or the model names rules that are not known.
        """
        rules = rules_named(self.model.rules)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {_READY} AS {select_ready(records)}")
        count = connection.execute(f"SELECT count(*) FROM {identifier(records)}").fetchall()[0][0]
        counts = count_pairs(connection, VOTERS, _READY, rules)
        demand_budget(counts, count)
        for start, end in cut(connection, _READY, count, self._at_once(counts, count)):
            self._link_part(connection, rules, start, end)
        connection.execute(f"DROP VIEW {_READY}")

    def _at_once(self, counts: Sequence[Counted], count: int) -> int:
        """Records that are scored at once: fewer where a record has many pairs."""
        pairs = sum(found.pairs for found in counts)
        return max(1, min(self.chunk, self.chunk * _CROWDED * count // max(pairs, 1)))

    def _link_part(
        self, connection: duckdb.DuckDBPyConnection, rules: tuple[BlockingRule, ...], start: str, end: str | None
    ) -> None:
        """Find and decide for the records from one id up to another one, behind those of the parts before."""
        name = f"link_part_{next(_TURN)}"  # Splink keeps what it made of a table by its name
        within = "record_id >= $start AND ($end IS NULL OR record_id < $end)"
        part = f"SELECT * FROM {_READY} WHERE {within}"
        connection.execute(f"CREATE TABLE {name} AS {part}", {"start": start, "end": end})
        pairs = score(connection, self.model, VOTERS, name, rules, FLOOR)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {_FOUND} AS {select_candidates(pairs, self.model.traits)}")
        for table in (pairs, name):
            connection.execute(f"DROP TABLE {identifier(table)}")
        opening = "INSERT INTO {}" if start else "CREATE OR REPLACE TABLE {} AS"
        links = select_links(f"FROM {_FOUND}", FLOOR)
        connection.execute(f"{opening.format('candidates')} FROM {_FOUND} ORDER BY source_record_id, voter_id")
        connection.execute(f"{opening.format('best_voters')} {links} ORDER BY source_record_id")
        connection.execute(f"DROP TABLE {_FOUND}")


_READY, _FOUND = "link_ready", "link_found"
_TURN = itertools.count()
