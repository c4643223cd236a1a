"""Where people live: counties that lose, gain or appear while the state as a whole looks the same."""

import duckdb

from pipelines.core.plausibility.comparison import FEWEST, FEWEST_CHANGED, Comparison
from pipelines.core.plausibility.reading import Told
from pipelines.layouts.limits import Plausibility

_FEWEST_IN_COUNTY = 10  # people of a county below which half of them is a family
_SMALL_COUNTIES_SHARE = 0.05  # counties that may lose most of their people by chance, where they are small
_TIMES_THE_STATE = 5  # a county loses more than others by chance and by its own purges; five times is no chance


def judge_counties(
    connection: duckdb.DuckDBPyConnection, told: Told, compared: Comparison, limits: Plausibility
) -> list[str]:
    """Reasons of counties; needs the tables of `prepare`.

    One county of a hundred people is enough; of smaller ones, where a few moves are half of them, it takes several.
    """
    gone_share = min(1.0, limits.county_gone_share * compared.months)
    lost, large, all_, few, grown, new, came = connection.execute(
        f"""WITH before AS (
            SELECT county_code, count(*) AS people FROM last_good GROUP BY county_code
        ), now AS (
            SELECT county_code, count(*) AS people FROM told_voters GROUP BY county_code
        ), gone_from AS (
            SELECT county_code, count(*) AS people FROM gone GROUP BY county_code
        ), compared AS (
            SELECT coalesce(before.people, 0) AS before, coalesce(now.people, 0) AS now,
                coalesce(gone_from.people, 0) AS gone
            FROM before
            FULL JOIN now ON before.county_code = now.county_code
            LEFT JOIN gone_from ON before.county_code = gone_from.county_code
            WHERE coalesce(before.county_code, now.county_code) IS NOT NULL
        ), totals AS (
            SELECT sum(before) AS all_before, sum(gone) AS all_gone FROM compared
        ), judged AS (
            SELECT before, now, now < {1 - limits.county_loss_share} * before AS is_lost,
                gone >= {FEWEST_CHANGED} AND gone > {gone_share} * before
                    AND gone * (all_before - before) > {_TIMES_THE_STATE} * before * (all_gone - gone) AS is_holed
            FROM compared, totals
        )
        SELECT count(*) FILTER (is_lost AND before >= {_FEWEST_IN_COUNTY}),
            count(*) FILTER (is_lost AND before >= {FEWEST}),
            count(*) FILTER (before >= {_FEWEST_IN_COUNTY}),
            count(*) FILTER (is_holed),
            count(*) FILTER (before >= {FEWEST} AND now > {1 + limits.county_gain_share} * before),
            count(*) FILTER (before = 0),
            coalesce(sum(now) FILTER (before = 0), 0)::BIGINT
        FROM judged"""
    ).fetchall()[0]
    reasons = []
    if large or lost > max(2, _SMALL_COUNTIES_SHARE * all_):
        reasons.append(f"{lost} of {all_} counties lost more than {limits.county_loss_share:.0%} of their voters.")
    elif few:
        reasons.append(f"From {few} of {all_} counties more than {gone_share:.0%} are gone, far more than elsewhere.")
    if grown:
        reasons.append(f"{grown} of {all_} counties gained more than {limits.county_gain_share:.0%} of their voters.")
    if came > limits.new_county_share * told.rows and came >= FEWEST_CHANGED:
        reasons.append(f"{came:,} voters live in {new} counties that the last good snapshot does not know.")
    return reasons
