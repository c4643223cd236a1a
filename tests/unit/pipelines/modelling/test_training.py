"""Training happens when there is something new to learn, and a version is in use only through its gates."""

import pytest

from models.errors import ArtefactError, TrainingError
from models.model_config import StateModel
from pipelines.modelling import training
from pipelines.modelling.ledger import VersionLedger
from pipelines.modelling.training import read_cohorts, train
from pipelines.tables.core import VoteHistory


def again(desk, model, **changes):
    return train(desk.lake, model, changes.get("occasions", desk.occasions), [], "somebody")


def strict(config: StateModel) -> StateModel:
    """The same model under a gate that no model passes; its numbers, and so its version, are the same."""
    return config.model_copy(update={"gates": config.gates.model_copy(update={"slope_low": 90.0, "slope_high": 91.0})})


def other(config: StateModel, **gates) -> StateModel:
    """A model with other numbers."""
    booster = config.booster.model_copy(update={"num_leaves": 3})
    return config.model_copy(update={"booster": booster, "gates": config.gates.model_copy(update=gates)})


def happened(desk) -> list[str]:
    return [event["event"] for event in VersionLedger(desk.lake, "turnout", "NC").events()]


def refit(*_):
    raise AssertionError("trained again")


def test_nothing_new_is_not_learned_twice(desk, config, monkeypatch) -> None:
    monkeypatch.setattr(training, "fit_propensity", refit)
    found = again(desk, config)
    assert (found.is_new, found.is_champion, happened(desk)) == (False, True, ["trained", "promoted"])


def test_another_outcome_is_learned(el, electorate, prepare, desk, config) -> None:
    turned = [
        {**vote, "is_voted": False} if vote["election_id"] == "NC-2022-11-08-general" and number % 9 == 0 else vote
        for number, vote in enumerate(electorate.votes)
    ]
    before = again(desk, config)
    el.write(el.change(electorate, votes=turned), desk.lake.root)
    after = again(prepare(desk.lake), config)
    assert (after.is_new, before.version.version_id != after.version.version_id) == (True, True)


def test_a_file_that_posted_the_history_is_part_of_what_is_learned(el, electorate, prepare, desk, config) -> None:
    """Its people decide who stayed home and who is unknown."""
    day = el.day("2023-01-15")
    fewer = {**electorate.snapshots, day: electorate.snapshots[day][:-20]}
    el.write(el.change(electorate, snapshots=fewer), desk.lake.root)
    found = again(prepare(desk.lake), config)
    assert found.is_new
    assert found.version.report["training"]["occasions"][-1]["vanished"] > 0


def test_the_verdict_is_of_the_gates_asked_for_and_not_of_those_of_the_first_time(desk, config) -> None:
    standing = again(desk, config)
    judged = again(desk, strict(config))
    assert judged.version.version_id == standing.version.version_id
    assert not judged.version.report["verdict"]["is_passed"]
    assert "90 to 91" in judged.version.report["verdict"]["text"]
    assert (judged.is_champion, happened(desk)) == (True, ["trained", "promoted", "refused"])
    assert VersionLedger(desk.lake, "turnout", "NC").events()[-1]["is_passed"] is False
    again(desk, strict(config))
    assert happened(desk) == ["trained", "promoted", "refused"]
    assert again(desk, config).version.report["verdict"]["is_passed"]


def test_numbers_once_refused_are_promoted_when_the_gates_they_break_are_gone(desk, config) -> None:
    refused = again(desk, other(config, slope_low=90.0, slope_high=91.0))
    assert (refused.is_champion, happened(desk)[2:]) == (False, ["trained", "refused"])
    passed = again(desk, other(config))
    assert (passed.version.version_id, passed.is_champion) == (refused.version.version_id, True)
    assert happened(desk)[2:] == ["trained", "refused", "promoted"]


def test_a_refused_version_leaves_the_champion_in_use(desk, config) -> None:
    ledger = VersionLedger(desk.lake, "turnout", "NC")
    champion = ledger.champion_id()
    refused = again(desk, other(config, slope_low=90.0, slope_high=91.0))
    assert not refused.is_champion
    assert ledger.champion_id() == ledger.champion().version_id == champion != refused.version.version_id


def test_when_training_is_refused_the_champion_stays(desk, config) -> None:
    ledger, before = VersionLedger(desk.lake, "turnout", "NC"), happened(desk)
    champion = ledger.champion_id()
    with pytest.raises(TrainingError, match="needs 1 past midterm occasions"):
        again(desk, config, occasions=desk.occasions[:2])
    assert (ledger.champion().version_id, happened(desk)) == (champion, before)


def test_going_back_is_not_undone_by_the_next_run(desk, config) -> None:
    ledger = VersionLedger(desk.lake, "turnout", "NC")
    first = ledger.champion()
    second = again(desk, other(config))
    assert second.is_champion
    ledger.append(first, "rolled_back", "somebody", "Complaints from the field.")
    kept = again(desk, other(config))
    assert (kept.is_champion, ledger.champion_id()) == (False, first.version_id)


def test_a_configuration_taken_back_is_in_use_again(desk, config) -> None:
    first = again(desk, config)
    again(desk, other(config))
    back = again(desk, config)
    assert (back.is_new, back.is_champion, back.version.version_id) == (False, True, first.version.version_id)


def test_a_run_cut_off_before_its_verdict_was_written_is_judged_by_the_next(desk, config, monkeypatch) -> None:
    write = VersionLedger.append

    def cut_off(self, version, event, *rest):
        if event == "promoted":
            raise KeyboardInterrupt
        write(self, version, event, *rest)

    monkeypatch.setattr(VersionLedger, "append", cut_off)
    with pytest.raises(KeyboardInterrupt):
        again(desk, other(config))
    monkeypatch.undo()
    monkeypatch.setattr(training, "fit_propensity", refit)
    found = again(desk, other(config))
    assert (found.is_champion, happened(desk)[2:]) == (True, ["trained", "promoted"])


def test_a_version_is_written_once(desk, config) -> None:
    version = again(desk, config).version
    before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in version.folder.iterdir()}
    again(desk, strict(config))
    assert {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in version.folder.iterdir()} == before


def test_a_changed_version_is_refused(desk, config) -> None:
    file = again(desk, config).version.folder / "calibrator.json"
    file.write_text(file.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
    with pytest.raises(ArtefactError, match="bytes are not those recorded"):
        VersionLedger(desk.lake, "turnout", "NC").champion()


def test_the_same_people_give_the_same_version_in_another_place(
    el, electorate, prepare, desk, config, tmp_path
) -> None:
    there = prepare(el.write(electorate, tmp_path / "there"))
    assert again(there, config).version.version_id == again(desk, config).version.version_id


def test_people_whose_outcome_is_unknown_teach_nothing_and_are_counted(
    el, electorate, prepare, config, tmp_path
) -> None:
    day = el.day("2023-01-15")
    fewer = {**electorate.snapshots, day: electorate.snapshots[day][:-20]}
    desk = prepare(el.write(el.change(electorate, snapshots=fewer), tmp_path))
    cohorts = read_cohorts(desk.lake, config, desk.occasions, [])
    last = cohorts.frame[cohorts.frame["election_id"] == "NC-2022-11-08-general"]
    voted = {v["voter_id"] for v in electorate.votes if v["election_id"] == "NC-2022-11-08-general"}
    gone = {row["voter_id"] for row in electorate.snapshots[day][-20:]} - voted
    assert len(last) == 300 - len(gone)
    assert cohorts.vanished_counts["NC-2022-11-08-general"] == len(gone) > 0
    assert set(cohorts.frame["outcome"]) == {0, 1}
    assert "is_posted" not in cohorts.frame


def test_the_history_of_another_election_is_not_learned_again(
    el, electorate, prepare, desk, config, monkeypatch
) -> None:
    """A vote known after every occasion's day changes neither features nor outcomes."""
    news = el.vote("0001", "2025-11-04", "municipal", snapshot_date=el.day("2026-02-01"))
    el.write(el.change(electorate, votes=[*electorate.votes, news]), desk.lake.root)
    assert len(desk.lake.table(VoteHistory, state="NC").records()) == 6
    monkeypatch.setattr(training, "fit_propensity", refit)
    assert not again(prepare(desk.lake), config).is_new


def test_another_state_changes_nothing_here(desk, config, monkeypatch) -> None:
    """Another state in the YAML, its champion, and its people's arms are nothing that this state learns from."""
    here = again(desk, config).version
    there = config.model_copy(update={"states": ["NC", "OH"]}).of_state("OH", "Ohio")
    with pytest.raises(TrainingError, match="turnout OH: no past occasion"):
        again(desk, there, occasions=[])
    assert VersionLedger(desk.lake, "turnout", "OH").champion_id() is None
    monkeypatch.setattr(training, "fit_propensity", refit)
    shared = config.model_copy(update={"states": ["FL", "NC", "OH"]}).of_state("NC", "North Carolina")
    found = again(desk, shared)
    assert (found.is_new, found.is_champion, found.version.version_id) == (False, True, here.version_id)
    assert found.version.folder.parent.name == "state=NC"
