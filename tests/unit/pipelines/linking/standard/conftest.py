"""Records in, standard records out."""

import duckdb
import pyarrow as pa
import pytest

from pipelines.linking.standard.table import FIELDS, standardise

_ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32(), "SMALLINT": pa.int16()}


@pytest.fixture(scope="session")
def standardised():
    """`standardised([{"first_name": "Bob"}])` gives the standard records, in the order of the raw ones."""
    connection = duckdb.connect(config={"threads": 1})

    def run(records: list[dict]) -> list[dict]:
        names = sorted({name for record in records for name in record} - {"record_id"})
        schema = pa.schema([("record_id", pa.string()), *((name, _ARROW[FIELDS[name]]) for name in names)])
        rows = [{"record_id": f"{place:06}", **record} for place, record in enumerate(records)]
        connection.register("raw", pa.Table.from_pylist(rows, schema=schema))
        standardise(connection, "SELECT * FROM raw", "standard")
        return connection.sql("SELECT * FROM standard").to_arrow_table().to_pylist()

    return run


@pytest.fixture(scope="session")
def check(standardised):
    """`check("first_name | last_name => first | last ...")` compares each line; a blank cell is null."""

    def run(text: str) -> None:
        header, *lines = [[_cells(side) for side in line.split("=>")] for line in text.strip().splitlines()]
        records = [dict(zip(header[0], given, strict=True)) for given, _ in lines]
        found = [[_shown(record[name]) for name in header[1]] for record in standardised(records)]
        assert found == [wanted for _, wanted in lines]

    return run


def _cells(side: str) -> list[str | None]:
    return [cell.strip() or None for cell in side.split("|")]


def _shown(value: object) -> str | None:
    return " ".join(value) if isinstance(value, list) else None if value is None else str(value)
