"""What code files say of voters: each distinct code of the staged people is looked up once."""

import duckdb

from pipelines.core.readings import Occasion
from pipelines.core.staged import Staged
from pipelines.core.stagers import headers_looked_up
from pipelines.layouts.files import FileLayout
from pipelines.layouts.reading.packing import SEPARATOR
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import select_typed
from pipelines.sql import literal


def columns_looked_up(files: FileLayout) -> list[str]:
    """Columns of core_voters that code files tell."""
    given = {header for lookup in files.lookups for header in lookup.gives}
    return [name for name, layout in files.voters.items() if given & set(layout.from_)]


def look_up(connection: duckdb.DuckDBPyConnection, staged: Staged, files: FileLayout, occasion: Occasion) -> None:
    """Make the table `looked_up_values`: for each text of codes in staged_voters what the code files say.

    Args:
        connection: Holds the working tables.
        staged: Takes how many people have a code that no code file knows.
        files: Layout of the voters.
        occasion: Of the delivery.
    """
    named = columns_looked_up(files)
    if not named:
        return
    headers = headers_looked_up(files)
    parts = ", ".join(
        f"nullif(string_split(looked_up, {literal(SEPARATOR)})[{place}], '') AS c{place - 1}"
        for place, _ in enumerate(headers, 1)
    )
    keys = f"(SELECT DISTINCT looked_up, {parts} FROM staged_voters WHERE looked_up IS NOT NULL)"
    relation, found = occasion.codes.join(keys, headers, files.lookups, "NULL")
    columns = {name: files.voters[name] for name in named}
    typed = select_typed(columns, Positions(found), relation, ["looked_up"])
    connection.execute(f"CREATE TABLE looked_up_values AS SELECT * EXCLUDE (fault_bits, masked_bits) FROM ({typed})")
    unknown = ", ".join(f"count(*) FILTER (looked_up_values.{name} IS NULL)" for name in named)
    counts = connection.execute(f"SELECT {unknown} FROM staged_voters JOIN looked_up_values USING (looked_up)")
    for name, count in zip(named, counts.fetchall()[0], strict=True):
        told = f"{name}: {count:,} people have no code for it, or one that the code files do not know."
        staged.differences += [told] if count else []
