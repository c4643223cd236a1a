"""Features of the neighbourhood: how the precinct voted, the voter's own home left out.

Small precincts are shrunk towards the state with the weight of 50 voters, so that ten people do not make a rate.
"""

PSEUDO_VOTERS = 50
_LAGS = (
    "general_lag1",
    "general_lag2",
    "general_lag3",
    "same_kind_lag1",
    "same_kind_lag2",
    "same_kind_lag3",
    "primary_lag1",
)


def select_precinct(year: int) -> str:
    """SELECT of the precinct features, one row per person with a precinct; `year` is the election's.

    Needs the working tables `people` and `own_history`.
    """
    rates = {f"{lag}_voted": f"precinct_{lag}_share" for lag in _LAGS} | {"age": "precinct_mean_age_years"}
    sums = ", ".join(f"sum({name}) AS {name}_sum, count({name}) AS {name}_count" for name in rates)
    means = ", ".join(f"avg({name}) AS {name}_mean" for name in rates)
    shares = ",\n        ".join(f"{_shrunk(name)} AS {feature}" for name, feature in rates.items())
    return f"""
    WITH everyone AS (
        SELECT person, household_id, county_code, precinct_code, {year} - birth_year AS age,
            {", ".join(f"{lag}_voted" for lag in _LAGS)}
        FROM people LEFT JOIN own_history USING (person)
    ), state AS (
        SELECT {means} FROM everyone
    ), home AS (                               -- the part of a home that stands in one precinct
        SELECT household_id, county_code, precinct_code, count(*) AS voters, {sums}
        FROM everyone
        WHERE precinct_code IS NOT NULL
        GROUP BY household_id, county_code, precinct_code
    ), precinct AS (
        SELECT county_code, precinct_code, sum(voters) AS voters,
            {", ".join(f"sum({name}_{part}) AS {name}_{part}" for name in rates for part in ("sum", "count"))}
        FROM home
        GROUP BY county_code, precinct_code
    ), told AS (
        SELECT h.household_id, h.county_code, h.precinct_code,
            p.voters - h.voters AS precinct_voter_count,
            {shares}
        FROM home AS h
        JOIN precinct AS p ON p.county_code IS NOT DISTINCT FROM h.county_code AND p.precinct_code = h.precinct_code
        CROSS JOIN state AS s
    )
    SELECT e.person, t.* EXCLUDE (household_id, county_code, precinct_code)
    FROM people AS e
    JOIN told AS t ON t.household_id = e.household_id
        AND t.county_code IS NOT DISTINCT FROM e.county_code AND t.precinct_code = e.precinct_code"""


def _shrunk(name: str) -> str:
    """The mean over the precinct without the home, with 50 voters of the state's mean added; null without any mean."""
    others = f"coalesce(p.{name}_sum, 0) - coalesce(h.{name}_sum, 0)"
    return f"({others} + {PSEUDO_VOTERS} * s.{name}_mean) / (p.{name}_count - h.{name}_count + {PSEUDO_VOTERS})"
