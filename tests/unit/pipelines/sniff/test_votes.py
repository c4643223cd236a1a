"""Codes of how a ballot was cast."""

from pipelines.sniff.notes import Noted, plain
from pipelines.sniff.profile import profile_columns
from pipelines.sniff.votes import ballot_code


def drafted(**codes):
    (profile,) = profile_columns(["column_5"], [[text] for text in list(codes) * 30])
    return profile, {"from": "column_5", "code": Noted(codes, "as listed")}


def test_a_no_among_the_ways_of_voting_is_no_vote():
    found = plain(ballot_code(*drafted(A="mail", E="early", Y="mail", N="election_day")))
    assert found["not_counted"] == {"N": None}
    assert found["counted"] == {"A": "mail", "E": "early", "Y": "election_day"}


def test_ways_of_voting_alone_are_all_counted():
    assert ballot_code(*drafted(A="mail", E="early", P="election_day")) is None


def test_a_yes_and_a_no_alone_are_left_to_the_header():
    assert ballot_code(*drafted(Y="mail", N="election_day")) is None
