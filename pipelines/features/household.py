"""Features of the home: who else is registered there, and how they vote. The voter is always left out of the others."""

_SHARES = {
    "general": "general_share",
    "primary": "primary_share",
    "same_kind": "same_kind_lag1_voted",
    "any": "any_share",
}


def select_household(year: int) -> str:
    """SELECT of the household features, one row per person; `year` is the election's.

    Institutions are no homes: everyone there lives alone, as in core_households. Needs the working tables `people` and
    `own_history` (the history features).
    """
    sums = ", ".join(f"sum({own}) AS {name}_sum, count({own}) AS {name}_count" for name, own in _SHARES.items())
    others = {
        name: f"""(h.{name}_sum - coalesce(m.{own}, 0))::DOUBLE
            / nullif(h.{name}_count - (m.{own} IS NOT NULL)::INTEGER, 0)"""
        for name, own in _SHARES.items()
    }
    # decimals: sums do not depend on their order
    exact = ", ".join(f"{own}::DECIMAL(18, 9) AS {own}" for own in _SHARES.values())
    return f"""
    WITH mine AS (
        SELECT person, household_id, {year} - birth_year AS age, {exact}
        FROM people LEFT JOIN own_history USING (person)
    ), home AS (
        SELECT household_id, count(*) AS size, sum(age) AS age_sum, count(age) AS age_count, max(age) AS oldest,
            max(general_share, 2) AS best_two, {sums}
        FROM mine
        GROUP BY household_id
    )
    SELECT m.person,
        h.size AS household_size_count,
        {others["general"]} AS housemates_general_share,
        CASE WHEN m.general_share = h.best_two[1] THEN h.best_two[2] ELSE h.best_two[1] END
            AS housemates_best_general_share,
        {others["primary"]} AS housemates_primary_share,
        {others["same_kind"]} AS housemates_same_kind_lag1_share,
        {others["any"]} AS housemates_any_share,
        m.age - (h.age_sum - m.age)::DOUBLE / nullif(h.age_count - 1, 0) AS household_age_gap_years,
        h.oldest AS household_oldest_years
    FROM mine AS m
    JOIN home AS h USING (household_id)"""
