"""`make accept-three-states`: what three states side by side must show, a line a demand; exit code 1 when short."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.accept.lines import CHECKOUT, Account
from tests.accept.nights import GAPS, Night, Nights
from tests.accept.spine import call, published_line, settings_in
from tests.accept.truth import show_truth
from tests.bench.__main__ import bench_orchestration, bench_startup
from tests.bench.facts import read_parts
from tests.flow.desk_world import flow_of_another_profile

PARTS = ("demo", "bench", "nights")
NIGHTS, CHECKPOINTS = 60, (14, 29, 44, 59)
DEMO_SECONDS, ORCHESTRATION_SHARE = 300, 0.2


def main(parts: Sequence[str]) -> int:
    """Run the parts that are named, all of them by default, and write the account."""
    account = Account("three-states", PARTS)
    if "demo" in parts:
        account.begin("demo")
        with tempfile.TemporaryDirectory() as folder:
            _demo(account, Path(folder) / "walklist")
    if "bench" in parts:
        account.begin("bench")
        _bench(account)
    if "nights" in parts:
        account.begin("nights")
        with tempfile.TemporaryDirectory() as folder:
            _nights(account, Path(folder))
    return account.close()


def _demo(account: Account, clone: Path) -> None:
    """The demo of a clean clone after its install: time, share of orchestration, and the scores against the truth."""
    subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)
    call(["make", "install"], clone)
    started = time.monotonic()
    code, text = call(["make", "demo"], clone)
    seconds = time.monotonic() - started
    told = f"exit code {code}, {published_line(text)}"
    account.add("clean clone: make demo of three states", "exit code 0", told, code == 0)
    target, found = f"under {DEMO_SECONDS} s", f"{seconds:.0f} s"
    account.add("the demo after the install", target, found, seconds < DEMO_SECONDS, seconds=seconds)
    share = bench_orchestration(demo_seconds=seconds)["share_of_demo"]
    target, holds = f"at most {ORCHESTRATION_SHARE:.0%}", share <= ORCHESTRATION_SHARE
    account.add("share of orchestration in the demo", target, f"{share:.1%}", holds, share=share)
    show_truth(account, settings_in(clone, "demo"))


def _bench(account: Account) -> None:
    """Start-up measured now; ingest and scoring as the last `make bench` measured them."""
    bench_startup()
    parts = read_parts()
    for name in ("ingest", "scoring", "startup"):
        found = parts.get(name)
        if found is None:
            account.add(f"{name}: figures of make bench", "data/bench/ holds them", "not measured here", False)
            continue
        subject = ""
        for line in found["lines"]:
            measure = line["measure"].replace("the same", subject)
            subject = subject if subject and measure.startswith(subject) else measure.split(" (")[0]
            if line.get("target"):
                told = f"{line['ours']} against {line['against']}: {line['ratio']} (measured {found['measured_on']})"
                account.add(f"{name}: {measure}", line["target"], told, bool(line["holds"]))


def _nights(account: Account, home: Path) -> None:
    """Sixty nights of arrivals, re-sent files, outages and one broken delivery a week."""
    nights, played, differing, compared = Nights(home, NIGHTS), [], [], 0
    with flow_of_another_profile():
        for night in nights.play():
            played.append(night)
            if night.number in CHECKPOINTS:
                mine, fresh = nights.published(), nights.fresh(night.number)
                other = [state for state in GAPS if not mine[state].equals(fresh[state])]
                differing += [f"night {night.number}, {state}" for state in other]
                compared += len(GAPS)
    told = ", ".join(f"{count} {what}" for what, count in nights.counts.items())
    demand = f"{NIGHTS} nights: scores against a fresh full run from the last good files"
    found = f"{compared - len(differing)} of {compared} comparisons equal ({told}) {differing[:3] or ''}"
    account.add(demand, "equal", found, not differing, **nights.counts)
    _each_night(account, [night for night in played if night.is_run])


def _each_night(account: Account, ran: list[Night]) -> None:
    failed = [f"night {night.number}: {night.failed}" for night in ran if night.failed]
    told = f"{len(ran)} runs, {len(failed)} with a failure {failed[:2] or ''}"
    account.add("runs of all nights", "no state fails", told, not failed)
    stale = [f"night {night.number}" for night in ran if night.standing != night.expected]
    told = f"{len(ran) - len(stale)} of {len(ran)} nights {stale[:3] or ''}"
    account.add("after every run each state is published from its newest good file", "always", told, not stale)
    causeless = [
        f"night {night.number}, {state}: {len(files)} files"
        for night in ran
        for state, files in night.rebuilt.items()
        if files and state not in night.landed
    ]
    quiet = sum(state not in night.landed for night in ran for state in GAPS)
    told = f"{len(causeless)} of {quiet} nights of a state {causeless[:3] or ''}"
    account.add("states to which nothing came: tables, models and scores rebuilt", "none", told, not causeless)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or PARTS))
