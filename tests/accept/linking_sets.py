"""The public benchmark sets of record linkage: pairs within one file, graded against their truth."""

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from pipelines.linking.blocking import rules_named
from pipelines.linking.deciding import select_candidates
from pipelines.linking.model import score, train
from pipelines.linking.standard.table import standardise
from pipelines.sql import literal

WEIGHTS = range(-20, 41)
"""Match weights among which each method is given the one that is best for it, in bits."""


@dataclass(frozen=True)
class BenchmarkSet:
    """A file with its truth.

    Attributes:
        name: Its name.
        file: Its Parquet file.
        fields: SELECT list of raw fields, of the file's own columns.
        truth: SELECT of the pairs that are known: `a`, `b` (a before b) and `is_match`; of all pairs where `is_whole`.
        is_whole: Whether pairs that the truth does not name are known to be no match.
    """

    name: str
    file: str
    fields: str
    truth: str
    is_whole: bool


SETS = (
    BenchmarkSet(
        "FEBRL 3",
        "febrl_dataset3.parquet",
        """rec_id AS record_id, given_name AS first_name, surname AS last_name,
        concat_ws(' ', street_number, address_1) AS address_line, suburb AS city, postcode AS zip_code,
        CAST(try_strptime(date_of_birth, '%Y%m%d') AS DATE) AS birth_date,
        TRY_CAST(left(date_of_birth, 4) AS SMALLINT) AS birth_year""",
        """SELECT l.rec_id AS a, r.rec_id AS b, true AS is_match
        FROM source AS l JOIN source AS r
            ON split_part(l.rec_id, '-', 2) = split_part(r.rec_id, '-', 2) AND l.rec_id < r.rec_id""",
        True,
    ),
    BenchmarkSet(
        "1,000 labelled records",
        "fake_1000.parquet",
        """unique_id AS record_id, first_name, surname AS last_name, city, email,
        CAST(try_strptime(dob, '%Y-%m-%d') AS DATE) AS birth_date, TRY_CAST(left(dob, 4) AS SMALLINT) AS birth_year""",
        """SELECT least(unique_id_l, unique_id_r) AS a, greatest(unique_id_l, unique_id_r) AS b,
            CAST(clerical_match_score AS DOUBLE) > 0.5 AS is_match
        FROM labels""",
        False,
    ),
)


def folder() -> Path | None:
    """Where the sets are, if they are at hand."""
    shared = os.environ.get("WALKLIST_SHARED")
    found = Path(shared) / "data" / "linkage" if shared else None
    return found if found and found.is_dir() else None


def grades(one: BenchmarkSet, where: Path, seed: int) -> dict[str, tuple[float, float, float]]:
    """F1, precision and recall of ours and of Splink as its documentation has it, each at the weight best for it."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE source AS FROM {literal(str(where / one.file))}")
        if not one.is_whole:
            connection.execute(f"CREATE TABLE labels AS FROM {literal(str(where / 'fake_1000_labels.parquet'))}")
        connection.execute(f"CREATE TABLE truth AS {one.truth}")
        standardise(connection, f"SELECT {one.fields} FROM source", "people")
        model = train(connection, "people", None, seed)
        pairs = score(connection, model, "people", None, rules_named(model.rules), WEIGHTS[0])
        told = select_candidates(pairs, model.traits)
        connection.execute(f"CREATE TABLE ours AS SELECT {_ORDERED} FROM ({told})")
        _documented(connection, "source", one, seed)
        tables = {"ours": "ours", "documented Splink": "peer"}
        return {name: _best(connection, table, one) for name, table in tables.items()}


def _best(connection: duckdb.DuckDBPyConnection, table: str, one: BenchmarkSet) -> tuple[float, float, float]:
    return max(_graded(connection, f"FROM {table} WHERE match_weight >= {at}", one) for at in WEIGHTS)


_ORDERED = "least(voter_id, source_record_id) AS a, greatest(voter_id, source_record_id) AS b, match_weight"


def _graded(connection: duckdb.DuckDBPyConnection, found: str, one: BenchmarkSet) -> tuple[float, float, float]:
    known = "" if one.is_whole else "SEMI JOIN truth USING (a, b)"
    right, said, wanted = connection.execute(
        f"""SELECT
            (SELECT count(*) FROM ({found}) JOIN truth USING (a, b) WHERE is_match),
            (SELECT count(*) FROM ({found}) {known}),
            (SELECT count(*) FROM truth WHERE is_match)"""
    ).fetchall()[0]
    precision, recall = right / max(said, 1), right / max(wanted, 1)
    return 2 * right / max(said + wanted, 1), precision, recall


def _documented(connection: duckdb.DuckDBPyConnection, table: str, one: BenchmarkSet, seed: int) -> None:
    """Make `peer` (a, b, match_weight) by Splink as its documentation's example of one table has it."""
    is_febrl = one.is_whole
    comparisons: list = [
        cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("dob", input_is_string=True, **({"datetime_format": "%Y%m%d"} if is_febrl else {})),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
    ]
    comparisons += _FEBRL if is_febrl else [cl.EmailComparison("email")]
    renamed = "SELECT * RENAME (rec_id AS unique_id, given_name AS first_name, date_of_birth AS dob, suburb AS city)"
    connection.execute(f"CREATE TABLE example AS {renamed if is_febrl else 'SELECT *'} FROM {table}")
    rules = [block_on("first_name", "city"), block_on("surname"), block_on("first_name"), block_on("dob")]
    linker = Linker(
        DuckDBAPI(connection=connection).register("example"),
        SettingsCreator(link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=rules),
        log_level=40,
    )
    sure: list = [block_on("first_name", "surname", "dob"), block_on("surname", "dob", "city")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=seed)
    for key in (("first_name", "surname"), ("dob",)):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*key))
    found = linker.inference.predict(threshold_match_weight=WEIGHTS[0])
    told = "least(unique_id_l, unique_id_r) AS a, greatest(unique_id_l, unique_id_r) AS b, match_weight"
    connection.execute(f"CREATE TABLE peer AS SELECT {told} FROM {found.physical_name}")


_FEBRL: list = [cl.LevenshteinAtThresholds("address_1"), cl.ExactMatch("postcode")]
