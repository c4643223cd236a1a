"""The ledger only grows, and its last promotion or return names the version in use."""

import pytest

from models.errors import ArtefactError
from pipelines.modelling.ledger import VersionLedger


@pytest.fixture
def ledger(desk) -> VersionLedger:
    return VersionLedger(desk.lake, "turnout", "NC")


def test_events_are_only_added(ledger: VersionLedger) -> None:
    before = {file.name: file.read_bytes() for file in ledger.folder.iterdir()}
    ledger.append(ledger.champion(), "refused", "gates", "Worse.")
    after = {file.name: file.read_bytes() for file in ledger.folder.iterdir()}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    assert [event["sequence"] for event in ledger.events()] == [1, 2, 3]


def test_two_writers_of_one_event_cannot_overwrite_each_other(ledger: VersionLedger, monkeypatch) -> None:
    known = ledger.events()[:1]
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "events", lambda: known)
        with pytest.raises(ArtefactError, match="another process wrote event 2"):
            ledger.append(VersionLedger(ledger.lake, "turnout", "NC").champion(), "refused", "gates", "Worse.")
    assert [event["event"] for event in ledger.events()] == ["trained", "promoted"]
    assert not list(ledger.folder.glob("*.writing"))


def test_training_or_refusal_alone_crowns_nobody(ledger: VersionLedger) -> None:
    champion = ledger.champion()
    for event in ("trained", "refused"):
        ledger.append(champion, event, "gates", "It happened.")
    assert ledger.champion_id() == champion.version_id


def test_every_event_says_who_and_why(ledger: VersionLedger) -> None:
    ledger.append(ledger.champion(), "rolled_back", "ada", "The list of the day before was better.")
    event = ledger.events()[-1]
    assert (event["decided_by"], event["reason"]) == ("ada", "The list of the day before was better.")


def test_without_a_promotion_nothing_may_score(desk) -> None:
    empty = VersionLedger(desk.lake, "another", "NC")
    assert empty.champion_id() is None
    with pytest.raises(ArtefactError, match="no version has passed its gates"):
        empty.champion()


def test_each_state_has_a_ledger_of_its_own(ledger: VersionLedger) -> None:
    before, ohio = ledger.events(), VersionLedger(ledger.lake, "turnout", "OH")
    assert (ohio.events(), ohio.champion_id()) == ([], None)
    ohio.append(ledger.champion(), "promoted", "gates", "Good.")
    assert [event["sequence"] for event in ohio.events()] == [1]
    assert ledger.events() == before
