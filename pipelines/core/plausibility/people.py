"""Who came and who went: how many, whether any is known at all, and whether the file is an older one."""

import duckdb

from pipelines.core.plausibility.comparison import (
    FEWEST,
    FEWEST_CHANGED,
    LARGE,
    Comparison,
    count,
    share,
)
from pipelines.core.plausibility.reading import Told
from pipelines.layouts.limits import Plausibility
from pipelines.sql import identifier

_KNOWN_SHARE = 0.1  # people of one state who have the id of one in another: both number from 1, or from 1,000,000
_OWN_ID = "ltrim(substr(voter_id, 4), '0')"  # without the state's two letters and their dash


def judge_people(
    connection: duckdb.DuckDBPyConnection, told: Told, compared: Comparison, limits: Plausibility
) -> list[str]:
    """Reasons of how many people came and went; needs the tables of `prepare`."""
    before, gone, came = (count(connection, f"SELECT count(*) FROM {name}") for name in ("last_good", "gone", "came"))
    if before >= FEWEST and before - gone < _KNOWN_SHARE * told.rows and gone:
        return [*_total(told, before, limits), _unknown(connection, told, before - gone)]
    allowed = min(1.0, limits.dropped_share * compared.months)
    allowed_new = min(1.0, limits.new_share * compared.months)
    reasons = _total(told, before, limits)
    if gone > allowed * before:
        reasons.append(f"{gone:,} of {before:,} voters are gone ({share(gone, before, allowed)}).")
    if came > allowed_new * told.rows and came >= FEWEST_CHANGED:
        reasons.append(f"{came:,} of {told.rows:,} voters are new ({share(came, told.rows, allowed_new)}).")
    return reasons + _zeros(connection) + _older(connection, told, before)


def judge_sameness(connection: duckdb.DuckDBPyConnection, told: Told, compared: Comparison) -> list[str]:
    """Whether a delivery without any other reason says of everybody what the last good snapshot says."""
    votes = "new_votes" if compared.stated_votes and compared.known_votes else "came"
    moved = sum(count(connection, f"SELECT count(*) FROM {name}") for name in ("gone", "came", votes))
    if told.rows < LARGE or moved:
        return []
    names = ", ".join(identifier(name) for name in ("voter_id", *told.stated))
    other = f"SELECT {names} FROM told_voters EXCEPT SELECT {names} FROM last_good"
    if connection.execute(f"SELECT 1 FROM ({other}) LIMIT 1").fetchall():
        return []
    return [f"All {told.rows:,} voters are as they were on {compared.last_date}: an older file under a new date."]


def _total(told: Told, before: int, limits: Plausibility) -> list[str]:
    if abs(told.rows - before) <= limits.total_change_share * before:
        return []
    change = f"a change of {told.rows / max(before, 1) - 1:+.0%}, allowed {limits.total_change_share:.0%}"
    return [f"{told.rows:,} voters, the last good snapshot has {before:,} ({change})."]


def _unknown(connection: duckdb.DuckDBPyConnection, told: Told, known: int) -> str:
    """Hardly anybody is known: another state's file, or other ids."""
    form = "regexp_replace(regexp_replace(substr(voter_id, 4), '[0-9]', '9', 'g'), '[A-Za-z]', 'A', 'g')"
    forms = f"SELECT {form} AS form FROM last_good"
    strange = count(connection, f"SELECT count(*) FROM told_voters WHERE {form} NOT IN ({forms})")
    who = "none" if not known else f"only {known:,}"
    told_form = f" {strange:,} ids have a form that none has there." if strange else ""
    zeros = _zeros(connection)
    cause = zeros[0] if zeros else "This is the file of another state, or its ids are other ones."
    return f"Of {told.rows:,} ids {who} is known from the last good snapshot.{told_form} {cause}"


def _zeros(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """People who are gone and came again without the zeros that opened their ids."""
    found = count(
        connection,
        f"SELECT count(*) FROM (SELECT {_OWN_ID} AS id FROM gone WHERE substr(voter_id, 4, 1) = '0') "
        "SEMI JOIN (SELECT substr(voter_id, 4) AS id FROM came) USING (id)",
    )
    return [f"voter_id: leading zeros are gone for {found:,} voters."] if found >= FEWEST_CHANGED else []


def _older(connection: duckdb.DuckDBPyConnection, told: Told, before: int) -> list[str]:
    """The newest registration is older than one of the last good snapshot, whose newest people are gone."""
    if told.rows < LARGE or before < LARGE:
        return []
    newest = "(SELECT max(registration_date) FROM told_voters)"
    lost = count(connection, f"SELECT count(*) FROM gone WHERE registration_date > {newest}")
    if not lost:
        return []
    return [
        f"The newest registration is older than that of the last good snapshot, and {lost:,} voters registered since "
        "are gone: an older file under a new date."
    ]
