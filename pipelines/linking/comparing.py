"""The best voter of new records: by the id that a record states, else by the comparisons.

Every record gets a row, also where no voter may be the person, so that it need not be compared again.
"""

import duckdb

from pipelines.lake import Table
from pipelines.linking.linker import Linker
from pipelines.linking.model import LinkModel
from pipelines.linking.pairs import judge_pairs
from pipelines.linking.prepare import VOTERS
from pipelines.linking.quality import select_evidence
from pipelines.linking.reading import LINKABLE, select_records
from pipelines.linking.ready import ReadyVoters
from pipelines.linking.standard.table import standardise

COMPARED = (
    "source_record_id", "record_hash", "best_voter_id", "found_by", "match_weight", "gap_bits", "candidate_count",
    "namesake_count", "levels", "near_voter_ids", "is_name_proven", "is_person_proven", "surname_code",
    "is_surname_compound",
)  # fmt: skip
"""Columns of what is found about a record before anybody decides; the two proofs count for a stated id only."""

NEAR, NEAR_BITS = 5, 10
"""Candidates of a record that are kept, count, and how far behind the best one they may be, in bits: 1,000 to 1."""

COMMON, MIDDLE = 1 / 1_000, 1 / 20_000
"""Share of a state's voters with a family name from which on it is common, and from which on it is not rare."""


def compare_new(ready: ReadyVoters, model: LinkModel | None) -> None:
    """Make the table `found`: COMPARED, a row per row of the table `new_records`.

    Args:
        ready: The voters; their connection holds `new_records`: raw fields, stated_voter_id and record_hash.
        model: What agreement weighs; without one only stated ids are followed.
    """
    connection, voters = ready.connection, ready.voters
    _follow_stated(connection, voters)
    settled = "(SELECT source_record_id FROM judged WHERE NOT is_contradicted)"
    unstated = f"FROM new_records ANTI JOIN {settled} USING (source_record_id)"
    connection.execute(f"CREATE OR REPLACE TABLE unstated AS {unstated}")
    standardise(connection, select_records("unstated"), "unstated_standard")
    left = connection.execute("SELECT count(*) FROM unstated").fetchall()[0][0]
    if model and left and ready.prepare():
        Linker(model).link(connection, "unstated_standard")
        connection.execute(f"CREATE OR REPLACE TABLE weighed AS {_select_weighed()}")
    else:
        connection.execute(f"CREATE OR REPLACE TABLE weighed AS {_NOTHING}")
    _note_surnames(connection, voters)
    connection.execute(f"CREATE OR REPLACE TABLE found AS {_select_found()}")


def _follow_stated(connection: duckdb.DuckDBPyConnection, voters: Table) -> None:
    """Make the table `stated`: records whose stated id is a voter's who may be shown, and whose names do not object.

    `judged` holds those of protected voters, too: such a record is nobody else's, and is not compared.
    """
    on_file = f"SELECT voter_id FROM ({voters.select()})"
    pairs = f"""
    SELECT source_record_id, stated_voter_id AS voter_id
    FROM new_records
    WHERE stated_voter_id IN ({on_file})"""
    judge_pairs(connection, pairs, voters, "new_records", "judged")
    shown = f"voter_id IN ({on_file} WHERE NOT is_confidential)"
    connection.execute(f"CREATE OR REPLACE TABLE stated AS FROM judged WHERE NOT is_contradicted AND {shown}")


_NOTHING = """
    SELECT NULL::VARCHAR AS source_record_id, NULL::VARCHAR AS voter_id, NULL::DOUBLE AS match_weight,
        NULL::DOUBLE AS gap_bits, NULL::INTEGER AS candidate_count, NULL::INTEGER AS namesake_count,
        NULL::TINYINT[] AS levels, NULL::VARCHAR[] AS near_voter_ids
    WHERE false"""


def _select_weighed() -> str:
    """SELECT of a row per record with a candidate: its best voter, what is known of it, and who else it may be."""
    evidence = select_evidence("best_voters", VOTERS, "SELECT source_record_id, '' AS source FROM best_voters")
    return f"""
    WITH near AS (
        SELECT source_record_id, (list(voter_id ORDER BY match_weight DESC, voter_id))[:{NEAR}] AS near_voter_ids
        FROM (SELECT *, max(match_weight) OVER (PARTITION BY source_record_id) AS best FROM candidates)
        WHERE match_weight >= best - {NEAR_BITS}
        GROUP BY source_record_id
    )
    SELECT source_record_id, b.voter_id, b.match_weight, b.gap_bits, b.candidate_count, namesake_count, b.levels,
        near_voter_ids
    FROM best_voters AS b
    JOIN near USING (source_record_id)
    LEFT JOIN (SELECT source_record_id, namesake_count FROM ({evidence})) USING (source_record_id)"""


def _note_surnames(connection: duckdb.DuckDBPyConnection, voters: Table) -> None:
    """Make the table `surnames`: the family name of every new record as a group of how common it is."""
    folded = "regexp_replace(upper(strip_accents(last_name)), '[^A-Z ]', '', 'g')"
    names = f"SELECT {folded} AS last FROM ({voters.select()}) WHERE {LINKABLE} AND last_name IS NOT NULL"
    connection.execute(
        f"""CREATE OR REPLACE TABLE surnames AS
        WITH shares AS (SELECT last, count(*) / sum(count(*)) OVER () AS share FROM ({names}) GROUP BY last),
        told AS (
            SELECT record_id, last FROM unstated_standard
            UNION ALL SELECT record_id, last FROM judged_records ANTI JOIN unstated_standard USING (record_id)
        )
        SELECT record_id AS source_record_id,
            CASE WHEN told.last IS NULL THEN 'unknown'
                WHEN share >= {COMMON} THEN 'common'
                WHEN share >= {MIDDLE} THEN 'middle'
                ELSE 'rare' END AS surname_code,
            coalesce(contains(told.last, ' '), false) AS is_surname_compound
        FROM told
        LEFT JOIN shares ON shares.last = told.last"""
    )


def _select_found() -> str:
    """SELECT of COMPARED."""
    return """
    SELECT source_record_id, record_hash,
        coalesce(s.voter_id, w.voter_id) AS best_voter_id,
        CASE WHEN s.voter_id IS NULL THEN 'auto' ELSE 'stated_id' END AS found_by,
        match_weight, gap_bits,
        CASE WHEN s.voter_id IS NULL THEN coalesce(candidate_count, 0) ELSE 1 END AS candidate_count,
        namesake_count, levels,
        CASE WHEN s.voter_id IS NULL THEN near_voter_ids ELSE [s.voter_id] END AS near_voter_ids,
        coalesce(is_name_proven, false) AS is_name_proven,
        coalesce(is_person_proven, false) AS is_person_proven,
        surname_code, is_surname_compound
    FROM (SELECT source_record_id, record_hash FROM new_records)
    LEFT JOIN stated AS s USING (source_record_id)
    LEFT JOIN weighed AS w USING (source_record_id)
    JOIN surnames USING (source_record_id)"""
