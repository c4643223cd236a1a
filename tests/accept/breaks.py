"""`make accept-breaks`: files that break, and no wrong score: a line a demand; exit code 1 when one falls short."""

import importlib
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipelines.synthetic.breaks import BREAKS
from tests.accept.lines import CHECKOUT, Account
from tests.accept.replay import Replay, play_both, set_up
from tests.accept.replay_judge import Verdict, judge
from tests.accept.replay_plan import SHAPES, layouts_of

PARTS = ("replay", "catalogue", "hostile", "mutations", "fuzz", "sniff", "analyst")
SEED = 20261103  # the election day; any number serves, and it must not change
BREAKS_PLANNED, LEAST_BREAKS, LEAST_KINDS = 60, 40, 30
LEAST_HARMLESS = 0.9
MOST_MINUTES = 30  # of any acceptance command (design, section 9)
FUZZED, MUTATIONS = 20_000, 300
DRAFTED = ("nc", "oh", "ny", "pa", "ri")  # a long file, wide columns, free text, code mapped and relative slots
DRAFT_VOTERS, LEAST_RIGHT = 2_000, 0.9
ANALYST = CHECKOUT / "data" / "accept" / "analyst.json"
"""What a trial in the UI came to, written by who made it: `seconds`, `steps`, `by`, `screenshots`."""


def main(parts: Sequence[str]) -> int:
    """Run the parts that are named, all of them by default, and write the account."""
    account, started = Account("breaks", PARTS), time.monotonic()
    for part in parts:
        account.begin(part)
        SHOW[part](account)
    if set(parts) == set(PARTS):
        minutes = (time.monotonic() - started) / 60
        account.begin("time")
        account.add("time of the whole command", f"at most {MOST_MINUTES} minutes", f"{minutes:.0f} minutes",
                    minutes <= MOST_MINUTES)  # fmt: skip
    return account.close()


def _replay(account: Account) -> None:
    """Two years of six states, twice: as they should have come, and as they came."""
    with tempfile.TemporaryDirectory() as folder:
        replay = set_up(Replay(Path(folder)), BREAKS_PLANNED, SEED)
        play_both(replay)
        _show_plan(account, replay)
        _show_verdict(account, replay, judge(replay))


def _show_plan(account: Account, replay: Replay) -> None:
    kinds = Counter(planned.name for planned in replay.planned)
    months, states = len(replay.months), len(replay.states)
    shapes = ", ".join(f"{state} {SHAPES[state]}" for state in replay.states)
    told = f"{months} months, {states} states ({shapes}), {len(replay.planned)} breaks of {len(kinds)} kinds"
    target = f"24 months, 6 states, at least {LEAST_BREAKS} breaks of {LEAST_KINDS} kinds, and every kind that fits"
    layouts = layouts_of(replay.configs, replay.states, replay.months).values()
    never = sorted(kind.name for kind in BREAKS if kind.name not in kinds and any(map(kind.fits, layouts)))
    is_enough = len(replay.planned) >= LEAST_BREAKS and len(kinds) >= LEAST_KINDS and not never
    account.add("replay: what is played", target, f"{told} {never or ''}", months >= 24 and states >= 6 and is_enough,
                breaks=dict(kinds))  # fmt: skip


def _show_verdict(account: Account, replay: Replay, found: Verdict) -> None:
    """A line for each demand on the replay."""
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(found.outcomes.items()))
    rows = f"{found.compared:,} published rows of {len(replay.states) * len(replay.months)} state-months"
    _faults(account, "replay: wrong publishes (scores other than in the months without breaks, an older good file and "
            "refused rows with their households aside)", found.wrong, rows)  # fmt: skip
    _faults(account, "replay: silent losses (rows neither loaded, nor refused with a reason, nor held)", found.lost,
            f"{found.accounted:,} rows of accepted files counted from their bytes")  # fmt: skip
    _faults(account, "replay: breaks that are held, wait or cost rows, and whose sentence does not name the cause",
            found.unexplained, outcomes)  # fmt: skip
    _faults(account, "replay: breaks that load and change nothing, and whose sentence does not name the change",
            found.untold, outcomes)  # fmt: skip
    _faults(account, "replay: states without a broken file that were not rescored in their month", found.late, rows)
    tried, loaded = found.harmless
    target, told = f"at least {LEAST_HARMLESS:.0%}", f"{loaded} of {tried}"
    account.add("replay: harmless breaks that load without a human", target, told,
                loaded >= LEAST_HARMLESS * tried > 0)  # fmt: skip
    _faults(account, "replay: harmful breaks that end otherwise than they may, loading unseen among them",
            found.misjudged, outcomes)  # fmt: skip
    decided = Counter(planned.decision for planned in replay.planned if planned.decision)
    told = ", ".join(f"{count} {decision}" for decision, count in sorted(decided.items())) or "none"
    account.add("replay: held deliveries that a person decides on", "some approved, some rejected", told,
                {"approve", "reject"} <= set(decided))  # fmt: skip


def _faults(account: Account, demand: str, faults: list[str], among: str) -> None:
    """A demand that nothing of a kind was found."""
    for fault in faults:
        print(f"         {fault[:400]}", flush=True)
    account.add(demand, "none", f"{len(faults)} ({among})", not faults, faults=[fault[:400] for fault in faults])


def _catalogue(account: Account) -> None:
    """Kinds of breaks, and what becomes of each in every shape of history."""
    harmless = sum(kind.is_harmless for kind in BREAKS)
    told, target = f"{len(BREAKS)} kinds, {harmless} of them harmless", f"at least {LEAST_KINDS} kinds"
    account.add("break catalogue in the simulator", target, told, len(BREAKS) >= LEAST_KINDS)
    demand = "every break against states of every shape ends as it may, told by its cause"
    _pytest(account, demand, "tests/flow/test_break_catalogue.py", "-n", "2")


def _hostile(account: Account) -> None:
    demand = "hostile input is refused in a sentence, bounded in time, memory and disk"
    _pytest(account, demand, "tests/flow/test_hostile.py")


def _pytest(account: Account, demand: str, file: str, *options: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, file]
    ran = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    last = ran.stdout.strip().splitlines()[-1] if ran.stdout.strip() else ran.stderr[-200:]
    account.add(demand, f"pytest {file}", last, ran.returncode == 0)


def _fuzz(account: Account) -> None:
    """Files made of chance: no crash, no hang, no write outside, memory bounded, a sentence for each."""
    demand = f"{FUZZED:,} fuzzed deliveries: accepted, held or rejected with a sentence; no crash, no hang"
    fuzz = _called(account, demand, "tests.fuzz.fuzzing", "fuzz")
    if fuzz is None:
        return
    found = fuzz(FUZZED, SEED)
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(found.verdicts.items()))
    told = (f"{found.count:,}: {verdicts}; {len(found.faults)} faults {found.faults[:3] or ''}; at most "
            f"{found.peak_megabytes} MB, the slowest {found.slowest_seconds:.1f} s")  # fmt: skip
    account.add(demand, "no fault", told, found.count >= FUZZED and found.is_sound, kinds=dict(found.kinds))


def _mutations(account: Account) -> None:
    """Damaged bytes of good files; of plain text only a digest beside it can tell a letter from another one."""
    demand = f"{MUTATIONS} mutations each of gzip, zip, CSV and Parquet"
    mutate_all = _called(account, demand, "tests.fuzz.mutations", "mutate_all")
    if mutate_all is None:
        return
    for kind in ("gzip", "zip", "csv", "parquet"):
        found = mutate_all(kind, MUTATIONS, SEED)
        classes = ", ".join(f"{count} {what}" for what, count in sorted(found.classes.items()))
        told = f"{classes}; silent by what was hit: {dict(found.silent) or 'none'}"
        silent, is_whole = found.classes["silent"], found.count >= MUTATIONS
        account.add(f"{MUTATIONS} mutations of {kind}: read wrong in silence", "0", told, silent == 0 and is_whole)
        if kind == "csv":
            proven = found.with_digest["silent"]
            demand = f"{MUTATIONS} mutations of {kind} with a digest beside it: read wrong in silence"
            account.add(demand, "0", str(dict(found.with_digest)), proven == 0 and is_whole)


def _sniff(account: Account) -> None:
    """States drafted with their YAML hidden."""
    demand = f"layouts drafted by `walklist sniff`, the YAML of {', '.join(DRAFTED)} hidden: columns right"
    judge_drafts = _called(account, demand, "tests.accept.sniffing", "judge_drafts")
    if judge_drafts is None:
        return
    grades = judge_drafts(DRAFTED, DRAFT_VOTERS, hidden=DRAFTED)
    shares = {name: grade.share for name, grade in grades.items()}
    told = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    holds = len(shares) >= len(DRAFTED) and min(shares.values()) >= LEAST_RIGHT
    account.add(demand, f"at least {LEAST_RIGHT:.0%} of each", told, holds, shares=shares)


def _analyst(account: Account) -> None:
    """From the held asset in the UI to the approved layout, as somebody tried it."""
    demand, target = "from the held asset in the UI to the approved layout, tried as an analyst", "under 60 s"
    if not ANALYST.is_file():
        account.add(demand, target, f"not tried yet: {ANALYST.relative_to(CHECKOUT)} is missing", False)
        return
    trial = json.loads(ANALYST.read_text(encoding="utf-8"))
    told = f"{trial['seconds']:.0f} s in {trial['steps']} steps, {trial['screenshots']} screenshots, by {trial['by']}"
    account.add(demand, target, told, trial["seconds"] < 60, **trial)


def _called(account: Account, demand: str, module: str, name: str) -> Callable[..., Any] | None:
    """A function of a part that may not be there; where it is not the demand falls short."""
    try:
        return getattr(importlib.import_module(module), name)
    except ImportError:
        account.add(demand, f"{module}.{name} shows it", "there is no such module yet", False)
        return None


SHOW = {
    "replay": _replay,
    "catalogue": _catalogue,
    "hostile": _hostile,
    "mutations": _mutations,
    "fuzz": _fuzz,
    "sniff": _sniff,
    "analyst": _analyst,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or PARTS))
