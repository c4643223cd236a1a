"""How far a release moved from the one before it, state by state, and whether that is too far.

Drift depends on what was published before, so it stays out of the release (whose bytes follow from its input alone)
and is written beside the releases as `drift/<new>-after-<old>.json`.
"""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from models.errors import PublicationError
from pipelines.publish.checks import bounded_duckdb
from pipelines.publish.integrity import read_manifest
from pipelines.publish.targets import DriftTolerance, PublicationConfig, score_columns

_JOINT = """
-- How many voters of both releases stand in each pair of old and new score, in thousandths.
SELECT
    CAST(round(before.{score} * 1000) AS INTEGER) AS before_score,
    CAST(round(after.{score} * 1000) AS INTEGER) AS after_score,
    count(*) AS voters
FROM read_parquet(?) AS before
JOIN read_parquet(?) AS after USING (voter_id)
WHERE before.{score} IS NOT NULL AND after.{score} IS NOT NULL
GROUP BY ALL
ORDER BY ALL
"""


_ONLY_HERE = "SELECT count(*) FROM read_parquet(?) ANTI JOIN read_parquet(?) USING (voter_id)"


def drift_between(before: Path, after: Path, config: PublicationConfig, staging: Path) -> dict[str, Any]:
    """Differences of two whole release folders, by state.

    Scores of different elections are not compared: they differ rightly. A state that only one of them has is named.

    Returns:
        By state: rows before and after; people new and gone, where both have the state; per score that is comparable
        the shift of the mean and of the share of nulls, the voters in both, and the Spearman correlation of their
        scores in thousandths (1 is the same order, 0 none; null where one side is constant).
    """
    old, new = read_manifest(before), read_manifest(after)
    known = sorted({*old["states"], *new["states"]})
    return {state: _state_drift(state, (before, old), (after, new), config, staging) for state in known}


def _state_drift(
    state: str, before: tuple[Path, dict], after: tuple[Path, dict], config: PublicationConfig, staging: Path
) -> dict[str, Any]:
    old, new = (manifest["states"].get(state) for _, manifest in (before, after))
    found: dict[str, Any] = {"rows_before": old["rows"] if old else 0, "rows_after": new["rows"] if new else 0}
    if not old or not new:
        return {**found, "scores": {}}
    entries = [_entry(manifest, state) for _, manifest in (before, after)]
    files = [str(folder / entry["path"]) for (folder, _), entry in zip((before, after), entries, strict=True)]
    is_same = entries[0]["sha256"] == entries[1]["sha256"]
    found |= {"new_count": 0, "gone_count": 0} if is_same else _turnover(files, staging)
    if set(old["counts"]["election_id"]) != set(new["counts"]["election_id"]):
        return {**found, "scores": {}}
    names = [name for name in score_columns(config.contract, config.columns) if name in old["scores"]]
    moved = {
        name: {**_shift(old, new, name), **(_unmoved(new, name) if is_same else _correlation(files, name, staging))}
        for name in names
    }
    return {**found, "scores": moved}


def _entry(manifest: dict[str, Any], state: str) -> dict[str, Any]:
    return next(entry for entry in manifest["files"] if entry["path"].startswith(f"state={state}/"))


def _unmoved(manifest_of_state: dict[str, Any], name: str) -> dict[str, Any]:
    """The correlation of a file with itself, which needs no reading."""
    score = manifest_of_state["scores"][name]
    is_constant = score["min"] is None or round(score["min"], 3) == round(score["max"], 3)
    return {"common_count": score["scored"], "rank_correlation": None if is_constant else 1.0}


def _turnover(files: list[str], staging: Path) -> dict[str, int]:
    """People who are only in the newer file, and only in the older one."""
    with bounded_duckdb(staging) as connection:
        counts = [
            connection.execute(_ONLY_HERE, [here, there]).fetchall()[0][0] for here, there in (files[::-1], files)
        ]
    return {"new_count": counts[0], "gone_count": counts[1]}


def _shift(old: dict[str, Any], new: dict[str, Any], name: str) -> dict[str, float | None]:
    before, after = old["scores"][name], new["scores"][name]
    shares = [score["nulls"] / (score["nulls"] + score["scored"]) for score in (before, after)]
    means = (before["mean"], after["mean"])
    mean_shift = None if None in means else round(means[1] - means[0], 6)
    return {"mean_shift": mean_shift, "null_share_shift": round(shares[1] - shares[0], 6)}


def _correlation(files: list[str], name: str, staging: Path) -> dict[str, Any]:
    with bounded_duckdb(staging) as connection:
        try:
            rows = connection.execute(_JOINT.format(score=name), files).fetchall()
        except duckdb.Error:
            raise PublicationError("the release before cannot be compared: its files cannot be read.") from None
    joint = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return {"common_count": int(joint[:, 2].sum()), "rank_correlation": spearman(joint)}


def spearman(joint: np.ndarray) -> float | None:
    """Spearman correlation from counts of pairs, ties at their mid-rank; null where a side is constant.

    Shapes:
        joint (n_pairs, 3): old score, new score, voters with both.
    """
    voters = joint[:, 2].astype(np.float64)
    if not len(voters):
        return None
    sides = [_mid_ranks(joint[:, side], voters) for side in (0, 1)]
    centred = [side - np.average(side, weights=voters) for side in sides]
    spread = np.sqrt((voters * centred[0] ** 2).sum() * (voters * centred[1] ** 2).sum())
    return round(float((voters * centred[0] * centred[1]).sum() / spread), 4) if spread > 0 else None


def _mid_ranks(values: np.ndarray, voters: np.ndarray) -> np.ndarray:
    _, place = np.unique(values, return_inverse=True)
    totals = np.bincount(place, weights=voters)
    return (totals.cumsum() - totals / 2)[place]


class DriftError(PublicationError):
    """Scores of some states moved too far from the release before.

    Args:
        text: The whole in words.
        states: What moved too far, by state.
    """

    def __init__(self, text: str, states: dict[str, str]) -> None:
        super().__init__(text)
        self.states = states


def drift_faults(drift: dict[str, Any], allowed: DriftTolerance) -> dict[str, str]:
    """What moved too far, in words, by state; a state within its bounds is not named."""
    found = {state: " ".join(_faults(state, moved, allowed)) for state, moved in drift.items()}
    return {state: fault for state, fault in found.items() if fault}


def _faults(state: str, found: dict[str, Any], allowed: DriftTolerance) -> list[str]:
    before, after = found["rows_before"], found["rows_after"]
    faults = []
    if before and abs(after - before) > allowed.row_share * before:
        faults.append(
            f"state={state} has {after:,} rows after {before:,} (at most {allowed.row_share:.0%} may differ)."
        )
    for name, moved in found["scores"].items():
        faults += [f"state={state}, {name}: {fault}" for fault in _score_faults(moved, allowed)]
    return faults


def _score_faults(moved: dict[str, Any], allowed: DriftTolerance) -> list[str]:
    faults = []
    if abs(moved["mean_shift"] or 0) > allowed.mean_shift:
        faults.append(f"the mean moved by {moved['mean_shift']:+.3f} (at most {allowed.mean_shift}).")
    if abs(moved["null_share_shift"]) > allowed.null_share_shift:
        faults.append(
            f"the share of nulls moved by {moved['null_share_shift']:+.3f} (at most {allowed.null_share_shift})."
        )
    rank, common = moved["rank_correlation"], moved["common_count"]
    if rank is not None and common >= allowed.common_count and rank < allowed.rank_correlation:
        faults.append(f"the order of {common:,} voters correlates by {rank:.2f} (at least {allowed.rank_correlation}).")
    return faults
