"""What a state's rows add up to, counted as they stream by and equal whatever the size of the batches.

Sums are of whole millionths and quantiles come from a histogram, because a sum of fractions depends on its order.
"""

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.tables import TableContract
from pipelines.publish.targets import score_columns

SUMMED = ("rows", "scores", "counts", "days")
"""What `StateSummary.as_json` holds."""
_MILLION, _BINS = 1_000_000, 10_000


class StateSummary:
    """Rows, days, score distributions and counted values of one state."""

    def __init__(self, contract: type[TableContract], names: list[str], counted: tuple[str, ...]):
        self.row_count = 0
        self.scores = {name: _ScoreSummary() for name in score_columns(contract, names)}
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in counted}
        self.days: dict[str, list[date]] = {
            name: [] for name in names if pa.types.is_date(contract.columns()[name].type)
        }

    def add(self, rows: pa.Table) -> None:
        """Count some more rows."""
        self.row_count += rows.num_rows
        for name, score in self.scores.items():
            score.add(rows[name])
        for name, counter in self.counts.items():
            for value in rows[name].value_counts().to_pylist():
                counter[str(value["values"])] += value["counts"]
        for name, days in self.days.items():
            bounds = pc.call_function("min_max", [rows[name]]).as_py()
            known = [day for day in (*days, bounds["min"], bounds["max"]) if day is not None]
            days[:] = [min(known), max(known)] if known else []

    def as_json(self) -> dict[str, Any]:
        """The summary as the manifest holds it; no value of a single row that tells who it is."""
        return {
            "rows": self.row_count,
            "scores": {name: score.as_json() for name, score in self.scores.items()},
            "counts": {name: dict(sorted(counter.items())) for name, counter in self.counts.items()},
            "days": {name: [day.isoformat() for day in days] for name, days in self.days.items()},
        }


class _ScoreSummary:
    """Rows, nulls, mean, bounds and deciles of one score in [0, 1]."""

    def __init__(self) -> None:
        self.null_count = 0
        self.millionths = 0
        self.histogram = np.zeros(_BINS + 1, dtype=np.int64)
        self.bounds: list[float] = []

    def add(self, column: pa.ChunkedArray) -> None:
        self.null_count += column.null_count
        values = column.drop_null().to_numpy().astype(np.float64)
        values = np.clip(values[np.isfinite(values)], 0, 1)
        if len(values):
            self.millionths += int(np.rint(values * _MILLION).astype(np.int64).sum())
            self.histogram += np.bincount(np.rint(values * _BINS).astype(np.int64), minlength=_BINS + 1)
            self.bounds = [min([*self.bounds, float(values.min())]), max([*self.bounds, float(values.max())])]

    def as_json(self) -> dict[str, Any]:
        scored = int(self.histogram.sum())
        if not scored:
            return {"nulls": self.null_count, "scored": 0, "mean": None, "min": None, "max": None, "deciles": []}
        wanted = [scored * tenth / 10 for tenth in range(1, 10)]
        deciles = np.searchsorted(self.histogram.cumsum(), wanted) / _BINS
        return {
            "nulls": self.null_count,
            "scored": scored,
            "mean": round(self.millionths / _MILLION / scored, 6),
            "min": round(self.bounds[0], 6),
            "max": round(self.bounds[1], 6),
            "deciles": [round(float(value), 4) for value in deciles],
        }
