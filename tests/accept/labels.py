"""How well labels of elections are read, against labels that people read by hand."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.layouts.label_words import LabelRules
from pipelines.layouts.reading.labels import read_label

WORDS = {"General Election": "general", "Primary Election": "primary", "Special Election": "special"}


def judge(labels_parquet: Path, rules: LabelRules) -> dict[str, Any]:
    """Shares of labels read right and wrong, each by votes (`_votes`) and by distinct labels (`_codes`), in [0, 1].

    The truth was written by hand and leaves many a label without a day whose twin has one: the same words and year in
    another order or case (`2009 PRIMARY` has a day, `Primary 2009` none). So a wrong day comes in two figures, one that
    contradicts a day and one where there is none, and the second is shown beside the least that is possible.

    Args:
        labels_parquet: code, n_votes, type (in the words of `WORDS`, or null) and date (ISO, or null).
        rules: What the source adds to the reading.

    Returns:
        right: type and day are the truth's, of labels that have a day in the truth (higher is better).
        contradicted: another day than the truth's, of all labels.
        beyond: a day where the truth has none, of all labels.
        unconfirmed: the part of `beyond` whose day the truth does not give to a twin either.
        undated_type: the type is the truth's, of labels without a day in the truth.
        least_beyond_votes: no reader that treats twins alike and is right on 99.5% of votes stays below it.
    """
    labels = _read(pd.read_parquet(labels_parquet), rules)
    every, dated, given = labels["n_votes"].notna(), labels["date"].notna(), labels["read_date"].notna()
    is_day = labels["read_date"] == labels["date"]
    measures = {
        "right": (labels["is_type"] & is_day, dated),
        "contradicted": (given & dated & ~is_day, every),
        "beyond": (given & ~dated, every),
        "unconfirmed": (given & ~dated & ~_confirmed(labels), every),
        "undated_type": (labels["is_type"], ~dated),
    }
    shares: dict[str, Any] = {"votes": int(labels["n_votes"].sum()), "codes": len(labels)}
    for name, (hit, among) in measures.items():
        shares[f"{name}_votes"] = float(labels["n_votes"][hit & among].sum() / labels["n_votes"][among].sum())
        shares[f"{name}_codes"] = float(hit[among].mean())
    return {**shares, "least_beyond_votes": _least_beyond(labels)}


def _read(labels: pd.DataFrame, rules: LabelRules) -> pd.DataFrame:
    """The labels with what was read. The truth has no word for a run-off: of a primary, it calls it one or nothing."""
    read = [read_label(label, rules) for label in labels["code"]]
    truth = [WORDS.get(word) for word in labels["type"]]
    days = [reading.day.isoformat() if reading.day else None for reading in read]
    is_type = [
        known in (None, "primary") if reading.type == "runoff" else known == reading.type
        for known, reading in zip(truth, read, strict=True)
    ]
    read_dates = pd.Series(days, labels.index, dtype=object)
    return labels.assign(read_date=read_dates, is_type=is_type, twins=labels["code"].map(_twins))


def _confirmed(labels: pd.DataFrame) -> pd.Series:
    """Whether the truth gives the day that was read to a twin."""
    known = set(zip(labels["twins"], labels["date"], strict=True))
    found = [pair in known for pair in zip(labels["twins"], labels["read_date"], strict=True)]
    return pd.Series(found, labels.index)


def _least_beyond(labels: pd.DataFrame, right: float = 0.995) -> float:
    """Share of votes that get a day beyond the truth when the costliest twins are left undated, as `right` allows."""
    votes = labels["n_votes"].groupby([labels["twins"], labels["date"].notna()]).sum().unstack(fill_value=0)
    votes = votes.assign(cost=votes[False] / votes[True]).sort_values("cost", ascending=False)
    votes = votes[votes[True] > 0]
    spared = ((1 - right) * votes[True].sum() - (votes[True].cumsum() - votes[True])) / votes[True]
    return float((votes[False] * (1 - spared.clip(0, 1))).sum() / labels["n_votes"].sum())


def _twins(label: str) -> str:
    """What twins share: their words and numbers in any order and case, years of two digits written out."""
    numbers = [f"20{number}" if len(number) == 2 else number for number in re.findall("[0-9]+", label)]
    return " ".join(sorted({*re.findall("[A-Z]+", label.upper()), *numbers} - {"ELECTION"}))


# Days of New York's primaries; 2000 and even years since 2012 had two, so that a bare "primary" is not determined. 2019
# had one, but the truth leaves all its bare labels open, so it is listed for labels that say more.
PRIMARIES = LabelRules.model_validate(
    {
        "days": {
            kind: {int(day[:4]): dt.date.fromisoformat(day) for day in days}
            for kind, days in {
                "primary": [
                    *("2001-09-25", "2002-09-10", "2003-09-09", "2004-09-14", "2005-09-13", "2006-09-12", "2007-09-18"),
                    *("2008-09-09", "2009-09-15", "2010-09-14", "2011-09-13", "2013-09-10", "2015-09-10", "2017-09-12"),
                ],
                "presidential": ["2000-03-07", "2004-03-02", "2008-02-05", "2012-04-24", "2016-04-19", "2020-06-23"],
                "federal": ["2012-06-26", "2014-06-24", "2016-06-28", "2018-06-26"],
                "state": ["2012-09-13", "2014-09-09", "2016-09-13", "2018-09-13", "2019-06-25"],
            }.items()
        }
    }
)
