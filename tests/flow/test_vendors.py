"""Lists of vendors come in beside the states: taken in, held, linked, and known as features of the voters."""

import datetime as dt
import shutil

import dagster as dg
import pytest

from models.features import Features
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.campaign import Ballots, Donations
from pipelines.tables.links import Links
from pipelines.tables.people import People
from tests.flow import desk_world as world

NAMES = ["bluebird_giving", "harborline_consumer", "statehouse_ballots"]
DAYS = [dt.date(2026, 9, 1), dt.date(2026, 10, 1)]
UP_TO = ["raw_receipts", "core_voters", "core_vote_history", "core_rejects", "core_elections", "core_households",
         "core_voter_changes", "core_links", "core_people", "feature_voters"]  # fmt: skip


class Desk:
    """A small state and two lists, taken in by the jobs that the desk launches."""

    def __init__(self, folder):
        from pipelines.demo import simulate_landing
        from pipelines.engine import prepare
        from pipelines.settings import read_settings

        self.root = folder / "root"
        self.settings = read_settings("demo")
        simulate_landing(self.settings)
        prepare(self.settings)

    def launch(self, job, partition, assets=None, config=None):
        from pipelines.definitions import defs

        with dg.DagsterInstance.get() as instance:
            found = defs().resolve_job_def(job)
            chosen = [dg.AssetKey(name) for name in assets] if assets else None
            return found.execute_in_process(
                instance=instance, partition_key=partition, asset_selection=chosen, raise_on_error=False,
                run_config=config or {},
            )  # fmt: skip

    def rows(self, contract, query, **partition):
        lake = self.lake
        with lake.connect() as connection:
            return connection.execute(query.format(f"({lake.table(contract, **partition).select()})")).fetchall()

    @property
    def lake(self):
        from pipelines.defs.resources import Desk as Resource

        return Resource(profile="demo").lake


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vendors")
    configs = world.few_states(folder / "configs", {"NC": DAYS}, voters=2000)
    world.edit(configs / "profiles" / "demo.yaml", lambda content: content.update(vendors=NAMES))
    at_desk = world.at_desk(folder / "root", configs, DAGSTER_HOME=str(folder / "root" / "dagster"))
    with at_desk, world.flow_of_another_profile():
        found = Desk(folder)
        found.taken = {name: found.launch("take_in_records", name) for name in NAMES}
        found.scored = found.launch("rescore", "NC", UP_TO)
        yield found


def test_every_list_is_taken_in_and_its_ballots_carry_the_states_ids(desk):
    assert all(run.success for run in desk.taken.values())
    days = desk.rows(Donations, "SELECT DISTINCT CAST(snapshot_date AS VARCHAR) FROM {0} ORDER BY 1")
    assert days == [(str(day),) for day in DAYS]
    stated = desk.rows(Ballots, "SELECT count(*), count(stated_voter_id) FROM {0}")[0]
    assert stated[0] == stated[1] > 20


def test_ballots_are_linked_by_their_ids_and_gifts_by_who_gave(desk):
    assert desk.scored.success
    ballots = desk.rows(Links, "SELECT decided_by, count(*) FROM {0} GROUP BY 1", source="statehouse_ballots")
    assert dict(ballots)["stated_id"] >= 0.95 * sum(count for _, count in ballots)
    gifts = "SELECT count(*), count(voter_id), count(model_sha256) FROM {0}"
    records, linked, weighed = desk.rows(Links, gifts, source="bluebird_giving")[0]
    assert records >= weighed >= linked > 0.3 * records


def test_a_gift_is_known_of_its_voter_and_unknown_or_none_of_the_others(desk):
    told = "SELECT count(*), count(donation_count), count_if(donation_count > 0), count(income_usd) FROM {0}"
    place = {"state": "NC", "election_id": world.TARGET}
    voters, known, givers, incomes = desk.rows(Features, told, **place)[0]
    assert voters > known > givers > 20 and incomes > 500
    assert desk.rows(People, "SELECT count(*) > 1500 FROM {0}", state="NC") == [(True,)]


def test_the_desk_shows_coverage_and_charts_and_no_name(desk):
    event = next(e for e in desk.scored.get_asset_materialization_events() if e.asset_key.path == ["core_links"])
    metadata = {key: str(value.value) for key, value in event.materialization.metadata.items()}
    assert "bluebird_giving" in metadata["coverage"] and "data:image/svg" in metadata["match weights"]
    assert "review 300 records first" in metadata["not calibrated"]
    page = (desk.root / "model" / "link" / "NC" / "report.html").read_text(encoding="utf-8")
    names = desk.rows(Donations, "SELECT DISTINCT last_name FROM {0} WHERE length(last_name) > 6 LIMIT 50")
    assert names and not [name for (name,) in names if name in page or name in str(metadata)]


def test_a_broken_list_is_held_decided_on_and_harms_no_other(desk):
    newest = desk.root / "landing" / "bluebird_giving" / str(DAYS[-1])
    broken = desk.root / "landing" / "bluebird_giving" / "2026-10-15"
    shutil.copytree(newest, broken)
    for file in broken.iterdir():
        file.write_text(file.read_text(encoding="utf-8-sig").replace("Amount", "Betrag", 1), encoding="utf-8")
    run = desk.launch("take_in_records", "bluebird_giving")
    assert run.success
    check = next(found for found in run.get_asset_check_evaluations() if found.check_name == "newest_delivery_accepted")
    assert not check.passed and "Betrag" in check.description
    (held,) = [found for found in ReceiptLedger(desk.lake, "bluebird_giving").deliveries() if found.verdict == "held"]
    assert desk.rows(Donations, "SELECT max(snapshot_date) FROM {0}") == [(DAYS[-1],)]
    decided = {"delivery": held.delivery_id, "choice": "reject", "why": "they sent it again"}
    config = {"ops": {"raw_record_receipts": {"config": decided}}}
    assert desk.launch("decide_records", "bluebird_giving", config=config).success
    assert all(found.verdict == "accepted" for found in ReceiptLedger(desk.lake, "bluebird_giving").deliveries())
