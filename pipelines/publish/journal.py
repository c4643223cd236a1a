"""How the last run of every state ended, for the morning page: one small file a state, replaced at once."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.lake import point

BY_COMMAND = "walklist/by"
"""Tag of the runs that the command line starts; it tells of their failure itself."""


@dataclass(frozen=True)
class StateOutcome:
    """The end of a state's last run.

    Attributes:
        state: Two-letter code.
        is_success: Whether it reached the published scores.
        reason: Why not, in words.
    """

    state: str
    is_success: bool
    reason: str = ""


def record_outcome(root: Path, outcome: StateOutcome) -> None:
    """Write down how a state's run ended, where it did not end so the last time."""
    folder = root / "published" / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    if read_outcomes(root).get(outcome.state) == outcome:
        return
    point(folder / f"{outcome.state}.json", json.dumps(asdict(outcome), sort_keys=True))


def read_outcomes(root: Path) -> dict[str, StateOutcome]:
    """How the last run of every state ended, by state."""
    files = sorted((root / "published" / "runs").glob("[!.]*.json"))
    return {file.stem: StateOutcome(**json.loads(file.read_text(encoding="utf-8"))) for file in files}
