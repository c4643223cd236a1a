"""Which voter a record of a source belongs to, and how surely."""

import pyarrow as pa

from models.tables import TableContract, column

FINDERS = ("auto", "stated_id")
DECIDERS = (*FINDERS, "review")
DECISIONS = ("same", "other", "unsure")
SURNAMES = ("rare", "middle", "common", "unknown")


class Links(TableContract):
    """One row per record of a source that was looked at in the state: its best voter, and how clearly it is the best.

    A record is looked at where its address is in the state, or its state is not told. One without any candidate has a
    row, too: it need not be compared again. What people decided is laid over what was found: `voter_id`, `link_q` and
    `decided_by` are the standing answer, `best_voter_id`, `best_q` and `found_by` what it would be without them.

    Pitfalls: a row is no link. Nothing may be read out of this table but by `pipelines/linking/handing_out.py`, which
    takes what the link is to be used for and holds it to that threshold.

    Key: source_record_id within a state, source and role.
    """

    table_name = "core_links"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    source = column(pa.string(), "Source of the record: the name of its YAML.", partition=True)
    role = column(
        pa.string(), "Kind of record: `consumers`, `donations`, ...; its table is `core_<role>`.", partition=True
    )
    source_record_id = column(pa.string(), "The record, as in its table.", key=True, kind="identifier")
    voter_id = column(
        pa.string(), "Voter of the record, as far as the row says one.", kind="identifier",
        null_means="No voter may be the person, two are equally good, or a person ruled the best one out.",
    )  # fmt: skip
    link_q = column(
        pa.float64(), "Calibrated chance that the voter is the person: of links at 0.9, nine in ten are right.",
        unit="probability", at_least=0, at_most=1, kind="derived",
        null_means="Not calibrated: nothing was reviewed, or no voter or a stated id.",
    )  # fmt: skip
    decided_by = column(pa.string(), "What decided: the comparisons, a stated id, or a person.", one_of=DECIDERS)
    best_voter_id = column(
        pa.string(), "Best voter before any person decided.", kind="identifier",
        null_means="No voter may be the person, or two are equally good.",
    )  # fmt: skip
    best_q = column(
        pa.float64(), "link_q of the best voter before any person decided.", unit="probability", at_least=0, at_most=1,
        kind="derived", null_means="Not calibrated.",
    )  # fmt: skip
    found_by = column(pa.string(), "What found the best voter.", one_of=FINDERS)
    match_weight = column(
        pa.float64(), "Evidence for the best voter, base-2 logarithm of the odds. It is no probability.", unit="bits",
        kind="derived", null_means="No candidate, or a stated id.",
    )  # fmt: skip
    gap_bits = column(
        pa.float64(), "Evidence beyond the next voter's.", unit="bits", at_least=0, kind="derived",
        null_means="No candidate, or a stated id.",
    )  # fmt: skip
    candidate_count = column(pa.int32(), "Voters that the record may be.", unit="count", at_least=0)
    namesake_count = column(
        pa.int32(), "Voters with the name of the best one.", unit="count", at_least=0, kind="derived",
        null_means="No best voter, or a stated id.",
    )  # fmt: skip
    levels = column(
        pa.list_(pa.int8()), "How far each trait of the model agrees, in its order; 0 disagrees, -1 is unknown.",
        kind="derived", null_means="No best voter, or a stated id.",
    )  # fmt: skip
    near_voter_ids = column(
        pa.list_(pa.string()), "Voters that the record may be, the likeliest first: five at most, none more than ten "
        "bits (1,000 to 1) behind the best.", kind="identifier", null_means="No candidate.",
    )  # fmt: skip
    is_name_proven = column(
        pa.bool_(),
        "Whether the first names of record and voter agree, or are forms of one name; false without a voter.",
    )
    is_person_proven = column(
        pa.bool_(), "Whether the day of birth or the e-mail of the record and its voter, else the best one, agrees."
    )
    surname_code = column(
        pa.string(), "How common the record's family name is among the voters of the state: `common` is one in 1,000 "
        "or more, `middle` one in 20,000.", one_of=SURNAMES, kind="derived",
    )  # fmt: skip
    is_surname_compound = column(pa.bool_(), "Whether the record's family name has several words.", kind="derived")
    record_hash = column(
        pa.string(), "Hash of what the record says of who it is; it is compared again when that changes.",
        kind="derived",
    )  # fmt: skip
    compared_from = column(
        pa.string(), "Hash of the voters, model, rule and program that it was compared by: where they stand, so does "
        "the row.", kind="derived",
    )  # fmt: skip
    rule_version = column(pa.string(), "Rule by which the best voter was found.")
    model_sha256 = column(pa.string(), "SHA-256 of the model that weighed it.", null_means="A stated id, or no model.")
    quality_sha256 = column(
        pa.string(), "SHA-256 of the second stage behind best_q.", null_means="best_q is not known."
    )


class LinkReviews(TableContract):
    """One row per decision of a person on a record and a voter, append-only; a pair's newest counts. Key: sequence.

    `same` links them whatever the model says, `other` keeps them apart for ever, `unsure` leaves it to the model.
    """

    table_name = "core_link_reviews"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    sequence = column(pa.int64(), "Place in the ledger of the state, from 1.", key=True, at_least=1)
    source = column(pa.string(), "Source of the record.")
    role = column(pa.string(), "Kind of record.")
    source_record_id = column(pa.string(), "The record.", kind="identifier")
    voter_id = column(pa.string(), "The voter that was shown.", kind="identifier")
    decision_code = column(pa.string(), "What the person decided.", one_of=DECISIONS)
    chance = column(
        pa.float64(), "Chance that the record had of being drawn for review.", at_least=0, at_most=1,
        null_means="It was not drawn by chance: it teaches nothing about the others.",
    )  # fmt: skip
    pair_id = column(pa.string(), "Row of the queue that was decided on.", null_means="It came from no queue.")
    record_hash = column(
        pa.string(), "Hash of what the record said of who it is when it was shown.", kind="derived",
        null_means="It was not kept.",
    )  # fmt: skip
    decided_at = column(pa.timestamp("us", tz="UTC"), "When the decision was read.")
    decided_by = column(pa.string(), "Who decided.")
