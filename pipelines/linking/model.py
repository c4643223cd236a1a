"""The linkage model: what agreement and disagreement of each trait weigh, learned once and kept with its hash.

Training is rare; scoring takes the kept model and the term frequencies of the voter file, so that the weight of a pair
depends on the two records and the voters, never on who else is in the batch.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, block_on
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.exceptions import EMTrainingException, SplinkException

from models.errors import LinkError
from pipelines.linking.blocking import RULES, BlockingRule, count_pairs, make_pairs, within_budget
from pipelines.linking.comparisons import comparisons
from pipelines.linking.prepare import RARE_BY, frequencies
from pipelines.linking.standard.table import STANDARD_COLUMNS
from pipelines.sql import identifier

_DIGITS = 7  # of a learned share; the last ones differ by the order in which threads add up
_SAMPLED_PAIRS = 5e6
_SURE = (
    ("first", "last", "birth_date"),
    ("last", "birth_date", "zip5"),
    ("first", "last", "house_number", "street", "zip5"),
)
"""Keys that hardly any two people share, from which the share of matches among all pairs is told."""

_SURE_RECALL = 0.7  # of the matches that such keys find; it shifts every weight by a constant, which thresholds absorb
_SESSIONS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("birth_date", "zip5"), ("first_name", "last_name")),
    (("first", "last"), ("middle_initial", "suffix", "birth", "gender", "address", "phone", "email")),
    (("birth_date",), ("first_name", "last_name")),
    (("house_number", "street", "zip5"), ("first_name", "last_name", "birth")),
    (("email",), ("first_name", "last_name", "birth", "address")),
    (("phone",), ("first_name", "last_name", "birth", "address")),
)
"""Keys of the pairs that are looked at to learn, and what is learned from them; the first that can be used serves.

Who lives together shares a surname and an address, so an address teaches names only where no date of birth does.
"""

_LEARNED_PAIRS = 2e6  # pairs of a session, at most
_LEARNED_ROWS = 100_000  # rows of a side that are learned from
_LEAST = 100  # rows of a side: with fewer no share is known


@dataclass(frozen=True)
class LinkModel:
    """A learned linkage model.

    Attributes:
        settings: Comparisons with what they weigh, in Splink's words.
        rules: Names of the blocking rules that kept their budget when it was trained: they serve every batch.
    """

    settings: Mapping[str, Any]
    rules: tuple[str, ...]

    @property
    def text(self) -> str:
        """The artefact: JSON whose bytes are the same for the same model."""
        content = {"rules": self.rules, "settings": self.settings}
        return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)

    @property
    def traits(self) -> list[str]:
        """What is compared, in order."""
        return [found["output_column_name"] for found in self.settings["comparisons"]]

    @property
    def sha256(self) -> str:
        """Hash of the artefact."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def read(cls, text: str) -> "LinkModel":
        """The model of an artefact."""
        content = json.loads(text)
        return cls(content["settings"], tuple(content["rules"]))


def train(connection: duckdb.DuckDBPyConnection, voters: str, records: str | None, seed: int) -> LinkModel:
    """Learn what each trait weighs, without labels, from a sample; which blocking rules serve is told by all of them.

    What agrees by chance is learned from random pairs, what agrees for one person by expectation maximisation over
    pairs that share a key.

    Args:
        connection: Where the tables of standard columns stand.
        voters: The voters as they were prepared (`prepare.VOTERS`).
        records: The records of the sources as they were prepared (`prepare.RECORDS`); none where the same people are
            looked for within one table.
        seed: Seed of the random pairs.

    Raises:
        LinkError: Too few voters or records, nothing that both have, a trait that nothing teaches, or a blocking rule
            over its budget.
    """
    tables = [voters, records] if records else [voters]
    sizes = [_count(connection, table) for table in tables]
    columns = _told(connection, tables)
    if min(sizes) < _LEAST or not comparisons(columns):
        told = " and ".join(f"{size:,}" for size in sizes)
        raise LinkError(f"A linkage model cannot be learned from {told} rows with {len(columns)} columns in common.")
    costs = count_pairs(connection, tables[0], tables[-1], RULES)
    rules = tuple(rule.name for rule in within_budget(costs, sizes[-1]))
    samples = [_sampled(connection, table, size) for table, size in zip(tables, sizes, strict=True)]
    try:
        settings = _weighed(connection, samples, columns, seed)
    except (SplinkException, EMTrainingException, ValueError, ZeroDivisionError) as error:
        raise LinkError(
            f"No linkage model came of it ({type(error).__name__}): too few records seem to be of a voter."
        ) from None
    return LinkModel(_rounded(settings), rules)


def _weighed(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[str], columns: Sequence[str], seed: int
) -> dict[str, Any]:
    """Settings with what was learned from some tables."""
    linker = _linker(connection, tables, _settings(columns, is_within=len(tables) == 1))
    sure: list[str | BlockingRuleCreator] = [block_on(*key) for key in _SURE if set(key) <= set(columns)]
    if sure:
        linker.training.estimate_probability_two_random_records_match(sure, recall=_SURE_RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED_PAIRS, seed=seed, min_count_per_level=None)
    settings = _learned(connection, tables, linker.misc.save_model_to_json(), columns)
    linker.table_management.delete_tables_created_by_splink_from_db()
    return settings


def _learned(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[str], settings: dict[str, Any], columns: Sequence[str]
) -> dict[str, Any]:
    """Settings whose every comparison has learned how often it agrees for one person, each from pairs of its own."""
    found = {one["output_column_name"]: one for one in settings["comparisons"]}
    left = set(found)
    for key, traits in _SESSIONS:
        wanted = left & set(traits)
        if wanted and set(key) <= set(columns):
            linker = _linker(connection, tables, settings)
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*key), max_pairs=_LEARNED_PAIRS)
            told = {one["output_column_name"]: one for one in linker.misc.save_model_to_json()["comparisons"]}
            linker.table_management.delete_tables_created_by_splink_from_db()
            found |= {trait: told[trait] for trait in wanted}
            left -= wanted
    if left:
        raise LinkError(f"Nothing both sides have teaches what agreement on {', '.join(sorted(left))} weighs.")
    return {**settings, "comparisons": [found[one["output_column_name"]] for one in settings["comparisons"]]}


def _sampled(connection: duckdb.DuckDBPyConnection, table: str, size: int) -> str:
    """A table of about as many rows as are learned from; the same rows whatever else is in the table."""
    if size <= _LEARNED_ROWS:
        return table
    name, every = f"learned_{table}", round(size / _LEARNED_ROWS)
    chosen = f"SELECT * FROM {identifier(table)} WHERE ('0x' || left(md5(record_id), 8))::BIGINT % {every} = 0"
    connection.execute(f"CREATE OR REPLACE TABLE {identifier(name)} AS {chosen} ORDER BY record_id")
    return name


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return connection.execute(f"SELECT count(*) FROM {identifier(table)}").fetchall()[0][0]


def score(
    connection: duckdb.DuckDBPyConnection,
    model: LinkModel,
    voters: str,
    records: str | None,
    rules: Sequence[BlockingRule],
    least_weight: float,
) -> str:
    """Name of a table of scored pairs.

    Its columns: `record_id_l` of a voter, `record_id_r` of a record, `match_weight` in bits, `gamma_<trait>` levels.

    Args:
        connection: Where the tables of standard columns stand.
        model: The model.
        voters: All voters of a state; their frequencies are at hand.
        records: Records that are linked, however few; none where the same people are looked for within one table.
        rules: Which pairs are looked at.
        least_weight: Bits that a pair has at least to be kept.
    """
    if records is None:
        told = {**model.settings, "blocking_rules_to_generate_predictions": [rule.condition() for rule in rules]}
        linker = _linker(connection, [voters], told)
        return linker.inference.predict(threshold_match_weight=least_weight, warning_mode="never").physical_name
    make_pairs(connection, voters, records, rules, "link_pairs")
    linker = _linker_of_pairs(connection, model, voters, records)
    found = linker.inference.predict(threshold_match_weight=least_weight, warning_mode="never").physical_name
    name = f"scored_{records}"
    connection.execute(
        f"""CREATE OR REPLACE TABLE {identifier(name)} AS
        SELECT l.record_id AS record_id_l, r.record_id AS record_id_r, match_weight, COLUMNS('^gamma_')
        FROM {identifier(found)} AS found
        JOIN {identifier(voters)} AS l ON l.rowid = found.record_id_l
        JOIN {identifier(records)} AS r ON r.rowid = -1 - found.record_id_r"""
    )
    connection.execute(
        f"DROP TABLE {identifier(found)}; DROP VIEW link_both; DROP VIEW link_made; DROP TABLE link_pairs"
    )
    return name


def _linker_of_pairs(connection: duckdb.DuckDBPyConnection, model: LinkModel, voters: str, records: str) -> Linker:
    """Splink over `link_pairs`, by numbers, those of records below zero: ids with names of their sides take longer."""
    columns = ", ".join(map(identifier, STANDARD_COLUMNS[1:]))
    connection.execute(
        f"""CREATE OR REPLACE VIEW link_both AS
        SELECT rowid AS record_id, {columns} FROM {identifier(voters)}
        UNION ALL SELECT -1 - rowid, {columns} FROM {identifier(records)}"""
    )
    numbers = "left_place AS join_key_l, -1 - right_place AS join_key_r, 0 AS match_key"
    connection.execute(f"CREATE OR REPLACE VIEW link_made AS SELECT {numbers} FROM link_pairs")
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("link_both"), {**model.settings, "link_type": "dedupe_only"}, log_level=logging.ERROR)
    for column in RARE_BY:
        linker.table_management.register_term_frequency_lookup(api.register(frequencies(column)), column)
    linker.table_management.register_blocked_pairs_for_predict(api.register("link_made"))
    return linker


_SIDES = ("voters", "records")


def _linker(connection: duckdb.DuckDBPyConnection, tables: Sequence[str], settings: Mapping[str, Any]) -> Linker:
    api = DuckDBAPI(connection=connection)
    sides = [api.register(table, dataset_display_name=name) for table, name in zip(tables, _SIDES, strict=False)]
    return Linker(sides, dict(settings), log_level=logging.ERROR)


def _settings(columns: Sequence[str], is_within: bool) -> dict[str, Any]:
    return {
        "link_type": "dedupe_only" if is_within else "link_only",
        "sql_dialect": "duckdb",
        "unique_id_column_name": "record_id",
        "comparisons": comparisons(columns),
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": True,  # the levels come with them
        "retain_intermediate_calculation_columns": False,
        "linker_uid": "walklist",
    }


def _told(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> list[str]:
    """Standard columns that have a value in every table."""
    found = []
    for table in tables:
        described = connection.execute(f"DESCRIBE {identifier(table)}").fetchall()
        names = [name for name, *_ in described if name in STANDARD_COLUMNS]
        counts = connection.execute(
            f"SELECT {', '.join(f'count({identifier(name)})' for name in names)} FROM {identifier(table)}"
        ).fetchall()[0]
        found.append({name for name, count in zip(names, counts, strict=True) if count})
    return sorted(set.intersection(*found))


def _rounded(value: Any) -> Any:
    """Learned shares with as many digits as are the same in every run."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
