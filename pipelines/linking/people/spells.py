"""core_people of the steps of a state: spells of numbers, and the person of each."""

from pipelines.lake import Table
from pipelines.sql import literal

_LENGTH = 20  # hexadecimal digits: two of a billion persons share an id with a chance of one in a million
_RANK = "list_position(['first_seen', 'same_number', 'reused_number', 'split', 'changed_number', 'merged'], step_code)"


def own_person_id(voter_id: str, day: str) -> str:
    """SQL of the person_id of who is first seen under a number on a day."""
    return f"left(md5({voter_id} || ' ' || CAST({day} AS VARCHAR)), {_LENGTH})"


def select_people(steps: Table, changes: Table) -> str:
    """SELECT of core_people of a state.

    A spell starts with each step but `moved_state`, which tells of the spell that lasts. It ends with the file before
    the one that lacks the number, or before the next spell of the number. The person is the one of the spell that the
    step names, and so on back in time: each spell has one before it at most, and that one started earlier, or on the
    same day as somebody's first. What is like somebody else joins nobody.

    Args:
        steps: core_person_steps of the state.
        changes: core_voter_changes of the state.
    """
    days = ", ".join(literal(day) for _, day in steps.records())
    return f"""
    WITH RECURSIVE steps AS MATERIALIZED (
        {steps.select()}
    ), days AS (
        SELECT from_date, lag(from_date) OVER (ORDER BY from_date) AS day_before
        FROM (SELECT unnest([{days}]::DATE[]) AS from_date)
    ), starts AS MATERIALIZED (
        SELECT * EXCLUDE (state, snapshot_date), snapshot_date AS from_date
        FROM steps
        WHERE step_code <> 'moved_state'
        QUALIFY row_number() OVER (PARTITION BY voter_id, snapshot_date ORDER BY {_RANK} DESC) = 1
    ), links AS (
        -- the spell that each spell takes its person from
        SELECT later.voter_id, later.from_date, spell.voter_id AS up_voter_id, spell.from_date AS up_from_date
        FROM (FROM starts WHERE earlier_voter_id IS NOT NULL) AS later
        ASOF JOIN starts AS spell
            ON later.earlier_voter_id = spell.voter_id AND later.earlier_seen_on >= spell.from_date
    ), traced AS (
        SELECT *, 1 AS steps_back
        FROM links
        UNION ALL
        SELECT traced.voter_id, traced.from_date, links.up_voter_id, links.up_from_date, steps_back + 1
        FROM traced
        JOIN links ON links.voter_id = traced.up_voter_id AND links.from_date = traced.up_from_date
    ), firsts AS (
        SELECT * FROM traced QUALIFY row_number() OVER (PARTITION BY voter_id, from_date ORDER BY steps_back DESC) = 1
    ), ends AS (
        SELECT gone.voter_id, spell.from_date, gone.previous_snapshot_date AS until_date, gone.snapshot_date AS ended_on
        FROM ({changes.select()}) AS gone
        ASOF JOIN starts AS spell ON gone.voter_id = spell.voter_id AND gone.snapshot_date > spell.from_date
        WHERE change_code IN ('dropped', 'delisted')
    ), moves AS (
        SELECT spell.from_date, moved.*
        FROM (FROM steps WHERE step_code = 'moved_state') AS moved
        ASOF JOIN starts AS spell ON moved.voter_id = spell.voter_id AND moved.snapshot_date >= spell.from_date
    ), next AS (
        SELECT voter_id, from_date, lead(from_date) OVER (PARTITION BY voter_id ORDER BY from_date) AS next_from
        FROM starts
    )
    SELECT starts.voter_id, starts.from_date,
        coalesce(ends.until_date, days.day_before) AS until_date, coalesce(ends.ended_on, next_from) AS ended_on,
        {own_person_id("coalesce(up_voter_id, starts.voter_id)", "coalesce(up_from_date, starts.from_date)")}
            AS person_id,
        coalesce(moves.step_code, starts.step_code) AS basis_code,
        coalesce(moves.snapshot_date, starts.from_date) AS known_on,
        coalesce(moves.earlier_voter_id, starts.earlier_voter_id) AS earlier_voter_id,
        CASE WHEN coalesce(moves.earlier_voter_id, starts.earlier_voter_id) IS NOT NULL
            THEN coalesce(moves.earlier_seen_on, starts.earlier_seen_on) END AS earlier_seen_on,
        coalesce(moves.evidence, starts.evidence) AS evidence,
        moves.match_weight, moves.gap_bits
    FROM starts
    LEFT JOIN firsts USING (voter_id, from_date)
    LEFT JOIN ends USING (voter_id, from_date)
    LEFT JOIN moves USING (voter_id, from_date)
    LEFT JOIN next USING (voter_id, from_date)
    LEFT JOIN days ON days.from_date = next_from"""
