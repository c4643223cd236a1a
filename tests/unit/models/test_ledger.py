"""A ledger row fits the ledger's contract."""

import pyarrow as pa

from models.ledger import version_event
from models.tables import ModelVersions


def test_an_event_fits_its_contract(version) -> None:
    row = version_event(version, "trained", sequence=1, path="model/turnout/x", decided_by="gates", reason="weekly")
    table = pa.Table.from_pylist([row], schema=ModelVersions.schema())
    assert set(row) == set(ModelVersions.schema().names)
    assert table["version_id"].to_pylist() == [version.version_id]
    assert table["receipts"].to_pylist() == [["a" * 64]]
    assert [name for name in table.column_names if table[name].null_count] == []
