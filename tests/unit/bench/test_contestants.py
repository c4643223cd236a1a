"""Every way from texts to Parquet that is compared reads the same cells; figures become the right verdicts."""

import tempfile

import duckdb
import pytest

from pipelines.lake import Lake
from pipelines.sql import literal
from pipelines.tables.core import VoteHistory, Voters
from tests.bench.contestants import CONTESTANTS, DELIMITED_ONLY
from tests.bench.deliveries import line_count, prepared_delivery, texts_of
from tests.bench.ingest import ingest_lines
from tests.bench.orchestration import demo_share, emptied, orchestration_lines
from tests.bench.startup import HEAVY, LOCATION, startup_lines

SMALL = 400


@pytest.fixture(scope="module", params=["nc", "oh", "fl", "mi"])
def ran(request, tmp_path_factory):
    """Name and folder of a small delivery of each shape, and the folder that each contestant wrote."""
    home = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(home))
        folder = prepared_delivery(request.param, SMALL)
    outs = {}
    is_fixed = texts_of(folder, request.param)["voters"].is_fixed
    for contestant, run in CONTESTANTS.items():
        if is_fixed and contestant in DELIMITED_ONLY:
            continue
        outs[contestant] = home / contestant
        outs[contestant].mkdir()
        run(folder, request.param, outs[contestant])
    return request.param, folder, outs


def _rows(query: str) -> list[tuple]:
    return duckdb.execute(query).fetchall()


def _parquet(out, role: str) -> str:
    return f"read_parquet({literal(str(out / f'{role}.parquet'))})"


def test_peers_read_the_same_cells(ran):
    name, folder, outs = ran
    for role, texts in texts_of(folder, name).items():
        assert _rows(f"SELECT count(*) FROM {_parquet(outs['copy'], role)}") == [(line_count(texts),)]
        if texts.is_fixed:
            continue
        columns = ", ".join(f"nullif(\"{header}\", '')" for header in texts.columns)
        copied, streamed = (f"SELECT {columns} FROM {_parquet(outs[peer], role)}" for peer in ("copy", "polars"))
        assert _rows(f"SELECT count(*) FROM ({copied} EXCEPT ALL {streamed})") == [(0,)]
        assert _rows(f"SELECT count(*) FROM {_parquet(outs['pandas'], role)}") == [(line_count(texts),)]


def test_ours_reads_as_many_people_and_votes_as_they_do(ran):
    name, folder, outs = ran
    texts = texts_of(folder, name)
    lake = Lake(outs["ours"])
    assert lake.table(Voters).row_count == line_count(texts["voters"])
    if texts["voters"].elections:
        melted = _rows(f"SELECT count(*) FROM {_parquet(outs['pandas'], 'history')}")
        assert [(lake.table(VoteHistory).row_count,)] == melted


@pytest.mark.parametrize("ran", ["mi"], indirect=True)
def test_copy_of_fixed_width_cuts_fields_at_their_places(ran):
    _, _, outs = ran
    fields = "'MI-' || VOTER_IDENTIFICATION_NUMBER, nullif(CITY, ''), nullif(LAST_NAME, '')"
    copied = f"SELECT {fields} FROM {_parquet(outs['copy'], 'voters')}"
    ours = f"SELECT voter_id, city, last_name FROM ({Lake(outs['ours']).table(Voters).select()})"
    assert _rows(f"SELECT count(*) FROM ({copied} EXCEPT ALL {ours})") == [(0,)]


def test_cached_delivery_is_not_simulated_again(ran, monkeypatch):
    name, folder, _ = ran
    monkeypatch.setattr(tempfile, "tempdir", str(folder.parents[1]))
    monkeypatch.setattr("tests.bench.deliveries.electorate", lambda *_: pytest.fail("simulated again"))
    assert prepared_delivery(name, SMALL) == folder


def _measured(over_copy: float, pandas_over_ours: float, is_fixed: bool = False) -> dict:
    run = {"median_seconds": 2.0, "mib": [100.0], "rows_per_second": 5000}
    facts = {"name": "Nowhere", "lines": 10_000, "bytes": 1e9, "files": 2, "elections_in_columns": 0}
    facts["is_fixed"] = is_fixed
    ratios = {"over_copy": {"median": over_copy}, "pandas_over_ours": pandas_over_ours}
    peers = {"ours": run, "copy": run, "polars": run, "scan": run, "pandas": run}
    return {"sources": {"xx": {**facts, **peers, **ratios}}}


def test_ingest_holds_up_to_its_targets_and_not_beyond():
    assert [line.holds for line in ingest_lines(_measured(2.0, 4.0))][:2] == [True, True]
    assert [line.holds for line in ingest_lines(_measured(2.01, 3.99))][:2] == [False, False]


def test_fixed_width_may_take_three_copies():
    assert ingest_lines(_measured(3.0, 4.0, is_fixed=True))[0].holds is True
    assert ingest_lines(_measured(3.01, 4.0, is_fixed=True))[0].holds is False


def test_memory_that_grows_is_short_though_it_is_small():
    memory = {"mib": {"1": 100.0, "2": 130.0}, "peak_mib": 130.0, "growth": 1.3}
    assert ingest_lines({"sources": {}, "memory": memory})[0].holds is False
    assert ingest_lines({"sources": {}, "memory": {**memory, "growth": 1.1}})[0].holds is True


def test_peer_that_stopped_has_no_line():
    figures = _measured(1.0, 5.0)
    figures["sources"]["xx"]["pandas"] = None
    assert not [line for line in ingest_lines(figures) if "pandas" in line.measure]


def test_code_location_with_a_heavy_module_is_short_however_fast():
    figures = {"target_seconds": 4.0, "over_import": {"median": 1.5}, "heavy_modules": []}
    figures["commands"] = {name: {"median_seconds": 2.0} for name in (LOCATION, "import dagster", "walklist --help")}
    assert startup_lines(figures)[0].holds is True
    assert startup_lines({**figures, "heavy_modules": [HEAVY[0]]})[0].holds is False


def test_share_of_the_demo_is_told_only_where_its_time_is_known():
    assert demo_share(9.0, None) == {} and demo_share(9.0, 300.0)["share_of_demo"] == pytest.approx(0.03)
    seconds = {name: {"median_seconds": 9.0} for name in ("next_state", "all_states")}
    figures = {"assets": 10, "checks": 12, "states": 3, **seconds}
    assert [line.holds for line in orchestration_lines(figures)] == [None, None]
    assert [line.holds for line in orchestration_lines(figures | demo_share(9.0, 300.0))] == [None, True]


def test_emptied_graph_has_every_asset_check_and_edge(monkeypatch, tmp_path):
    monkeypatch.setenv("WALKLIST_DATA", str(tmp_path))
    from pipelines.definitions import defs

    real = defs()
    there, here = real.resolve_asset_graph(), emptied(real).resolve_asset_graph()
    assert here.executable_asset_keys == there.executable_asset_keys and here.asset_check_keys == there.asset_check_keys
    assert all(here.get(key).parent_keys == there.get(key).parent_keys for key in here.executable_asset_keys)
    assert not list(tmp_path.iterdir())
