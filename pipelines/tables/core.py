"""Typed, keyed rows: people, elections, votes, households, experiments."""

import pyarrow as pa

from models.tables import TableContract, column

STATUSES = ("active", "inactive", "pending", "removed", "denied")
ELECTION_TYPES = ("general", "primary", "runoff", "special", "municipal")
ELECTION_KINDS = ("presidential", "midterm", "odd", "primary", "runoff", "special", "municipal")
PARTIES = ("democratic", "republican", "libertarian", "green", "other", "none")
CHANGES = (
    "added", "came_back", "dropped", "purged", "delisted", "moved", "name", "party", "status", "precinct",
)  # fmt: skip
METHODS = ("election_day", "early", "mail", "provisional", "other")
_NOT_GIVEN = "The state does not give it, or it is masked."


class Voters(TableContract):
    """One row per person on a state's file on the snapshot day. Key: voter_id within a snapshot.

    A snapshot is the whole state: where a delivery holds some counties only, the people of the others stand in it as
    the last good snapshot had them, and `stated_on` is the day of that file. A state as of a past day is its newest
    snapshot made by then: `FROM core_voters WHERE snapshot_date =
    (SELECT max(snapshot_date) FROM core_voters WHERE snapshot_date <= DATE '2026-09-15')`

    Pitfalls: removed people are in some states' files, so filter `status_code`; some states give only the year of
    birth; a masked or placeholder date is null and counted in the receipt. Who moves from a county that came into one
    that did not is missing until the other county comes.
    """

    table_name = "core_voters"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    snapshot_date = column(pa.date32(), "Day the file was made.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<the state's own id>`, leading zeros kept.", key=True, kind="identifier")
    county_code = column(pa.string(), "The state's own code of the county.", null_means=_NOT_GIVEN)
    precinct_code = column(pa.string(), "The county's own code of the precinct.", null_means=_NOT_GIVEN)
    precinct_name = column(pa.string(), "Name of the precinct, where the file gives one.", null_means=_NOT_GIVEN)
    congressional_code = column(pa.string(), "District of the US House.", null_means=_NOT_GIVEN)
    last_name = column(pa.string(), "Family name.", kind="identifier", null_means=_NOT_GIVEN)
    first_name = column(pa.string(), "Given name.", kind="identifier", null_means=_NOT_GIVEN)
    middle_name = column(pa.string(), "Middle name or initial.", kind="identifier", null_means=_NOT_GIVEN)
    name_suffix = column(pa.string(), "Jr, Sr, III.", kind="identifier", null_means="None, or not given.")
    address_line = column(pa.string(), "Residence, number and street with unit.", kind="contact", null_means=_NOT_GIVEN)
    city = column(pa.string(), "City of residence.", kind="contact", null_means=_NOT_GIVEN)
    zip_code = column(pa.string(), "Five-digit ZIP of residence.", kind="contact", null_means=_NOT_GIVEN)
    phone = column(pa.string(), "Phone, digits only.", kind="contact", null_means=_NOT_GIVEN)
    stated_household = column(
        pa.string(), "Household number, where the source states one.", kind="identifier", null_means="Not stated."
    )
    birth_year = column(
        pa.int16(), "Year of birth.", unit="year", kind="sensitive", at_least=1900, null_means=_NOT_GIVEN
    )
    birth_date = column(pa.date32(), "Day of birth.", kind="sensitive", null_means="Only the year is given, or masked.")
    gender_code = column(pa.string(), "F or M.", kind="sensitive", one_of=("F", "M"), null_means="Undesignated.")
    race_code = column(pa.string(), "Self-reported, in the state's own code.", kind="sensitive", null_means=_NOT_GIVEN)
    party_code = column(
        pa.string(), "Party of registration.", kind="sensitive", one_of=PARTIES, null_means="No registration by party."
    )
    status_code = column(pa.string(), "Standing of the registration.", one_of=STATUSES, null_means=_NOT_GIVEN)
    registration_date = column(pa.date32(), "Day of registration.", null_means="Masked, placeholder or not given.")
    is_confidential = column(pa.bool_(), "Whether the address is kept from the public: never contact, never link.")
    stated_on = column(
        pa.date32(), "Day of the file that states the row: earlier than snapshot_date where its county did not come."
    )


class VoterChanges(TableContract):
    """One row per voter and change of a snapshot against the one before it. Key: voter_id and change_code.

    Who is on the file and not removed is on the roll. Coming and going are told against the roll:

    - `added`: on the roll, and on no earlier file. `came_back`: on the roll again, after being absent or removed.
    - `purged`: was on the roll, is removed on the file. `dropped`: was on the roll, is absent from the file.
    - `delisted`: was removed already, and is now absent. No voter is lost by it; kept so that who was ever on a file
      can be told from these rows. Who first appears as removed is no row at all.

    What changed about a person is told where they are on the roll in both snapshots, and by meaning:

    - `moved`: another residence, unit and ZIP included, or another county where an address is unknown.
    - `name`: another name. A middle name that becomes its initial is none.
    - `party`, `status`: another code. `precinct`: another one, by its county and code; one with a new code and its old
      name is the same.

    Case, white space, punctuation and accents are no change; nor is a value that becomes known, unknown or masked.
    The first snapshot of a state has no rows. Names and addresses are not here; they stand in the two snapshots.

    Pitfalls: of a person who came back, what else changed is not told. A change shows in the first file after it; where
    counties come on days of their own, compare `stated_on` of the two snapshots.
    """

    table_name = "core_voter_changes"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    snapshot_date = column(pa.date32(), "Day of the file that shows the change.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<the state's own id>`.", key=True, kind="identifier")
    change_code = column(pa.string(), "What changed.", key=True, one_of=CHANGES)
    previous_snapshot_date = column(pa.date32(), "Day of the snapshot that it is compared with.")
    code_before = column(
        pa.string(),
        "Code before: the party, the precinct, the county of who moved, else the status.",
        kind="sensitive",
        null_means="The name changed, or the person was absent, or the code was not known.",
    )
    code_after = column(
        pa.string(),
        "Code after, of the same kind.",
        kind="sensitive",
        null_means="The name changed, or the person is absent, or the code is not known.",
    )


class RefusedRows(TableContract):
    """What is told of a refused row of a received file; the base of its tables, and no table by itself."""

    file_id = column(pa.string(), "SHA-256 of the file.", key=True)
    row_number = column(
        pa.int64(), "Line of the file, the header being 1; a record that spans lines counts once.", key=True, at_least=1
    )
    rule = column(pa.string(), "Rule that the row breaks.", key=True)
    column_name = column(pa.string(), "Column that breaks it.", null_means="The row as a whole.")


class Rejects(RefusedRows):
    """One row per refused row of a received file. Key: file, row and rule; never a value of the row."""

    table_name = "core_rejects"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    snapshot_date = column(pa.date32(), "Day the file was made.", partition=True)


class Elections(TableContract):
    """One row per election that the calendar names or a history file states. Key: election_id.

    Pitfalls: an election without stated votes is not covered: whoever has no vote there is unknown, not absent.
    """

    table_name = "core_elections"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    election_id = column(pa.string(), "`<jurisdiction>-<date>-<type>`.", key=True)
    election_date = column(pa.date32(), "Day of the election.")
    election_type = column(pa.string(), "Type of the election.", one_of=ELECTION_TYPES)
    election_kind = column(pa.string(), "Type, with generals told apart by the year.", one_of=ELECTION_KINDS)
    registration_deadline = column(pa.date32(), "Last day to register and vote in it.")
    is_deadline_assumed = column(pa.bool_(), "Whether the calendar lacks it and the state's usual days were used.")
    vote_count = column(pa.int64(), "Voters with a stated ballot.", unit="count", at_least=0)
    posted_on = column(
        pa.date32(), "First day on which its history could be known.", null_means="No history has been posted."
    )


class VoteHistory(TableContract):
    """One row per stated participation, voter x election, in the delivery that first states it. Key: both ids.

    Pitfalls: what no file states is not here; `participation` in pipelines/core/history.py derives it: did not vote
    though eligible, or not knowable. People in it may be missing from core_voters.
    """

    table_name = "core_vote_history"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    snapshot_date = column(pa.date32(), "Day of the delivery that first states the row.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<the state's own id>`.", key=True, kind="identifier")
    election_id = column(pa.string(), "`<jurisdiction>-<date>-<type>`.", key=True)
    election_date = column(pa.date32(), "Day of the election.")
    election_type = column(pa.string(), "Type of the election.", one_of=ELECTION_TYPES)
    is_voted = column(pa.bool_(), "True: a ballot was counted. False: the file states that none was.")
    method_code = column(pa.string(), "How the ballot was cast.", one_of=METHODS, null_means="Not stated.")
    ballot_party_code = column(
        pa.string(), "Party ballot of a primary.", kind="sensitive", one_of=PARTIES, null_means="None or not stated."
    )
    county_code = column(pa.string(), "County of registration at that election.", null_means="Not stated.")
    known_on = column(pa.date32(), "Day the row could first be known.")
    is_known_on_assumed = column(pa.bool_(), "Whether known_on is the election day plus the state's posting lag.")


class Households(TableContract):
    """One row per voter on the snapshot day, with the home they share. Key: voter_id within a snapshot.

    Pitfalls: dormitories, barracks and care homes are not households; everyone there lives alone in this table.
    """

    table_name = "core_households"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    snapshot_date = column(pa.date32(), "Day the file was made.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<the state's own id>`.", key=True, kind="identifier")
    household_id = column(
        pa.string(), "Hash of the normalised address, or of the voter who has none.", kind="identifier"
    )
    is_address_known = column(pa.bool_(), "Whether an address stands behind the household.")
    is_institution = column(pa.bool_(), "Whether more people share the address than a home holds.")


class Assignments(TableContract):
    """One row per person and experiment: the arm drawn for them. Key: experiment_id and voter_id."""

    table_name = "core_assignments"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    experiment_id = column(pa.string(), "Name of the experiment's YAML.", key=True)
    voter_id = column(pa.string(), "`<STATE>-<own id>`.", key=True, kind="identifier")
    unit_id = column(pa.string(), "What was drawn: the household or the person.", kind="identifier")
    arm_code = column(pa.string(), "Arm that was drawn, contacted or not.")
    assigned_on = column(pa.date32(), "Day from which the arm could act.")
