"""What linked sources told of a voter by the as-of day: gifts, lists, shifts, contacts, and what vendors sell.

A link says who a record is about, and is made with the files of today; what the record says counts from its `known_on`.
Of lists that are complete by nature (gifts, subscribers, shifts, contacts) a voter whom no record may mean has none:
zero. A voter whom only a weak link names is unknown: null. What a vendor does not tell of a voter is unknown as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from models.features import LINKED
from pipelines.features.as_of import Occasion
from pipelines.lake import fingerprint
from pipelines.sql import identifier
from pipelines.tables.campaign import EVENT_DATES

WINDOW_YEARS = 2
"""Years before the election in which gifts and contacts are counted."""


@dataclass(frozen=True)
class LinkedRecords:
    """The records of one role that are linked to voters of a state, of all its sources.

    Attributes:
        role: Kind of record.
        linked: SELECT of a row per linked record: voter_id, link_q, and columns of the role's table, known_on among
            them; a row that was not known by the as-of day does not count.
        weak: SELECT of voter_id and known_on of those whom a record may mean, not surely enough.
    """

    role: str
    linked: str
    weak: str


def select_linked_features(
    connection: duckdb.DuckDBPyConnection, occasion: Occasion, groups: Sequence[LinkedRecords]
) -> str:
    """Make working tables of the linked records; SELECT of voter_id, the columns `LINKED` and link_q by voter.

    Args:
        connection: Holds the working table `people`.
        occasion: Election and as-of day.
        groups: Linked records, at most one of each role; the columns of a role that is absent are null.
    """
    told = [group.role for group in groups if group.role in ROLES]
    for group in groups:
        connection.execute(f"CREATE OR REPLACE TABLE linked_{group.role} AS {_known(group.linked, occasion)}")
        connection.execute(f"CREATE OR REPLACE TABLE weak_{group.role} AS {_known(group.weak, occasion)}")
        connection.execute(f"CREATE OR REPLACE TABLE later_{group.role} AS {_later(group, occasion)}")
    for role in told:
        connection.execute(f"CREATE OR REPLACE TABLE told_{role} AS {_told(occasion, role)}")
    joins = "\n".join(f"LEFT JOIN told_{role} USING (voter_id)" for role in told)
    columns = {name: f"told_{role}.{name}" for role in told for name in ROLES[role].columns}
    listed = [f"{columns.get(name, 'NULL')} AS {name}" for name in LINKED]
    chances = ", ".join(f"told_{role}.link_q" for role in told)
    return f"""
    SELECT people.voter_id, {", ".join(listed)}, {f"least({chances})" if chances else "NULL"} AS link_q
    FROM people
    {joins}"""


def stamp_of(
    connection: duckdb.DuckDBPyConnection, occasion: Occasion, groups: Sequence[LinkedRecords]
) -> list[tuple[str, str]]:
    """What the linked columns of an occasion are made from: rows learned after its as-of day do not count."""
    told = {f"linked {group.role}": _known(group.linked, occasion) for group in groups}
    told |= {f"later {group.role}": _later(group, occasion) for group in groups}
    told |= {f"weak {group.role}": f"SELECT voter_id FROM ({_known(group.weak, occasion)})" for group in groups}
    return sorted((name, _content(connection, query)) for name, query in told.items())


def _content(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Hash of the rows of a query, whatever their order."""
    hashed = f"SELECT count(*), coalesce(sum(hash(rows)::HUGEINT), 0)::VARCHAR FROM ({query}) AS rows"
    return fingerprint(*connection.execute(hashed).fetchall()[0])


def _known(query: str, occasion: Occasion) -> str:
    """The rows of a query that were known by the as-of day."""
    return f"SELECT * FROM ({query}) WHERE known_on <= DATE '{occasion.as_of}'"


@dataclass(frozen=True)
class _Role:
    """How the records of a role become columns.

    Attributes:
        columns: Column to its SQL over the voter's records; {since} is the first day of the window, {day} that of the
            election, {as_of} the day of the score.
        is_complete: Whether a voter without a record has none, so that numbers are zero.
        never_zero: Of the columns, those that stay null.
        told_by: Column to the one of the records without any value of which nothing is known of anybody.
    """

    columns: dict[str, str]
    is_complete: bool
    never_zero: tuple[str, ...] = ()
    told_by: Mapping[str, str] = field(default_factory=dict)


_GIFT = "coalesce(gift_kind_code, 'gift') = 'gift' AND coalesce(amount_usd, 0) >= 0"
_COUNTS = "coalesce(gift_kind_code, 'gift') <> 'memo'"
_UNTOLD = f"(amount_usd IS NULL OR donation_date IS NULL) AND {_COUNTS}"
_RECENT = "coalesce({event} >= DATE '{{since}}', false)"
_BEST = "arg_max({column}, coalesce(link_q, 1)) FILTER ({column} IS NOT NULL)"
_OWNER = "CAST(is_home_owner AS TINYINT)"
ROLES = {
    "donations": _Role(
        {
            "donation_count": f"count(*) FILTER ({_GIFT})",
            "donation_usd": f"CASE WHEN NOT bool_or({_UNTOLD}) THEN coalesce(sum(amount_usd) FILTER ({_COUNTS} AND "
            f"{_RECENT.format(event='donation_date')}), 0) END",
            "last_donation_years": f"date_diff('day', max(donation_date) FILTER ({_GIFT}), DATE '{{day}}') / 365.25",
        },
        is_complete=True,
        never_zero=("last_donation_years",),
        told_by={"donation_usd": "amount_usd"},
    ),
    "subscribers": _Role(
        {"is_subscriber": "max((coalesce(unsubscribed_on > DATE '{as_of}', coalesce(is_active, true)))::TINYINT)"},
        is_complete=True,
    ),
    "volunteers": _Role({"volunteer_shift_count": "sum(shift_count)"}, is_complete=True,
        told_by={"volunteer_shift_count": "shift_count"},
    ),
    "contact_attempts": _Role(
        {
            "contact_attempt_count": f"count(*) FILTER ({_RECENT.format(event='attempted_on')})",
            "contact_count": f"count(*) FILTER ({_RECENT.format(event='attempted_on')} AND response_code = 'reached')",
        },
        is_complete=True,
    ),
    "consumers": _Role(
        {
            name: _BEST.format(column=column)
            for name, column in {
                "income_usd": "income_usd", "home_value_usd": "home_value_usd", "is_home_owner": _OWNER,
                "residence_years": "residence_years", "children_count": "children_count",
            }.items()
        },
        is_complete=False,
    ),
}  # fmt: skip
"""Roles of which a model may know, and their columns; what was said in surveys, ballots and suppressions is no feature
of turnout: it serves persuasion, and whom not to contact."""


def _later(group: LinkedRecords, occasion: Occasion) -> str:
    """SELECT of the voters of whom a row has changed since the as-of day, though it is about an event before it.

    What the row said then is not known any more: such a voter is unknown, and not one without any record.
    """
    event = EVENT_DATES.get(group.role)
    before = f"coalesce({event} <= DATE '{occasion.as_of}', true)" if event else "true"
    changed = f"known_on > DATE '{occasion.as_of}' AND {before}"
    return f"SELECT DISTINCT voter_id FROM ({group.linked}) WHERE {changed}"


def _zero(role: str, name: str, how: _Role) -> str:
    """SQL of a column of who has no record: zero where the source tells such a number at all."""
    if name in how.never_zero:
        return "NULL"
    told = f"(SELECT count({how.told_by[name]}) FROM linked_{role}) > 0" if name in how.told_by else "true"
    return f"CASE WHEN {told} THEN 0 END AS {identifier(name)}"


def _told(occasion: Occasion, role: str) -> str:
    """SELECT of voter_id, the columns of a role and link_q, of the voters of whom the role tells something."""
    how, day = ROLES[role], occasion.election.date
    since = day.replace(year=day.year - WINDOW_YEARS, day=min(day.day, 28))
    columns = {name: sql.format(since=since, day=day, as_of=occasion.as_of) for name, sql in how.columns.items()}
    listed = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in columns.items())
    linked = f"SELECT voter_id, {listed}, min(link_q) AS link_q FROM linked_{role} GROUP BY voter_id"
    if not how.is_complete:
        return linked
    zeros = ", ".join(_zero(role, name, how) for name in how.columns)
    return f"""
    {linked}
    UNION ALL
    SELECT voter_id, {zeros}, NULL
    FROM people
    ANTI JOIN linked_{role} USING (voter_id)
    ANTI JOIN weak_{role} USING (voter_id)
    ANTI JOIN later_{role} USING (voter_id)
    WHERE EXISTS (FROM linked_{role})"""
