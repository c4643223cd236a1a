"""What else links records without an id: exact keys, Splink as its documentation has it, recordlinkage.

Each takes two tables of standard columns and gives a table of the best voter of each record that it links.
"""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from pipelines.sql import identifier

KEYS = (
    ("first", "last", "birth_date"),
    ("first", "last", "birth_year", "zip5"),
    ("first", "last", "house_number", "street", "zip5"),
    ("first", "last", "phone"),
    ("email",),
)
"""Exact keys from the surest on; a record is linked by the first that one voter alone has."""

DOCUMENTED_PROBABILITY = 0.95
SESSIONS = (("first", "last"), ("birth_text",))


def link_by_keys(connection: duckdb.DuckDBPyConnection, voters: str, records: str) -> None:
    """Make `peer_links` (source_record_id, voter_id) by exact keys."""
    connection.execute("CREATE OR REPLACE TABLE peer_links (source_record_id VARCHAR, voter_id VARCHAR)")
    for key in KEYS:
        names = ", ".join(key)
        connection.execute(
            f"""INSERT INTO peer_links
            SELECT r.record_id, v.voter_id
            FROM {identifier(records)} AS r
            JOIN (
                SELECT {names}, any_value(record_id) AS voter_id FROM {identifier(voters)}
                WHERE {" AND ".join(f"{name} IS NOT NULL" for name in key)}
                GROUP BY {names} HAVING count(*) = 1
            ) AS v USING ({names})
            ANTI JOIN peer_links AS known ON known.source_record_id = r.record_id"""
        )


def link_by_documented_splink(connection: duckdb.DuckDBPyConnection, voters: str, records: str, seed: int) -> None:
    """Make `peer_links` by Splink with the comparisons and steps of its documentation's example of two tables.

    Names, day of birth, place and e-mail by the comparisons of its library, with term frequencies; training as in the
    tutorial; pairs from a probability of 0.95, and of each record the best one.

    Source:
        Splink 5, `docs/demos/tutorials` and `examples/duckdb/link_only`.
    """
    sides = []
    for table in (voters, records):
        told = f"SELECT *, strftime(birth_date, '%Y-%m-%d') AS birth_text FROM {identifier(table)}"
        connection.execute(f"CREATE OR REPLACE TABLE documented_{table} AS {told}")
        sides.append(f"documented_{table}")
    api = DuckDBAPI(connection=connection)
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.NameComparison("first").configure(term_frequency_adjustments=True),
            cl.NameComparison("last").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_text", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.ExactMatch("zip5"),
            cl.LevenshteinAtThresholds("street"),
            cl.ExactMatch("phone"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first", "last"), block_on("birth_text", "last"), block_on("birth_text", "first"),
            block_on("last", "zip5"), block_on("phone"),
        ],
    )  # fmt: skip
    tables = [api.register(table, dataset_display_name=name) for table, name in zip(sides, "vr", strict=True)]
    linker = Linker(tables, settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match([block_on("first", "last", "birth_text")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
    for key in SESSIONS:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*key))
    found = linker.inference.predict(threshold_match_probability=DOCUMENTED_PROBABILITY)
    connection.execute(
        f"""CREATE OR REPLACE TABLE peer_links AS
        SELECT if(source_dataset_l = 'v', record_id_r, record_id_l) AS source_record_id,
            arg_max(if(source_dataset_l = 'v', record_id_l, record_id_r), match_weight) AS voter_id
        FROM {found.physical_name}
        GROUP BY 1"""
    )


def link_by_recordlinkage(connection: duckdb.DuckDBPyConnection, voters: str, records: str, folder: Path) -> None:
    """Make `peer_links` by recordlinkage, without labels, in an environment of its own: it needs an older pandas.

    Raises:
        RuntimeError: It could not be run.
    """
    for table, name in ((voters, "voters"), (records, "records")):
        columns = "record_id, first, last, strftime(birth_date, '%Y%m%d') AS born, house_number, street, zip5, phone"
        connection.execute(f"COPY (SELECT {columns} FROM {identifier(table)}) TO '{folder / name}.parquet'")
    uv = Path(sys.executable).with_name("uv")
    needs = [part for need in ("recordlinkage==0.16", "pandas<3", "pyarrow") for part in ("--with", need)]
    script = Path(__file__).with_name("linking_recordlinkage.py")
    ran = subprocess.run(
        [uv, "run", "--quiet", "--no-project", "--isolated", *needs, "python", script, folder],
        capture_output=True, text=True,
    )  # fmt: skip
    if ran.returncode:
        raise RuntimeError(f"recordlinkage could not be run: {ran.stderr[-300:]}")
    connection.execute(f"CREATE OR REPLACE TABLE peer_links AS FROM '{folder / 'links.parquet'}'")
    (folder / "told.json").write_text(json.dumps({"peer": "recordlinkage 0.16"}), encoding="utf-8")
