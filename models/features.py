"""The border table that the flow fills and the models read: what was known about a voter on a day."""

from typing import Any

import pyarrow as pa

from models.tables import ColumnKind, TableContract, column

_FEW = "None of these elections was open to the voter, or its history is unknown."
_ALONE = "Nobody else of the home is registered, or their history is unknown."
_NO_AGE = "Alone at home, or the voter's year of birth or all the others' is unknown."


def _voted(which: str) -> Any:
    return column(
        pa.float32(), f"Voted in {which}: 1 yes, 0 no.", null_means=_FEW, at_least=0, at_most=1, kind="derived"
    )


def _share(which: str, null_means: str = _FEW) -> Any:
    return column(
        pa.float32(), f"Share {which}.", unit="share", null_means=null_means, at_least=0, at_most=1, kind="derived"
    )


def _precinct(which: str) -> Any:
    return _share(
        f"of the precinct that voted in {which}; own home left out, shrunk to the state with the weight of 50 voters",
        "No precinct is given, or no such election is known in the state.",
    )


def _count(what: str, null_means: str = "") -> Any:
    return column(pa.float32(), what, unit="count", null_means=null_means, at_least=0, kind="derived")


def _linked(what: str, none: str = "", kind: ColumnKind = "derived", **rest: Any) -> Any:
    """A column from linked sources: missing, not zero, where a link is weak."""
    unknown = f"No source tells it, or only by a weak link. {none}".strip()
    return column(pa.float32(), what, null_means=unknown, kind=kind, source="core_links", **rest)


class Features(TableContract):
    """One row per voter who may vote in an election, as everything stood on the as-of day. Key: voter_id.

    An election is open to a voter registered by its deadline and of age in its year, whose county has posted its
    history; a stated vote or absence counts whatever the date of registration. Lag 1 is the latest earlier election
    with posted history in the state. "Same kind" is the kind of the election to come: presidential, midterm, primary,
    and so on. Time is measured to the election day, so that a feature does not change merely because a day has passed.

    Pitfalls: null is unknown and never zero. The cohort column says whether the people were seen before the as-of day
    or reconstructed from a later file.
    """

    table_name = "feature_voters"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    election_id = column(pa.string(), "Election that the features look at.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<own id>`.", key=True, kind="identifier")
    household_id = column(pa.string(), "Household on the as-of day.", kind="identifier")
    county_code = column(pa.string(), "County, for slices and publication; not a feature.", null_means="Not given.")
    precinct_code = column(pa.string(), "Precinct, for publication; not a feature.", null_means="Not given.")
    election_date = column(pa.date32(), "Day of the election.")
    as_of = column(pa.date32(), "Day whose knowledge counts.")
    snapshot_date = column(pa.date32(), "Snapshot that the person was read from.")
    cohort = column(pa.string(), "How the people at risk were found.", one_of=("snapshot", "reconstructed"))
    election_kind = column(pa.string(), "Kind of the election to come.")
    general_lag1_voted = _voted("the latest November general")
    general_lag2_voted = _voted("the general before that")
    general_lag3_voted = _voted("the third latest general")
    general_lag4_voted = _voted("the fourth latest general")
    same_kind_lag1_voted = _voted("the latest election of the same kind")
    same_kind_lag2_voted = _voted("the second latest of the same kind")
    same_kind_lag3_voted = _voted("the third latest of the same kind")
    primary_lag1_voted = _voted("the latest primary")
    primary_lag2_voted = _voted("the second latest primary")
    municipal_lag1_voted = _voted("the latest municipal election")
    municipal_lag2_voted = _voted("the second latest municipal election")
    general_share = _share("of the last four generals open to the voter in which they voted")
    general_open_count = _count("Of the last four generals, those open to the voter.")
    same_kind_share = _share("of the elections of the same kind open to the voter in which they voted")
    same_kind_open_count = _count("Elections of the same kind open to the voter.")
    primary_share = _share("of the last four primaries open to the voter in which they voted")
    municipal_share = _share("of the last four municipal elections open to the voter in which they voted")
    any_share = _share("of all elections open to the voter in which they voted")
    any_open_count = _count("Elections open to the voter, of all types.")
    any_voted_count = _count("Elections in which the voter is known to have voted, of all types.")
    general_streak_count = _count(
        "Generals voted in without a break (one missed, closed or unknown), back from the latest; at most 4.", _FEW
    )
    last_vote_years = column(
        pa.float32(),
        "Time from the last vote to the election.",
        unit="years",
        null_means="No vote is known.",
        at_least=0,
        kind="derived",
    )
    mail_share = _share(
        "of the voter's ballots with a stated method that were cast by mail", "No ballot with a stated method."
    )
    early_share = _share(
        "of the voter's ballots with a stated method that were cast early in person", "No ballot with a stated method."
    )
    last_method_code = column(
        pa.string(),
        "Method of the last ballot that states one.",
        null_means="No ballot with a stated method.",
        kind="derived",
    )
    last_ballot_party_code = column(
        pa.string(),
        "Party ballot of the last primary voted in that states one.",
        null_means="None known.",
        kind="sensitive",
    )
    registration_years = column(
        pa.float32(), "Time from registration to the election, at most 30.", unit="years",
        null_means="Masked or not given.", at_least=0, at_most=30, kind="derived",
    )  # fmt: skip
    is_new_registrant = column(
        pa.float32(), "Registered since the deadline of the latest general: 1 yes, 0 no.",
        null_means="The date or that general is unknown.", at_least=0, at_most=1, kind="derived",
    )  # fmt: skip
    party_code = column(pa.string(), "Party of registration.", null_means="No registration by party.", kind="sensitive")
    status_code = column(pa.string(), "Active or inactive.", null_means="Not given.")
    age_years = column(
        pa.float32(), "Year of the election less year of birth.", unit="years",
        null_means="Year of birth unknown, or past belief.", at_least=16, at_most=130, kind="sensitive",
    )  # fmt: skip
    gender_code = column(pa.string(), "F or M, as registered.", null_means="Undesignated.", kind="sensitive")
    household_size_count = _count("Registered people in the home, the voter included.")
    housemates_general_share = _share("of generals voted in by the others at home, mean of their own shares", _ALONE)
    housemates_best_general_share = _share("of generals voted in by the most regular of the others at home", _ALONE)
    housemates_primary_share = _share("of primaries voted in by the others at home, mean of their own shares", _ALONE)
    housemates_same_kind_lag1_share = _share(
        "of the others at home who voted in the latest election of the same kind", _ALONE
    )
    housemates_any_share = _share("of all elections voted in by the others at home, mean of their own shares", _ALONE)
    household_age_gap_years = column(
        pa.float32(), "Age less the mean age of the others at home.", unit="years", null_means=_NO_AGE, kind="derived"
    )
    household_oldest_years = column(
        pa.float32(), "Age of the oldest at home.", unit="years", null_means="No age at home is known.", kind="derived"
    )
    precinct_voter_count = _count("Voters of the precinct, the voter's home left out.", "No precinct is given.")
    precinct_general_lag1_share = _precinct("the latest general")
    precinct_general_lag2_share = _precinct("the second latest general")
    precinct_general_lag3_share = _precinct("the third latest general")
    precinct_same_kind_lag1_share = _precinct("the latest election of the same kind")
    precinct_same_kind_lag2_share = _precinct("the second latest of the same kind")
    precinct_same_kind_lag3_share = _precinct("the third latest of the same kind")
    precinct_primary_lag1_share = _precinct("the latest primary")
    precinct_mean_age_years = column(
        pa.float32(),
        "Mean age in the precinct, own home left out, shrunk to the state with the weight of 50 voters.",
        unit="years",
        null_means="No precinct is given, or no age is known in the state.",
        kind="derived",
    )
    donation_count = _linked("Gifts known by the as-of day.", unit="count", at_least=0)
    donation_usd = _linked(
        "Gifts less refunds in the two years before the election, as far as known by the as-of day.", unit="USD"
    )
    last_donation_years = _linked("Time from the last gift to the election.", unit="years", none="Also where none is.")
    is_subscriber = _linked("On an e-mail list of the campaign: 1 yes, 0 no.", at_least=0, at_most=1)
    volunteer_shift_count = _linked("Shifts worked as a volunteer.", unit="count", at_least=0)
    contact_attempt_count = _linked(
        "Attempts to reach the voter in the two years before the election.", unit="count", at_least=0
    )
    contact_count = _linked("Of these, attempts that reached the voter.", unit="count", at_least=0)
    income_usd = _linked("Income of the home, as a vendor has it.", unit="USD", at_least=0, kind="sensitive")
    home_value_usd = _linked("Value of the home, as a vendor has it.", unit="USD", at_least=0)
    is_home_owner = _linked("The home is owned by those who live in it: 1 yes, 0 no.", at_least=0, at_most=1)
    residence_years = _linked("Time at the address, as a vendor has it.", unit="years", at_least=0)
    children_count = _linked("Children in the home, as a vendor has it.", unit="count", at_least=0)
    link_q = column(
        pa.float32(),
        "Least calibrated chance that a link behind the row's linked columns is right; weighs the row in training.",
        unit="probability", at_least=0, at_most=1, kind="derived",
        null_means="No link stands behind the row, or it is by a stated id or not calibrated.",
    )  # fmt: skip


LINKED = (
    "donation_count", "donation_usd", "last_donation_years", "is_subscriber", "volunteer_shift_count",
    "contact_attempt_count", "contact_count", "income_usd", "home_value_usd", "is_home_owner", "residence_years",
    "children_count",
)  # fmt: skip
"""Columns that come from linked sources."""

_BORDER = (
    "voter_id",
    "household_id",
    "county_code",
    "precinct_code",
    "election_date",
    "as_of",
    "snapshot_date",
    "cohort",
    "link_q",
)


def feature_names() -> list[str]:
    """Columns that a model may use, in the order of the table."""
    return [name for name in Features.schema().names if name not in _BORDER]
