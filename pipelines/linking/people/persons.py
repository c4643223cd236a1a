"""Persons over all states as of a day: whom a number means, a person's numbers, and a person's homes.

Who moved or was merged has a person_id in core_people for each part of the way. They are joined here: the person has
the one that began first. What is known later than the day is left out, so that later files leave the answer for a day
as it was (an older one that comes late may not). An id that somebody kept can be followed: its spells are still there,
under the person they are now known to belong to.
"""

import datetime as dt

from pipelines.lake import Table

_EVER = dt.date(9999, 12, 31)


def select_persons(people: Table, as_of: dt.date = _EVER) -> str:
    """SELECT of whom each number means on a day: state, voter_id, person_id, from_date of the spell.

    A row per number that was on a file by the day, whether or not it is on the newest.

    Args:
        people: core_people of all states, or of those among which people are followed.
        as_of: Last day whose knowledge counts.
    """
    return f"""
    {_with_spells(people, as_of)}
    SELECT state, voter_id, person_id, from_date
    FROM resolved
    QUALIFY row_number() OVER (PARTITION BY voter_id ORDER BY from_date DESC) = 1"""


def select_person_history(people: Table, as_of: dt.date = _EVER) -> str:
    """SELECT of all spells of all persons by a day: a row per person_id and place, from 1, in order of time.

    Columns: person_id, place, state, voter_id, from_date, until_date (null while it lasts),
    basis_code, earlier_voter_id and evidence. A person with one place has had one number in one state.

    Args:
        people: core_people of all states, or of those among which people are followed.
        as_of: Last day whose knowledge counts.
    """
    return f"""
    {_with_spells(people, as_of)}
    SELECT person_id, row_number() OVER (PARTITION BY person_id ORDER BY from_date, voter_id) AS place,
        state, voter_id, from_date, CASE WHEN ended_on <= {_sql(as_of)} THEN until_date END AS until_date,
        basis_code, earlier_voter_id, evidence
    FROM resolved"""


def select_person_households(people: Table, households: Table, as_of: dt.date = _EVER) -> str:
    """SELECT of the homes of persons: a row per snapshot and number on it, by a day.

    Columns: person_id, snapshot_date, state, voter_id, household_id. Who had two numbers on a file has two rows of it.

    Args:
        people: core_people of all states, or of those among which people are followed.
        households: core_households of the same states.
        as_of: Last day whose knowledge counts.
    """
    return f"""
    {_with_spells(people, as_of)}
    SELECT resolved.person_id, homes.snapshot_date, homes.state, homes.voter_id, homes.household_id
    FROM (SELECT * FROM ({households.select()}) WHERE snapshot_date <= {_sql(as_of)}) AS homes
    ASOF JOIN resolved ON homes.voter_id = resolved.voter_id AND homes.snapshot_date >= resolved.from_date"""


def _sql(day: dt.date) -> str:
    return f"DATE '{day}'"


def _with_spells(people: Table, as_of: dt.date) -> str:
    """The WITH clause of `resolved`: the spells by a day, each with the id of its person over all states.

    `joined` are pairs of ids of one person: of who moved, and of a number before and after its merging, unless the
    state has taken that back. `reached` follows them; a person is the one among them that began first.
    """
    day = _sql(as_of)
    return f"""
    WITH RECURSIVE told AS MATERIALIZED (
        SELECT * REPLACE (
                CASE WHEN known_on <= {day} THEN basis_code WHEN is_first THEN 'first_seen' ELSE 'reused_number' END
                    AS basis_code,
                CASE WHEN known_on <= {day} THEN earlier_voter_id END AS earlier_voter_id,
                CASE WHEN known_on <= {day} THEN earlier_seen_on END AS earlier_seen_on,
                CASE WHEN known_on <= {day} THEN evidence END AS evidence)
        FROM (SELECT *, row_number() OVER (PARTITION BY voter_id ORDER BY from_date) = 1 AS is_first
            FROM ({people.select()}))
        WHERE from_date <= {day}
    ), numbered AS (
        SELECT *, lag(person_id) OVER number AS person_before, lead(basis_code) OVER number AS basis_after
        FROM told
        WINDOW number AS (PARTITION BY voter_id ORDER BY from_date)
    ), joined AS (
        SELECT later.person_id AS one, earlier.person_id AS other
        FROM (FROM told WHERE basis_code = 'moved_state') AS later
        ASOF JOIN told AS earlier
            ON later.earlier_voter_id = earlier.voter_id AND later.earlier_seen_on >= earlier.from_date
        UNION
        SELECT person_id, person_before
        FROM numbered
        WHERE basis_code = 'merged' AND person_before <> person_id AND basis_after IS DISTINCT FROM 'split'
    ), edges AS MATERIALIZED (
        SELECT one, other FROM joined
        UNION
        SELECT other, one FROM joined
    ), reached AS (
        SELECT one AS person_id, one AS reached_id FROM edges
        UNION
        SELECT reached.person_id, edges.other
        FROM reached
        JOIN edges ON edges.one = reached.reached_id
    ), began AS (
        SELECT person_id AS reached_id, min((from_date, voter_id)) AS began_at
        FROM told SEMI JOIN reached ON told.person_id = reached.reached_id
        GROUP BY person_id
    ), persons AS (
        SELECT person_id, arg_min(reached_id, began_at) AS first_id
        FROM reached JOIN began USING (reached_id)
        GROUP BY person_id
    ), resolved AS (
        SELECT told.* REPLACE (coalesce(first_id, person_id) AS person_id)
        FROM told LEFT JOIN persons USING (person_id)
    )"""
