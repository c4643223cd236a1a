"""Peak memory of ingest by number of voters; run as a program it ingests one landing folder and prints its own peak."""

import datetime as dt
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pipelines.core.delivery import Admission
from pipelines.demo import simulation_of
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.settings import CONFIGS, read_settings
from pipelines.synthetic.deliveries import write_deliveries
from tests.accept.lines import CHECKOUT, Account

VOTERS = (500_000, 1_000_000, 2_000_000)
LIMIT_MIB, GROWTH = 2048, 1.2
SNAPSHOT = dt.date(2026, 10, 1)


def show_memory(account: Account) -> None:
    """Peak memory of ingest at three sizes, each in a process of its own."""
    peaks = {}
    for voters in VOTERS:
        with tempfile.TemporaryDirectory() as folder:
            landing = Path(folder) / "landing"
            write_deliveries(
                simulation_of(read_settings("demo"), "NC", voters),
                read_source(CONFIGS, "nc"),
                landing / "nc",
                [SNAPSHOT],
            )
            peaks[voters] = _ingest(folder)
    told = ", ".join(f"{voters:,}: {peak['mib']:,.0f} MiB in {peak['seconds']:.0f} s" for voters, peak in peaks.items())
    largest, first = max(peak["mib"] for peak in peaks.values()), peaks[VOTERS[0]]["mib"]
    target = f"under {LIMIT_MIB:,} MiB, the largest at most {GROWTH} times the smallest file's"
    holds = largest < LIMIT_MIB and peaks[VOTERS[-1]]["mib"] <= GROWTH * first
    figures = {str(voters): peak for voters, peak in peaks.items()}
    account.add("peak memory of ingest by simulated voters", target, told, holds, **figures)


def _ingest(folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.accept.memory", folder]
    return json.loads(subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout)


def main(folder: str) -> None:
    """Ingest one landing folder and print rows, seconds and the peak of this process."""
    began, root = dt.datetime.now(dt.UTC), Path(folder)
    profile = read_settings("demo").profile
    lake, source = Lake(root / "data", profile.memory_limit, profile.threads), read_source(CONFIGS, "nc")
    lake.prepare()
    receive(lake, root / "landing", "nc", source, began)
    judged = Admission(lake, "nc", source).admit_all(began)
    assert [found.verdict for found in judged] == ["accepted"], judged[0].reason
    rows = sum(record.row_count for record in judged[0].records.values())
    mib = _peak_mib()
    print(json.dumps({"mib": mib, "rows": rows, "seconds": (dt.datetime.now(dt.UTC) - began).total_seconds()}))


def _peak_mib() -> float:
    """Peak of this program's own memory; `ru_maxrss` would carry over that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
