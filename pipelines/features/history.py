"""Features of the voter's own record: in which of the elections open to them they voted, and how."""

COUNTS = ("general_open_count", "same_kind_open_count", "any_open_count", "any_voted_count")  # zero without a past


def select_history() -> str:
    """SELECT of the history features, one row per `person` with at least one earlier election on record.

    Lag 1 is the latest. With no open election a share is null: having had no chance differs from having stayed home.
    """
    return f"""
    WITH chances AS ({_select_chances()}),
    cast_ballots AS ({_CAST_BALLOTS})
    SELECT *
    FROM chances
    LEFT JOIN cast_ballots USING (person)"""


def _select_chances() -> str:
    """SELECT of what is counted over the elections open to a person, whether they voted or not."""
    lags = {"general": 4, "same_kind": 3, "primary": 2, "municipal": 2}
    voted = ",\n        ".join(
        f"max(is_voted::TINYINT) FILTER ({kind}_lag = {lag}) AS {kind}_lag{lag}_voted"
        for kind, deepest in lags.items()
        for lag in range(1, deepest + 1)
    )
    return f"""
    SELECT person,
        {voted},
        avg(is_voted::TINYINT) FILTER (general_lag <= 4) AS general_share,
        count(is_voted) FILTER (general_lag <= 4) AS general_open_count,
        avg(is_voted::TINYINT) FILTER (same_kind_lag IS NOT NULL) AS same_kind_share,
        count(is_voted) FILTER (same_kind_lag IS NOT NULL) AS same_kind_open_count,
        avg(is_voted::TINYINT) FILTER (primary_lag <= 4) AS primary_share,
        avg(is_voted::TINYINT) FILTER (municipal_lag <= 4) AS municipal_share,
        avg(is_voted::TINYINT) AS any_share,
        count(is_voted) AS any_open_count,
        CASE
            WHEN count(is_voted) FILTER (general_lag IS NOT NULL) > 0      -- one missed, closed or unknown ends it
            THEN least(coalesce(min(general_lag) FILTER (is_voted IS NOT true) - 1, max(general_lag)), 4)
        END AS general_streak_count
    FROM participation
    GROUP BY person"""


_CAST_BALLOTS = """
    SELECT m.person,
        count(*) AS any_voted_count,
        max(e.election_date) AS last_vote_date,
        avg((method_code = 'mail')::TINYINT) AS mail_share,
        avg((method_code = 'early')::TINYINT) AS early_share,
        arg_max(method_code, recency) FILTER (method_code IS NOT NULL) AS last_method_code,
        arg_max(ballot_party_code, recency) FILTER (e.primary_lag IS NOT NULL) AS last_ballot_party_code
    FROM marks AS m
    JOIN past AS e USING (recency)
    WHERE m.is_voted
    GROUP BY m.person"""
