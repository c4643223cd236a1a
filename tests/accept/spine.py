"""`make accept-spine`: what the first release must show, a line a demand; exit code 1 when one falls short."""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from pipelines.settings import Settings, read_settings
from tests.accept.lines import CHECKOUT, Account
from tests.accept.memory import show_memory
from tests.accept.michigan import show_michigan
from tests.accept.truth import show_truth

_PROVEN_BY = {
    "wrong or missing files end in a sentence and change nothing": "tests/flow/test_broken_deliveries.py",
    "a planted name is found in no log, error, event, artefact or report": "tests/contracts/test_canary.py",
    "a fact known after the as-of day changes no feature": "tests/statistical/test_as_of.py",
    "readers of the README: DuckDB, pandas, Polars, PyArrow": "tests/contracts/test_published_readers.py",
}


STUDY = "Michigan: the study's file"
PARTS = ("demo", "michigan", "tests", "memory")


def main(parts: Sequence[str]) -> int:
    """Run the parts that are named, all of them by default, and write the account."""
    account = Account("spine", PARTS)
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "walklist"
        subprocess.run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)], check=True)
        if "demo" in parts:
            account.begin("demo")
            _demo_twice(account, clone)
            show_truth(account, settings_in(clone, "demo"))
        if "michigan" in parts:
            account.begin("michigan")
            _michigan(account, clone, os.environ.get("WALKLIST_SHARED"))
        if "tests" in parts:
            account.begin("tests")
            _tests(account, clone)
    if "memory" in parts:
        account.begin("memory")
        show_memory(account)
    return account.close()


def _demo_twice(account: Account, clone: Path) -> None:
    code, text = call(["make", "demo"], clone)
    account.add("clean clone: make demo", "exit code 0", f"exit code {code}, {published_line(text)}", code == 0)
    before = _bytes_of(clone / "data" / "demo")
    code, text = call(["make", "demo"], clone)
    after = _bytes_of(clone / "data" / "demo")
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    account.add(
        "a second make demo",
        "rebuilds nothing, publishes the same bytes",
        f"exit code {code}, {len(changed)} of {len(after)} table files differ {changed[:3] or ''}",
        code == 0 and not changed,
    )


def _bytes_of(root: Path) -> dict[str, str]:
    """SHA-256 and time of writing of every file of the tables, models and releases."""
    layers = ("raw", "core", "feature", "model", "score", "published")
    files = [
        file
        for layer in layers
        for file in sorted((root / layer).rglob("*"))
        if file.is_file()
        and file.suffix != ".lock"
        and file.name != "morning.html"  # the page says when it was written
    ]
    return {
        str(file.relative_to(root)): f"{hashlib.sha256(file.read_bytes()).hexdigest()} {file.stat().st_mtime_ns}"
        for file in files
    }


def _michigan(account: Account, clone: Path, shared: str | None) -> None:
    if not shared:
        account.add(STUDY, "at hand through WALKLIST_SHARED", "WALKLIST_SHARED is unset", False)
        return
    account.add(STUDY, "at hand through WALKLIST_SHARED", "at hand", True)
    code, text = call(["make", "michigan"], clone)
    account.add("make michigan", "exit code 0", f"exit code {code}, {published_line(text)}", code == 0)
    if code == 0:
        show_michigan(account, settings_in(clone, "michigan"))


def _tests(account: Account, clone: Path) -> None:
    """`make test` in the clone, and what single files of it prove."""
    report = clone / "tests.xml"
    code, text = call(["make", "test"], clone, PYTEST_ADDOPTS=f"--junitxml={report}")
    account.add("clean clone: make test", "exit code 0", f"exit code {code}, {_last_line(text)}", code == 0)
    for demand, file in _PROVEN_BY.items():
        passed, failed, skipped = _outcomes(report, file)
        told = f"{passed} passed, {failed} failed, {skipped} skipped"
        account.add(demand, f"{file} passes", told, passed > 0 and not failed and not skipped)


def _outcomes(report: Path, file: str) -> tuple[int, int, int]:
    """Tests of one file that passed, failed and were skipped, from the report of the run."""
    module = file.removesuffix(".py").replace("/", ".")
    cases = [
        case for case in ElementTree.parse(report).iter("testcase") if case.get("classname", "").startswith(module)
    ]
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def settings_in(clone: Path, profile: str) -> Settings:
    """The settings of a profile with the data root of a clone."""
    settings = read_settings(profile)
    return settings.model_copy(update={"root": clone / settings.profile.data_root})


def call(command: list[str], folder: Path, **more: str) -> tuple[int, str]:
    """Exit code and output of a command, without this environment's own settings."""
    kept: Mapping[str, str] = {
        name: value
        for name, value in os.environ.items()
        if name not in ("WALKLIST_DATA", "WALKLIST_PROFILE", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL")
    }
    done = subprocess.run(
        command, cwd=folder, env={**kept, **more}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print(done.stdout[-3000:], flush=True)
    return done.returncode, done.stdout


def published_line(text: str) -> str:
    return next(iter(re.findall(r"Published: .*", text)), "nothing published")


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else "no output"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or PARTS))
