"""How many records of a source find their voter, how right that is where people reviewed it, and for whom less so.

Counts and shares only. Groups are those a record itself tells: age, gender, and how common the family name is among the
voters and whether it has several words. Whose name it is by origin is neither known nor guessed.
"""

import math
from typing import Any

import duckdb

from pipelines.lake import Lake
from pipelines.linking.model import LinkModel
from pipelines.linking.pairs import proofs_of_list
from pipelines.linking.reading import newest_records
from pipelines.linking.reviewed import keep_reviewed
from pipelines.linking.uses import Use, where_passes
from pipelines.sql import literal
from pipelines.tables.links import Links

GROUPS = ("age", "gender", "surname", "surname_words")
NOT_TOLD = "not told"
_TWO_SIDED = 1.96  # standard errors of a 95% interval

_BANDS = f"""CASE WHEN age IS NULL THEN {literal(NOT_TOLD)} WHEN age < 30 THEN 'under 30' WHEN age < 45 THEN '30 to 44'
            WHEN age < 65 THEN '45 to 64' ELSE '65 and over' END"""


def coverage_of(lake: Lake, state: str, source: str, role: str, model: LinkModel | None) -> dict[str, Any]:
    """The coverage of one source and role in a state, as JSON has it.

    `records`: looked at. `uses`, by use: `linked`, `share`, and of the records that were drawn by chance, decided, and
    would serve it: `reviewed`, `precision` (weighted by how likely each was to be drawn; null where none was),
    `low`, `high` (95% interval). `groups`: the same at the threshold of a feature, by group and its value.

    The precision is that of what the comparisons found, before people mended it; the second stage learned from the same
    decisions, so it is a little flattered.

    Args:
        lake: Data root.
        state: Two-letter code.
        source: Name of the source.
        role: Role of its records.
        model: The linkage model in use; without one nothing was reviewed.
    """
    with lake.connect() as connection:
        _keep_grouped(connection, lake, state, source, role)
        _keep_graded(connection, lake, state, source, role, model)
        counted = _rows(connection, _select_counts("grouped"))
        graded = _rows(connection, _select_counts("graded"))
    whole = counted[("", "")]
    uses = {use.value: _told(whole, graded.get(("", "")), use) for use in Use}
    groups: dict[str, dict[str, Any]] = {name: {} for name in GROUPS}
    for (name, value), row in counted.items():
        if name:
            groups[name][value] = {"records": row["records"], **_told(row, graded.get((name, value)), Use.FEATURE)}
    return {"groups": groups, "records": whole["records"], "uses": uses}


def _keep_grouped(connection: duckdb.DuckDBPyConnection, lake: Lake, state: str, source: str, role: str) -> None:
    """Make the table `grouped`: the rows of core_links with the groups that their records tell."""
    links = lake.table(Links, state=state, source=source, role=role).select()
    records = newest_records(lake, role, source).select()
    connection.execute(
        f"""CREATE OR REPLACE TABLE grouped AS
        SELECT * EXCLUDE (age), {_BANDS} AS age
        FROM (
            SELECT l.*,
                year(snapshot_date) - coalesce(birth_year, year(birth_date)) AS age,
                coalesce(gender_code, {literal(NOT_TOLD)}) AS gender,
                CASE surname_code WHEN 'unknown' THEN {literal(NOT_TOLD)} ELSE surname_code END AS surname,
                CASE WHEN surname_code = 'unknown' THEN {literal(NOT_TOLD)}
                    WHEN is_surname_compound THEN 'several words' ELSE 'one word' END AS surname_words,
                1::DOUBLE AS chance, false AS is_right
            FROM ({links}) AS l
            LEFT JOIN ({records}) AS r USING (source_record_id)
        )"""
    )


def _keep_graded(
    connection: duckdb.DuckDBPyConnection, lake: Lake, state: str, source: str, role: str, model: LinkModel | None
) -> None:
    """Make the table `graded`: the reviewed rows as the comparisons found them, and whether they are right."""
    if model is None:
        connection.execute("CREATE OR REPLACE TABLE graded AS FROM grouped WHERE false")
        return
    keep_reviewed(connection, lake, state, model.sha256, source=source, role=role)
    name, person = proofs_of_list(model.traits)
    connection.execute(
        f"""CREATE OR REPLACE TABLE graded AS
        SELECT g.* REPLACE (best_voter_id AS voter_id, best_q AS link_q, found_by AS decided_by, d.chance AS chance,
            d.is_right AS is_right, {name} AS is_name_proven, {person} AS is_person_proven)
        FROM grouped AS g
        JOIN (SELECT source_record_id, is_right, chance FROM reviewed) AS d USING (source_record_id)"""
    )


def _sums() -> str:
    """SQL of what is added up for each use: rows, their weights, the squares, and the weights of the right ones."""
    return ", ".join(
        f"count(*) FILTER ({where_passes(use)}) AS {use}_rows, "
        f"sum(1 / chance) FILTER ({where_passes(use)}) AS {use}_weight, "
        f"sum(1 / chance / chance) FILTER ({where_passes(use)}) AS {use}_squares, "
        f"coalesce(sum(1 / chance) FILTER ({where_passes(use)} AND is_right), 0) AS {use}_right"
        for use in Use
    )


def _select_counts(table: str) -> str:
    """SELECT of sums over all rows (group and value blank) and over every value of every group."""
    sums = f"count(*) AS records, {_sums()}"
    parts = [f"SELECT '' AS name, '' AS value, {sums} FROM {table}"]
    parts += [f"SELECT {literal(name)}, {name}, {sums} FROM {table} GROUP BY {name}" for name in GROUPS]
    return "\nUNION ALL ".join(parts)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = connection.execute(f"FROM ({query}) ORDER BY name, value")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(row["name"], row["value"]): row for row in rows}


def _told(row: dict[str, Any], graded: dict[str, Any] | None, use: Use) -> dict[str, Any]:
    linked = row[f"{use}_rows"]
    share = round(linked / row["records"], 4) if row["records"] else None
    return {"linked": linked, "share": share, **_precision(graded, use)}


def _precision(graded: dict[str, Any] | None, use: Use) -> dict[str, Any]:
    """Weighted share that is right, with Wilson's interval for as many records as the weights are worth (Kish)."""
    if not graded or not graded[f"{use}_rows"]:
        return {"reviewed": 0, "precision": None, "low": None, "high": None}
    weight, squares = graded[f"{use}_weight"], graded[f"{use}_squares"]
    share, worth = graded[f"{use}_right"] / weight, weight * weight / squares
    low, high = wilson(share, worth)
    told = {"precision": share, "low": low, "high": high}
    return {"reviewed": graded[f"{use}_rows"], **{name: round(value, 4) for name, value in told.items()}}


def wilson(share: float, count: float) -> tuple[float, float]:
    """Ends of the 95% interval of a share seen in so many records.

    Source:
        Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    z = _TWO_SIDED
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
