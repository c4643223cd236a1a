"""Writes core_links: the best voter of every record of a source that may be a voter of a state.

Only new records are compared. A row stands as long as the record says the same of who it is, and voters, model, rule
and program are the same; what is calibrated and what people decided is laid over the rows anew each time.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import duckdb

from models.errors import LinkError, WalklistError
from models.link_quality import LinkQuality
from pipelines.lake import Lake, Record, Table, code_version, fingerprint
from pipelines.layouts.source import Vendor
from pipelines.linking.comparing import COMPARED, compare_new
from pipelines.linking.model import LinkModel
from pipelines.linking.pairs import proofs_of_list
from pipelines.linking.reading import IDENTITY, newest_records, of_state, record_hash
from pipelines.linking.ready import ReadyVoters, ready_voters
from pipelines.linking.reviews import ReviewLedger, keep_decided
from pipelines.linking.weighing import keep_chances
from pipelines.sql import literal
from pipelines.tables.links import Links

RULE_VERSION = "best-voter-1"
"""The best voter that first names do not contradict; what it is good for is said where it is handed out."""

_COMPARING = code_version(
    "pipelines/linking/standard",
    "pipelines/sql.py",
    *(
        f"pipelines/linking/{name}.py"
        for name in ("blocking", "comparing", "comparisons", "deciding", "linker", "model", "pairs", "prepare",
                     "quality", "reading", "ready")
    ),
)  # fmt: skip
_DECIDING = code_version(
    "models/link_quality.py", *(f"pipelines/linking/{name}.py" for name in ("links", "reviews", "weighing"))
)


def write_links(
    lake: Lake,
    state: str,
    vendor_name: str,
    vendor: Vendor,
    role: str,
    voters: Table,
    model: LinkModel | None,
    quality: LinkQuality | None,
    reviews: ReviewLedger,
    ready: ReadyVoters | None = None,
) -> Record:
    """Link the newest accepted delivery of a source's records of one role to a state's voters.

    Args:
        lake: Data root.
        state: Two-letter code of the state.
        vendor_name: Name of the source.
        vendor: The source.
        role: Role of the records.
        voters: core_voters, the newest snapshot of the state.
        model: What agreement weighs; without one only stated ids are followed.
        quality: The second stage; without one no link is calibrated.
        reviews: What people decided in the state.
        ready: The same voters, where those of several sources are linked in one go; none: they are prepared here.

    Returns:
        The record of the partition; `is_new` is false where it stood already.

    Raises:
        LinkError: The source does not cover the state, or has no records of the role; or a blocking rule would look
            at more pairs than its budget.
    """
    _demand_covered(state, vendor_name, vendor, role)
    records, place = newest_records(lake, role, vendor_name), {"state": state, "source": vendor_name, "role": role}
    compared_from = _compared_from(model, voters)
    decided_from = [quality and quality.sha256, reviews.fingerprint(vendor_name, role), _DECIDING]
    made_from = fingerprint("core_links", compared_from, records.fingerprint, place, decided_from)
    standing = lake.current(Links, made_from, **place)
    if standing:
        return standing
    with contextlib.nullcontext(ready) if ready else ready_voters(lake, voters) as at_hand:
        connection = at_hand.connection
        _tell_records(connection, records, state)
        _carry_over(connection, lake.table(Links, **place), compared_from)
        _compare(at_hand, model, (vendor_name, role))
        keep_chances(connection, vendor_name, model, quality)
        keep_decided(connection, reviews, vendor_name, role, voters)
        query = _select_links(compared_from, model, quality)
        return lake.write(Links, connection, query, made_from, **place)


def _demand_covered(state: str, vendor_name: str, vendor: Vendor, role: str) -> None:
    if state not in vendor.states or role not in vendor.roles:
        raise LinkError(
            f"{vendor_name} has no {role} of {state}: it covers {', '.join(vendor.states)} with "
            f"{', '.join(vendor.roles)}. Name the state under `states`, or the role in a layout."
        )


def _tell_records(connection: duckdb.DuckDBPyConnection, records: Table, state: str) -> None:
    """Make the view `told_records`: the records that may be of the state, with their hash."""
    told = f"SELECT *, {record_hash()} AS record_hash FROM ({records.select()}) WHERE {of_state(state)}"
    connection.execute(f"CREATE OR REPLACE VIEW told_records AS {told}")


def _carry_over(connection: duckdb.DuckDBPyConnection, standing: Table, compared_from: str) -> None:
    """Make the table `compared` of the standing rows that still hold.

    Of a row that a person gave another voter than the stated one, what was found about the stated one is not kept: it
    is found again.
    """
    kept = "found_by = 'auto' OR voter_id IS NULL OR voter_id = best_voter_id"
    rows = f"compared_from = {literal(compared_from)} AND ({kept})"
    told = "(SELECT source_record_id, record_hash FROM told_records)"
    try:
        found = f"SELECT {_COLUMNS} FROM ({standing.select()}) SEMI JOIN {told} USING (source_record_id, record_hash)"
        connection.execute(f"CREATE OR REPLACE TABLE compared AS {found} WHERE {rows}")
    except (WalklistError, duckdb.BinderException):  # its file is damaged, or of another version of the contract
        nothing = f"SELECT {_COLUMNS} FROM ({_no_links()})"
        connection.execute(f"CREATE OR REPLACE TABLE compared AS {nothing}")


_COLUMNS = ", ".join(COMPARED)


def _no_links() -> str:
    return Table(Links, Path("none")).select()


def compare_together(
    lake: Lake, state: str, lists: Sequence[tuple[str, str]], model: LinkModel | None, ready: ReadyVoters
) -> None:
    """Compare the new records of several lists of a state at once; `write_links` finds them compared.

    What becomes of a record depends on no other, so the rows are those of one list after the other; but each comparison
    costs seconds, however few the records.

    Args:
        lake: Data root.
        state: Two-letter code of the state.
        lists: Source and role of each list.
        model: What agreement weighs.
        ready: The voters.
    """
    if not lists:
        return
    connection, told = ready.connection, ", ".join(("record_hash", "stated_voter_id", *IDENTITY))
    compared_from = _compared_from(model, ready.voters)
    parts = []
    for place, (name, role) in enumerate(lists):
        _tell_records(connection, newest_records(lake, role, name), state)
        _carry_over(connection, lake.table(Links, state=state, source=name, role=role), compared_from)
        new = f"SELECT {literal(f'{place} ')} || source_record_id AS source_record_id, {told} FROM ({_NEW})"
        connection.execute(f"CREATE OR REPLACE TABLE new_of_{place} AS {new}")
        parts.append(f"FROM new_of_{place}")
    connection.execute(f"CREATE OR REPLACE TABLE new_records AS {' UNION ALL '.join(parts)}")
    for place, _ in enumerate(lists):
        connection.execute(f"DROP TABLE new_of_{place}")
    if connection.execute("SELECT count(*) FROM new_records").fetchall()[0][0]:
        try:
            compare_new(ready, model)
        except LinkError:
            return  # too many pairs for one: each list is then compared within a budget of its own
        connection.execute("CREATE OR REPLACE TABLE found_together AS FROM found")
        ready.compared_lists = {found: place for place, found in enumerate(lists)}


def _compared_from(model: LinkModel | None, voters: Table) -> str:
    """What the comparison of a record follows from, the record aside."""
    return fingerprint(model and model.sha256, RULE_VERSION, voters.fingerprint, _COMPARING)


_NEW = "SELECT * FROM told_records ANTI JOIN compared USING (source_record_id)"


def _compare(ready: ReadyVoters, model: LinkModel | None, which: tuple[str, str]) -> None:
    """Add the records that are not in `compared` to it, from those compared together where they are among them."""
    connection = ready.connection
    connection.execute(f"CREATE OR REPLACE TABLE new_records AS {_NEW}")
    if which in ready.compared_lists:
        own = literal(f"{ready.compared_lists[which]} ")
        connection.execute(
            f"""INSERT INTO compared SELECT {_COLUMNS}
            FROM (
                SELECT * REPLACE (substr(source_record_id, length({own}) + 1) AS source_record_id)
                FROM found_together
                WHERE starts_with(source_record_id, {own})
            )
            SEMI JOIN new_records USING (source_record_id, record_hash)"""
        )
        connection.execute(f"CREATE OR REPLACE TABLE new_records AS {_NEW}")
    if connection.execute("SELECT count(*) FROM new_records").fetchall()[0][0]:
        compare_new(ready, model)
        connection.execute(f"INSERT INTO compared SELECT {_COLUMNS} FROM found")


def _select_links(compared_from: str, model: LinkModel | None, quality: LinkQuality | None) -> str:
    """SELECT of the rows of core_links: what was found, and over it what people decided."""
    name, person = proofs_of_list(model.traits if model else [])
    model_sha, quality_sha = (literal(part.sha256) if part else "NULL" for part in (model, quality))
    is_ruled_out = "(h.source_record_id IS NOT NULL OR (s.voter_id IS NULL AND o.voter_id IS NOT NULL))"
    return f"""
    WITH known AS (
        SELECT * REPLACE (
            CASE found_by WHEN 'auto' THEN {name} ELSE is_name_proven END AS is_name_proven,
            CASE found_by WHEN 'auto' THEN {person} ELSE is_person_proven END AS is_person_proven)
        FROM compared
    )
    SELECT k.source_record_id,
        CASE WHEN NOT {is_ruled_out} THEN coalesce(s.voter_id, best_voter_id) END AS voter_id,
        CASE WHEN {is_ruled_out} THEN NULL WHEN s.voter_id IS NOT NULL THEN 1 ELSE best_q END AS link_q,
        CASE WHEN s.voter_id IS NOT NULL OR {is_ruled_out} THEN 'review' ELSE found_by END AS decided_by,
        best_voter_id, best_q, found_by, match_weight, gap_bits, candidate_count, namesake_count, levels,
        near_voter_ids,
        CASE WHEN s.voter_id <> best_voter_id OR best_voter_id IS NULL THEN coalesce(s.is_name_proven, false)
            ELSE k.is_name_proven END AS is_name_proven,
        CASE WHEN s.voter_id <> best_voter_id OR best_voter_id IS NULL THEN coalesce(s.is_person_proven, false)
            ELSE k.is_person_proven END AS is_person_proven,
        surname_code, is_surname_compound, record_hash,
        {literal(compared_from)} AS compared_from,
        {literal(RULE_VERSION)} AS rule_version,
        CASE found_by WHEN 'auto' THEN {model_sha} END AS model_sha256,
        CASE WHEN best_q IS NOT NULL THEN {quality_sha} END AS quality_sha256
    FROM known AS k
    LEFT JOIN chances USING (source_record_id)
    LEFT JOIN (
        FROM said_same      -- of a record that has become somebody else under its old id nothing was said
        WHERE NOT (is_contradicted AND source_record_id IN (SELECT source_record_id FROM said_changed))
    ) AS s USING (source_record_id)
    LEFT JOIN said_hidden AS h USING (source_record_id)
    LEFT JOIN said_other AS o ON o.source_record_id = k.source_record_id AND o.voter_id = best_voter_id"""
