"""Who shares a home: people at one normalised address, unless more live there than a home holds."""

from pipelines.lake import Table
from pipelines.layouts.source import Source
from pipelines.sql import literal


def select_households(voters: Table, source: Source) -> str:
    """SELECT of core_households for one snapshot: a row per voter.

    The address is compared in upper case, without punctuation and runs of spaces, together with the ZIP. People who
    cannot vote count for nothing here: removed registrations get a household of their own. So does everyone in an
    institution (a dormitory, barracks, a care home: more than `largest_home` people at one address).

    Args:
        voters: core_voters of one snapshot.
        source: Its source, for the state and the size of the largest home.
    """
    state = literal(source.state)
    street = "nullif(trim(regexp_replace(upper(address_line), '[^A-Z0-9]+', ' ', 'g')), '')"
    return f"""
    WITH addressed AS (
        SELECT voter_id,
            CASE
                WHEN status_code IN ('removed', 'denied') OR is_confidential THEN NULL
                WHEN stated_household IS NOT NULL THEN 'stated ' || stated_household
                ELSE {street} || ' ' || coalesce(zip_code, '')
            END AS address
        FROM ({voters.select()})
    ), counted AS (
        SELECT address, count(*) > {source.largest_home} AS is_institution
        FROM addressed
        WHERE address IS NOT NULL
        GROUP BY address
    )
    SELECT voter_id,
        left(md5({state} || if(address IS NULL OR is_institution, voter_id, address)), 16) AS household_id,
        address IS NOT NULL AS is_address_known,
        coalesce(is_institution, false) AS is_institution
    FROM addressed
    LEFT JOIN counted USING (address)"""
