"""The one place where what a source says of a person is handed out as a fact about a voter.

Who asks says what for. The policy must permit the purpose, and each link must be as sure as its use demands.
"""

import datetime as dt
from collections.abc import Sequence

from models.errors import LinkError, PolicyError
from models.wording import counted
from pipelines.lake import Lake
from pipelines.layouts.source import Vendor
from pipelines.linking.reading import newest_records, newest_voters, record_hash
from pipelines.linking.reviewed import LEAST_DECISIONS, count_decisions
from pipelines.linking.uses import THRESHOLDS, Use, where_passes, where_uncalibrated
from pipelines.policy import Policy
from pipelines.sql import identifier, literal, literals
from pipelines.tables.campaign import RECORD_TABLES
from pipelines.tables.links import Links


def select_linked(
    lake: Lake,
    policy: Policy,
    vendor_name: str,
    vendor: Vendor,
    role: str,
    use: Use,
    purpose: str,
    on: dt.date,
    states: Sequence[str] | None = None,
    as_of: dt.date | None = None,
) -> str:
    """SELECT of a row per linked record: voter_id, link_q, and the columns of its table that the purpose may see.

    link_q is null for a stated id, and where nothing was reviewed. A record whose source says another thing of who it
    is than when it was linked waits until it is linked again. Protected voters never appear.

    Args:
        lake: Data root.
        policy: What data may be used for.
        vendor_name: Name of the source.
        vendor: The source.
        role: Role of its records.
        use: What is done with the voter of a record: how sure the link must be.
        purpose: What the data are wanted for, a purpose of the policy.
        on: Today, for terms that end.
        states: Codes of the states whose voters are wanted; none: all that the source was linked in.
        as_of: Day by which a row was known; none: all rows.

    Raises:
        PolicyError: The source may not serve the purpose, or withholds columns that it does not have.
        LinkError: The source has no such role.
    """
    columns = _columns(policy, vendor_name, vendor, role, purpose, on)
    links = _select_passing(lake, vendor_name, vendor, role, use, _covered(vendor, states))
    return f"""
    SELECT voter_id, link_q, {", ".join(f"told.{identifier(name)}" for name in columns)}
    FROM ({links}) AS links
    JOIN ({_select_told(lake, vendor_name, role, as_of)}) AS told USING (source_record_id, record_hash)"""


def select_weak(
    lake: Lake,
    policy: Policy,
    vendor_name: str,
    vendor: Vendor,
    role: str,
    purpose: str,
    on: dt.date,
    states: Sequence[str] | None = None,
    as_of: dt.date | None = None,
) -> str:
    """SELECT of a row per voter whom a record may mean that is not sure enough for a feature.

    Columns: voter_id, weak_count, known_on (day from which one of these records could be known).

    What such a record tells is unknown of that voter, not absent: a voter without any sure record is null, not zero.

    Args:
        lake: Data root.
        policy: What data may be used for.
        vendor_name: Name of the source.
        vendor: The source.
        role: Role of its records.
        purpose: What the data are wanted for.
        on: Today.
        states: Codes of the states whose voters are wanted; none: all.
        as_of: Day by which a row was known; none: all rows.

    Raises:
        PolicyError: The source may not serve the purpose.
        LinkError: The source has no such role.
    """
    _columns(policy, vendor_name, vendor, role, purpose, on)
    sure = _select_passing(lake, vendor_name, vendor, role, Use.FEATURE, vendor.states)
    ruled_out = "decided_by = 'review' AND voter_id IS NULL"
    return f"""
    SELECT voter_id, count(DISTINCT source_record_id) AS weak_count, min(known_on) AS known_on
    FROM (
        SELECT source_record_id, record_hash,
            unnest(list_distinct(list_append(coalesce(near_voter_ids, []), voter_id))) AS voter_id,
            {ruled_out} AS is_ruled_out, best_voter_id
        FROM ({lake.table(Links, source=vendor_name, role=role).select()})
        ANTI JOIN ({sure}) USING (source_record_id)
        WHERE {_of_states(_covered(vendor, states))}
    )
    JOIN ({_select_told(lake, vendor_name, role, as_of)}) USING (source_record_id, record_hash)
    WHERE NOT (is_ruled_out AND voter_id = best_voter_id) AND voter_id NOT IN ({_protected(lake)})
    GROUP BY voter_id"""


def why_not(lake: Lake, vendor_name: str, role: str, use: Use) -> str:
    """Why links of a source are kept from a use though their voter may be right, in a sentence; else nothing.

    Args:
        lake: Data root.
        vendor_name: Name of the source.
        role: Role of its records.
        use: The use.
    """
    table = lake.table(Links, source=vendor_name, role=role)
    query = f"SELECT state, count(*) FROM ({table.select()}) WHERE {where_uncalibrated(use)} GROUP BY state ORDER BY 1"
    with lake.connect() as connection:
        waiting = connection.execute(query).fetchall()
    told = [f"{state}: {_waits(lake, state, count)}" for state, count in waiting]
    return f"{vendor_name}, {role}, for {use}: " + "; ".join(told) + "." if told else ""


def _waits(lake: Lake, state: str, count: int) -> str:
    left = max(0, LEAST_DECISIONS - count_decisions(lake, state))
    links = counted(count, "link", "is not calibrated", "are not calibrated")
    return f"{links}: review {left:,} records first" if left else f"{links}: link again to use what was reviewed"


def _columns(policy: Policy, vendor_name: str, vendor: Vendor, role: str, purpose: str, on: dt.date) -> list[str]:
    """The columns that a purpose may see, once it was demanded."""
    if role not in vendor.roles:
        raise LinkError(f"{vendor_name} has no {role}; it has {', '.join(vendor.roles)}.")
    policy.demand(vendor_name, vendor, purpose, on)
    known = {column for each in vendor.roles for column in RECORD_TABLES[each].columns()}
    unknown = sorted(set(vendor.withheld_columns) - known)
    if unknown:
        raise PolicyError(f"{vendor_name}: withheld_columns names {', '.join(unknown)}, which none of its tables has.")
    return policy.allowed_columns(vendor, purpose, RECORD_TABLES[role].columns())


def _covered(vendor: Vendor, states: Sequence[str] | None) -> list[str]:
    """Of the states that are wanted, those that the source covers today."""
    return [state for state in (vendor.states if states is None else states) if state in vendor.states]


def _select_passing(lake: Lake, vendor_name: str, vendor: Vendor, role: str, use: Use, states: Sequence[str]) -> str:
    """SELECT of the rows of core_links that serve a use, of all states but those that another state's row contradicts.

    A record is one person: linked in two states, it is linked wrongly in one at least. What counts there is the
    loosest use, so that a half sure link elsewhere is doubt enough. A row of what the record said before is none.
    """
    links = lake.table(Links, source=vendor_name, role=role).select()
    doubtful = f"""
    SELECT source_record_id
    FROM ({links})
    SEMI JOIN ({_select_told(lake, vendor_name, role, None)}) USING (source_record_id, record_hash)
    WHERE {where_passes(Use.SUPPRESS)} AND {_of_states(vendor.states)}
    GROUP BY source_record_id
    HAVING count(DISTINCT state) > 1"""
    alone = f"AND source_record_id NOT IN ({doubtful})" if THRESHOLDS[use].is_exclusive else ""
    return f"""
    SELECT source_record_id, record_hash, voter_id, link_q
    FROM ({links})
    WHERE {where_passes(use)} AND {_of_states(states)} AND voter_id NOT IN ({_protected(lake)}) {alone}"""


def _of_states(states: Sequence[str]) -> str:
    return f"state IN ({literals(states)})" if states else "false"


def _protected(lake: Lake) -> str:
    """SELECT of the voters whose address is kept from the public today, whenever the links were made."""
    states = sorted({state for state, *_ in lake.table(Links).records()})
    parts = [f"SELECT voter_id FROM ({newest_voters(lake, state).select()}) WHERE is_confidential" for state in states]
    return "\n    UNION ALL ".join(parts or ["SELECT NULL::VARCHAR AS voter_id WHERE false"])


def _select_told(lake: Lake, vendor_name: str, role: str, as_of: dt.date | None) -> str:
    """SELECT of a source's records as they were known on a day, with the hash of who they say they are."""
    records = newest_records(lake, role, vendor_name, as_of).select()
    known = f"known_on <= DATE {literal(as_of.isoformat())}" if as_of else "true"
    return f"SELECT *, {record_hash()} AS record_hash FROM ({records}) WHERE {known}"
