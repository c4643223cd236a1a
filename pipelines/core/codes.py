"""The code files of a delivery as small tables, and the texts that they add to rows.

A code means what the file of the same delivery says; where a source may leave its code file out, the newest earlier one
stays in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.errors import LayoutError, NoMemberError
from pipelines.layouts.lookups import CodeFile, Lookup
from pipelines.layouts.reading.positions import Positions
from pipelines.raw.opening import blank_lines
from pipelines.raw.readers import TextRelation, open_file
from pipelines.raw.receipts import Delivery, kept_file
from pipelines.sql import identifier, literal


@dataclass(frozen=True)
class CodeTables:
    """Code files in working tables: `codes_<name>` with the texts of every column, blanks around them cut.

    Attributes:
        headers: Headers of each table, c0 .. cN in order, by the name of the codes.
    """

    headers: dict[str, tuple[str, ...]]

    def join(
        self, relation: str, headers: Sequence[str], lookups: Sequence[Lookup], missing: str
    ) -> tuple[str, tuple[str, ...]]:
        """A relation of texts c0 .. cN with the texts that code files add behind them.

        Args:
            relation: SQL of the relation.
            headers: Headers of its texts.
            lookups: What is added.
            missing: SQL of the text that stands for a code that the code file lacks.

        Returns:
            SQL of the relation, and the headers of all its texts.
        """
        found = list(headers)
        for lookup in lookups:
            relation = self._joined(relation, found, lookup, missing)
            found += lookup.gives
        return relation, tuple(found)

    def _joined(self, relation: str, headers: Sequence[str], lookup: Lookup, missing: str) -> str:
        row, codes = Positions(tuple(headers)), Positions(self.headers[lookup.codes])
        keys = [f"upper(c{codes.of(known)}) AS k{place}" for place, known in enumerate(lookup.by.values())]
        told = [f"first(c{codes.of(known)}) AS g{place}" for place, known in enumerate(lookup.gives.values())]
        texts = [literal(at[1:]) if at.startswith("=") else f"trim(rows.c{row.of(at)})" for at in lookup.by]
        matched = " AND ".join(f"upper({text}) = k{place}" for place, text in enumerate(texts))
        added = [f"coalesce(g{place}, {missing}) AS c{len(headers) + place}" for place, _ in enumerate(lookup.gives)]
        return f"""(
            SELECT rows.*, {", ".join(added)}
            FROM {relation} AS rows
            LEFT JOIN (
                SELECT {", ".join([*keys, *told])} FROM {identifier(f"codes_{lookup.codes}")} GROUP BY ALL
            ) AS known ON {matched}
        )"""


def stage_codes(
    connection: duckdb.DuckDBPyConnection,
    root: Path,
    deliveries: Sequence[Delivery],
    codes: dict[str, CodeFile],
    scratch: Path,
    differences: list[str],
) -> CodeTables:
    """Read the code files of a delivery.

    Args:
        connection: Where the tables are made.
        root: Data root, where the received bytes are kept.
        deliveries: The delivery, and the accepted ones before it, newest first.
        codes: Code files of the layout, by name.
        scratch: Folder for unpacked copies.
        differences: Takes a sentence for codes of an earlier delivery.

    Raises:
        LayoutError: A code file cannot be opened, or came neither with this delivery nor with an earlier one.
    """
    return CodeTables(
        {name: _stage(connection, root, deliveries, name, files, scratch, differences) for name, files in codes.items()}
    )


def _stage(
    connection: duckdb.DuckDBPyConnection,
    root: Path,
    deliveries: Sequence[Delivery],
    name: str,
    files: CodeFile,
    scratch: Path,
    differences: list[str],
) -> tuple[str, ...]:
    for delivery in deliveries if files.is_carried else deliveries[:1]:
        try:
            found = _read(connection, root, delivery, name, files, scratch)
        except NoMemberError:
            found = None
        if found and delivery is not deliveries[0]:
            differences.append(f"The codes {name} are those of {delivery.snapshot_date}; no newer file came.")
        if found:
            return found
    raise LayoutError(f"No file of the codes {name} came, with this delivery or an earlier one.")


def _read(
    connection: duckdb.DuckDBPyConnection, root: Path, delivery: Delivery, name: str, files: CodeFile, scratch: Path
) -> tuple[str, ...] | None:
    texts = [
        text
        for event in delivery.fitting(files)
        for text in open_file(kept_file(root, event["file_id"]), event["file_name"], files, scratch)
    ]
    if not texts:
        return None
    headers, table = tuple(files.format.names), identifier(f"codes_{name}")
    connection.execute(f"CREATE TABLE {table} ({', '.join(f'c{place} VARCHAR' for place, _ in enumerate(headers))})")
    for text in texts:
        found = Positions(text.headers)
        places = [found.of(header) for header in headers]
        told = ", ".join("NULL" if place is None else f"trim(c{place})" for place in places)
        connection.execute(f"INSERT INTO {table} SELECT {told} FROM {text.relation}")
    _demand_whole(connection, name, table, texts)
    return headers


def _demand_whole(connection: duckdb.DuckDBPyConnection, name: str, table: str, texts: Sequence[TextRelation]) -> None:
    """A line that cannot be split would leave people without the meaning of their code."""
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    scans = [text.scan for text in texts if text.scan]
    lines = sum(scan.opened.line_count - scan.lines_before - len(list(blank_lines(scan.opened.path))) for scan in scans)
    rows = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    if scans and rows != lines:
        raise LayoutError(f"The codes {name}: {lines - rows:,} of {lines:,} lines are no record of their own.")
