"""Features of the neighbourhood: how the precinct voted, the voter's own home left out.

Small precincts are shrunk towards the state with the weight of 50 voters, so that ten people do not make a rate.
"""

PSEUDO_VOTERS = 50


def select_precinct(year: int) -> str:
    """SELECT of the precinct features, one row per person with a precinct; `year` is the election's.

    Needs the working tables `people` and `own_history`.
    """
    rates = {
        "general_lag1_voted": "precinct_general_lag1_share",
        "same_kind_lag1_voted": "precinct_same_kind_lag1_share",
        "primary_lag1_voted": "precinct_primary_lag1_share",
        "age": "precinct_mean_age_years",
    }
    sums = ", ".join(f"sum({name}) AS {name}_sum, count({name}) AS {name}_count" for name in rates)
    means = ", ".join(f"avg({name}) AS {name}_mean" for name in rates)
    shares = ",\n        ".join(
        f"(p.{name}_sum - coalesce(h.{name}_sum, 0) + {PSEUDO_VOTERS} * s.{name}_mean) / (p.{name}_count - coalesce(h.{name}_count, 0) + {PSEUDO_VOTERS}) AS {feature}"
        for name, feature in rates.items()
    )
    return f"""
    WITH everyone AS (
        SELECT voter_id, household_id, county_code, precinct_code, {year} - birth_year AS age,
            general_lag1_voted, same_kind_lag1_voted, primary_lag1_voted
        FROM people LEFT JOIN own_history USING (voter_id)
    ), precinct AS (
        SELECT county_code, precinct_code, count(*) AS voters, {sums} FROM everyone WHERE precinct_code IS NOT NULL GROUP BY county_code, precinct_code
    ), home AS (
        SELECT household_id, county_code, precinct_code, count(*) AS voters, {sums} FROM everyone GROUP BY household_id, county_code, precinct_code
    ), state AS (
        SELECT {means} FROM everyone
    )
    SELECT e.voter_id,
        p.voters - h.voters AS precinct_voter_count,
        {shares}
    FROM everyone AS e
    JOIN precinct AS p ON p.county_code IS NOT DISTINCT FROM e.county_code AND p.precinct_code = e.precinct_code
    JOIN home AS h ON h.household_id = e.household_id AND h.county_code IS NOT DISTINCT FROM e.county_code AND h.precinct_code = e.precinct_code
    CROSS JOIN state AS s"""
