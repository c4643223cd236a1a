"""`make accept-states`: what 22 states by YAML alone must show, a line a demand; exit code 1 when one falls short."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pipelines.layouts.source import read_source
from pipelines.settings import CONFIGS
from tests.accept.labels import judge
from tests.accept.lines import CHECKOUT, Account
from tests.bench.facts import read_parts
from tests.contracts.quirks import QUIRKS
from tests.contracts.round_trip import STATES, RoundTrip, dated_layouts, simulation_of_state

PARTS = ("round_trips", "tests", "labels", "names", "ingest", "sizes")
VOTERS = 10_000
SHOWN = {
    "a 23rd state, written as one YAML, runs to published scores": "tests/flow/test_new_state.py",
    "24 simulated snapshots: the state as of any day, and what changed, are the truth": (
        "tests/statistical/test_snapshots.py"
    ),
    "county-partial files never drop the other counties' voters": "tests/flow/test_partial_deliveries.py",
    "traps of the states, in files written by hand": "tests/flow/test_layout_traps.py",
}
LABELS = "data/ny_history_codes/ny_history_codes_dev.parquet"
LEAST_RIGHT, MOST_WRONG = 0.995, 0.0005
LONGEST_FILE, LONGEST_FOLDER = 150, 1800  # lines: of a file, and of what a newcomer reads in ten minutes


def main(parts: Sequence[str]) -> int:
    """Run the parts that are named, all of them by default, and write the account."""
    account = Account("states", PARTS)
    for part in parts:
        account.begin(part)
        SHOW[part](account)
    return account.close()


def _round_trips(account: Account) -> None:
    """Every dated layout with every quirk that it allows, and without."""
    simulations, faults, seconds = {}, {}, time.monotonic()
    layouts = list(dated_layouts())
    for name, day, nth in layouts:
        simulation = simulations.setdefault(name, simulation_of_state(read_source(CONFIGS, name).state, VOTERS))
        for quirks in ((), QUIRKS):
            with tempfile.TemporaryDirectory() as folder:
                found = RoundTrip(name, day, nth, simulation, Path(folder), quirks).faults()
            if found:
                faults[f"{name} {day} {nth}"] = found[:3]
                print(f"         {name} {day} {nth}: {'; '.join(found[:3])[:300]}", flush=True)
        simulations = {name: simulation}
    told = f"{len(STATES)} states, {len(layouts)} dated layouts and looks, {len(layouts) - len(faults)} come back equal"
    demand = f"round trips at {VOTERS:,} voters, plain and with {len(QUIRKS)} quirks"
    account.add(demand, "all equal, 22 states", told, not faults and len(STATES) == 22, faults=faults)
    print(f"         {time.monotonic() - seconds:.0f} s", flush=True)


def _tests(account: Account) -> None:
    for demand, files in SHOWN.items():
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files.split()]
        ran = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
        last = ran.stdout.strip().splitlines()[-1] if ran.stdout.strip() else ran.stderr[-200:]
        account.add(demand, f"pytest {files}", last, ran.returncode == 0)


def _labels(account: Account) -> None:
    """Labels of the development half, read by the rules that New York's YAML gives."""
    shared = os.environ.get("WALKLIST_SHARED")
    demand = "labels of New York, development half"
    if not shared:
        account.add(demand, "WALKLIST_SHARED leads to the labels", "unset", False)
        return
    rules = read_source(CONFIGS, "ny").layouts[-1].files["voters"].history.labels  # ty: ignore
    found = judge(Path(shared) / LABELS, rules)
    right, wrong = found["right_votes"], found["contradicted_votes"]
    told = f"{right:.2%} of votes, {found['right_codes']:.2%} of labels"
    account.add(f"{demand}: type and date where the truth has one", f"at least {LEAST_RIGHT:.1%} of votes", told,
                right >= LEAST_RIGHT, **found)  # fmt: skip
    account.add(f"{demand}: dates that contradict the truth", f"at most {MOST_WRONG:.2%} of votes", f"{wrong:.3%}",
                wrong <= MOST_WRONG)  # fmt: skip
    beyond, least = found["beyond_votes"], found["least_beyond_votes"]
    told = (
        f"{beyond:.2%}; the truth dates one of two labels of the same words (`2009 PRIMARY`, not `Primary 2009`), so "
        f"that who treats them alike and reads {LEAST_RIGHT:.1%} right stays at {least:.2%} or more"
    )
    demand = f"{demand}: dates where the truth has none, counted as wrong"
    account.add(demand, f"at most {MOST_WRONG:.2%} of votes", told, beyond <= MOST_WRONG)


def _names(account: Account) -> None:
    """No state's name in the program."""
    names = {read_source(CONFIGS, name).name for name in STATES}
    words = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)), re.IGNORECASE)
    zone = re.compile(r"America/New_York")
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for folder in ("pipelines", "models")
        for path in sorted((CHECKOUT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(zone.sub("", line).replace("_", " "))
    ]
    account.add("names of states in Python (a time zone aside)", "none", f"{len(found)} {found[:5] or ''}", not found)


def _ingest(account: Account) -> None:
    """Speed and memory of ingest, as the last `make bench` measured them."""
    found = read_parts().get("ingest")
    if found is None:
        account.add("ingest: figures of make bench", "data/bench/ingest.json holds them", "not measured here", False)
        return
    for line in found["lines"]:
        if line.get("target"):
            told = f"{line['ours']} against {line['against']}: {line['ratio']} (measured {found['measured_on']})"
            account.add(f"bench: {line['measure']}", line["target"], told, bool(line["holds"]))


def _sizes(account: Account) -> None:
    """The vocabulary is one folder, of files that one reads at a sitting."""
    files = sorted((CHECKOUT / "pipelines" / "layouts").glob("*.py"))
    lines = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    long = {name: count for name, count in lines.items() if count > LONGEST_FILE}
    total = sum(lines.values())
    told = f"{len(files)} files, {total:,} lines; longer than {LONGEST_FILE}: {long or 'none'}"
    target = f"at most {LONGEST_FOLDER:,} lines, files of at most {LONGEST_FILE}"
    account.add("size of the vocabulary, pipelines/layouts", target, told, total <= LONGEST_FOLDER and not long)


SHOW = {
    "round_trips": _round_trips,
    "tests": _tests,
    "labels": _labels,
    "names": _names,
    "ingest": _ingest,
    "sizes": _sizes,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or PARTS))
