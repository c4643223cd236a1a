"""What linking costs: in processes of their own, on standard tables that stand as Parquet files.

Ours runs as the flow runs it: a connection of the lake with the memory limit of the profile `local`, which reads the
files as it needs them. Splink alone has its tables in memory before the clock starts, and twice that limit.
"""

import contextlib
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import duckdb
from splink import DuckDBAPI
from splink import Linker as BareLinker

from pipelines.lake import Lake
from pipelines.linking.blocking import rules_named
from pipelines.linking.linker import FLOOR, Linker
from pipelines.linking.model import LinkModel
from pipelines.linking.prepare import prepare_voters
from pipelines.settings import read_settings
from pipelines.sql import literal

NEW_SHARE = 0.01


def measured(how: str, folder: Path, records: str) -> dict[str, float]:
    """CPU seconds, seconds and peak memory (GiB) of one way to link the records of a file.

    Args:
        how: `ours`, `bare`, or `added`: ours for records that come later, once the voters are prepared.
        folder: Holds `voters.parquet`, `protected.parquet`, `model.json` and the records; takes `<how>.parquet`.
        records: Name of the file of the records.
    """
    ran = subprocess.run(
        [sys.executable, "-m", "tests.accept.linking_scale", how, folder, records], capture_output=True, text=True
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr[-500:])
    return json.loads(ran.stdout.splitlines()[-1])


def _ours(connection: duckdb.DuckDBPyConnection, model: LinkModel, folder: Path) -> None:
    prepare_voters(connection, "voters", "SELECT voter_id FROM protected")
    Linker(model).link(connection, "records")
    _keep(connection, folder / "ours.parquet")


def _bare(connection: duckdb.DuckDBPyConnection, model: LinkModel, folder: Path) -> None:
    """Splink alone with the same comparisons and rules, its own frequencies, and of each record the best voter."""
    rules = [rule.condition() for rule in rules_named(model.rules)]
    settings = {**model.settings, "blocking_rules_to_generate_predictions": rules}
    api = DuckDBAPI(connection=connection)
    tables = [api.register(name, dataset_display_name=name) for name in ("voters", "records")]
    found = BareLinker(tables, settings, log_level=40).inference.predict(threshold_match_weight=FLOOR)
    best = "arg_max(record_id_l, match_weight) AS voter_id, max(match_weight) AS match_weight"
    select = f"SELECT record_id_r AS source_record_id, {best} FROM {found.physical_name} GROUP BY 1"
    connection.execute(f"CREATE TABLE best_voters AS {select} ORDER BY 1")
    _keep(connection, folder / "bare.parquet")


def _added(connection: duckdb.DuckDBPyConnection, model: LinkModel, folder: Path) -> None:
    Linker(model).link(connection, "records")
    _keep(connection, folder / "added.parquet")


def _keep(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    connection.execute(f"COPY (FROM best_voters ORDER BY source_record_id) TO '{file}' (FORMAT parquet)")


WAYS: dict[str, Callable[[duckdb.DuckDBPyConnection, LinkModel, Path], None]] = {
    "ours": _ours, "bare": _bare, "added": _added,
}  # fmt: skip


def main(how: str, folder: Path, records: str) -> None:
    """Measure one way, from the tables or files of standard columns to the table of best voters."""
    model = LinkModel.read((folder / "model.json").read_text(encoding="utf-8"))
    with _opened(how, folder, records) as connection:
        if how == "added":
            prepare_voters(connection, "voters", "SELECT voter_id FROM protected")
        started, clock = time.process_time(), time.monotonic()
        WAYS[how](connection, model, folder)
        found = {"cpu_seconds": time.process_time() - started, "seconds": time.monotonic() - clock,
                 "peak_gib": _peak_gib()}  # fmt: skip
    print(json.dumps({name: math.floor(1000 * value) / 1000 for name, value in found.items()}))


@contextlib.contextmanager
def _opened(how: str, folder: Path, records: str) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection with `voters`, `protected` and `records`: views of the files, or tables for Splink alone."""
    profile = read_settings("local").profile
    with Lake(folder / "lake", profile.memory_limit, profile.threads).connect() as connection:
        if how == "bare":
            connection.execute("SET memory_limit = '4GB'")
        kind = "TABLE" if how == "bare" else "VIEW"
        for name, file in (("voters", "voters"), ("protected", "protected"), ("records", records)):
            connection.execute(f"CREATE {kind} {name} AS FROM {literal(str(folder / f'{file}.parquet'))}")
        yield connection


def _peak_gib() -> float:
    """Peak of this program's own memory; `ru_maxrss` would carry over that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 2**20


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
