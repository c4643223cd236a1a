"""From features in Parquet to scores in Parquet, against the booster alone: what the flow costs on top of the trees."""

import time
from pathlib import Path
from statistics import median
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models.artefact import ModelVersion
from models.calibrate import Calibrator
from models.matrix import FeatureSpec
from pipelines.lake import Lake
from pipelines.modelling.scoring import write_scores
from pipelines.sql import literal
from tests.bench.facts import Line, ratio_of, runs_of, within

ELECTION = "NC-2026-11-03-general"
FEATURES, CATEGORICAL, TREES, LEAVES = 60, 6, 500, 63
MOST_TO_PREDICT = 1.6
TAUGHT_ROWS = 50_000  # enough for trees that are full at five people a leaf
CODES = tuple(f"code_{number}" for number in range(8))
CHUNK_ROWS = 122_880


def measure_scoring(
    folder: Path, rows: int = 1_000_000, threads: int = 2, repeats: int = 3, has_notebook: bool = True
) -> dict[str, Any]:
    """Seconds of scoring invented voters, from Parquet to Parquet, and of the bare booster on the ready matrix.

    They take turns, `repeats` times. The ratio is the median of the turns' ratios.

    Args:
        folder: An empty folder for features, data root and scores.
        rows: Voters, count.
        threads: Threads of the engine and of the booster, count.
        repeats: Runs of each, count.
        has_notebook: Whether the way of a notebook is run too, once.

    Returns:
        rows, threads, repeats, trees, leaves (mean of a tree), features; `flow` and `predict`, and `notebook` where it
        was run (every single second and the median); `over_predict` (ratios and their median); predict_seconds,
        flow_seconds and ratio, the medians again; rows_per_second of the flow; and `notebook_over_flow`.
    """
    version = reference_version(folder)
    features = write_features(folder / "features.parquet", rows)
    booster = version.boosters[0]
    X = _matrix(np.random.default_rng(5), rows).astype(np.float64)
    flow, bare = [], []
    for number in range(repeats):
        bare.append(_seconds(lambda: booster.predict(X, num_threads=threads)))
        flow.append(_seconds(lambda place=folder / f"root-{number}": _score(place, version, features, rows, threads)))
    stated = {"rows": rows, "threads": threads, "trees": booster.num_trees(), "leaves": _mean_leaves(booster)}
    taken = {"flow": runs_of(flow), "predict": runs_of(bare), "over_predict": ratio_of(flow, bare)}
    medians = {"flow_seconds": median(flow), "predict_seconds": median(bare), "ratio": taken["over_predict"]["median"]}
    found = {**stated, "features": FEATURES, "repeats": repeats, **taken, **medians}
    if has_notebook:
        notebook = _seconds(lambda: _score_in_notebook(booster, features, folder / "notebook.parquet", threads))
        found |= {"notebook": runs_of([notebook]), "notebook_over_flow": round(notebook / median(flow), 3)}
    return {**found, "rows_per_second": round(rows / median(flow))}


def scoring_lines(figures: dict[str, Any]) -> list[Line]:
    """The figures in words."""
    trees = f"{figures['trees']} trees of {figures['leaves']:.0f} leaves over {figures['features']} features"
    what = f"score {figures['rows']:,} voters, Parquet to Parquet, {trees}"
    ours = f"{figures['flow_seconds']:.1f} s ({figures['rows_per_second'] / 1e3:,.0f} thousand rows/s)"
    bare = f"`Booster.predict` on the ready matrix {figures['predict_seconds']:.1f} s"
    lines = [within(what, ours, bare, figures["ratio"], MOST_TO_PREDICT)]
    if "notebook" in figures:
        against = f"pandas, predict, pandas {figures['notebook']['median_seconds']:.1f} s"
        ratio = f"{figures['notebook_over_flow']:.2f}"
        lines.append(Line("the same, the notebook way over ours", ours, against, ratio))
    return lines


def reference_version(folder: Path) -> ModelVersion:
    """A version whose booster has 500 full trees of 63 leaves over 60 features, six of them categories."""
    draws = np.random.default_rng(3)
    X = _matrix(draws, TAUGHT_ROWS)
    z = np.nan_to_num(X[:, CATEGORICAL:30]).sum(axis=1) / 4
    y = (draws.random(TAUGHT_ROWS) < 1 / (1 + np.exp(-z))).astype(float)
    settings = {"objective": "binary", "num_leaves": LEAVES, "min_data_in_leaf": 5, "learning_rate": 0.05}
    quiet = {"verbosity": -1, "num_threads": 2, "seed": 1}
    rows = lgb.Dataset(X, y, categorical_feature=list(range(CATEGORICAL)))
    booster = lgb.train({**settings, **quiet}, rows, TREES)
    types = ("categorical",) * CATEGORICAL + ("numeric",) * (FEATURES - CATEGORICAL)
    spec = FeatureSpec(tuple(_names()), types, dict.fromkeys(_names()[:CATEGORICAL], CODES))
    index = {"model": "reference", "state": "NC", "target_election": ELECTION}
    return ModelVersion("0" * 16, folder, "0" * 64, index, (booster,), Calibrator(0.9, 0.1), spec, {}, {})


def write_features(file: Path, rows: int) -> Path:
    """Invented features of so many voters, sorted by voter_id as the flow writes them."""
    X = _matrix(np.random.default_rng(5), rows)
    number = np.arange(rows)
    border = {
        "voter_id": pa.array([f"NC-{each:010d}" for each in number]),
        "household_id": pa.array([f"h{each // 2:010d}" for each in number]),
        "election_id": pa.array([ELECTION]).take(pa.array(np.zeros(rows, dtype=np.int64))),
    }
    codes = {name: pa.array(CODES).take(_places(X[:, at])) for at, name in enumerate(_names()[:CATEGORICAL])}
    numbers = {
        name: pa.array(X[:, CATEGORICAL + at], from_pandas=True) for at, name in enumerate(_names()[CATEGORICAL:])
    }
    pq.write_table(pa.table({**border, **codes, **numbers}), file, compression="zstd", row_group_size=CHUNK_ROWS)
    return file


def _places(column: np.ndarray) -> pa.Array:
    return pa.array(np.nan_to_num(column).astype(np.int64), mask=np.isnan(column))


def _score(root: Path, version: ModelVersion, features: Path, rows: int, threads: int) -> None:
    lake = Lake(root, threads=threads)
    lake.prepare()
    query = f"SELECT * FROM read_parquet({literal(str(features))})"
    record = write_scores(lake, version, query, "bench", {"state": "NC", "version_id": "0" * 16, "as_of": "2026-10-01"})
    assert record.row_count == rows


def _score_in_notebook(booster: lgb.Booster, features: Path, target: Path, threads: int) -> None:
    """The whole table as a frame, its codes as numbers, all at once through the booster, and the result as a frame."""
    frame = pd.read_parquet(features)
    known = pd.CategoricalDtype(list(CODES))
    for name in _names()[:CATEGORICAL]:
        codes = frame[name].astype(known).cat.codes
        frame[name] = codes.where(codes >= 0).astype("float64")
    probability = booster.predict(frame[_names()].to_numpy(np.float64), num_threads=threads)
    pd.DataFrame({"voter_id": frame["voter_id"], "probability": probability}).to_parquet(target, compression="zstd")


def _matrix(draws: np.random.Generator, rows: int) -> np.ndarray:
    """Codes, yes and no, quarters and free numbers, a tenth of them unknown: float32 (rows, 60)."""
    X = draws.standard_normal((rows, FEATURES), dtype=np.float32)
    X[:, :CATEGORICAL] = np.abs(X[:, :CATEGORICAL] * 3).astype(int) % len(CODES)
    X[:, CATEGORICAL:20] = X[:, CATEGORICAL:20] > 0
    X[:, 20:40] = np.round(X[:, 20:40] * 4) / 4
    X[draws.random((rows, FEATURES), dtype=np.float32) < 0.1] = np.nan
    return X


def _names() -> list[str]:
    return [f"feature_{number:02d}" for number in range(FEATURES)]


def _mean_leaves(booster: lgb.Booster) -> float:
    return float(np.mean([tree["num_leaves"] for tree in booster.dump_model()["tree_info"]]))


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
