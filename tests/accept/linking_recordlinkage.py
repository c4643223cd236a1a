"""recordlinkage on two tables, as its documentation has it: blocks, comparisons, expectation maximisation.

Run in an environment of its own with an older pandas; the folder holds both tables and takes the links.
"""

import sys
from pathlib import Path

import pandas as pd
import recordlinkage

BLOCKS = (["first", "last"], ["last", "zip5"], ["born", "last"], ["born", "first"], ["phone"])
LIKE = 0.85


def main(folder: Path) -> None:
    """Link the records of the folder to its voters."""
    voters, records = (
        pd.read_parquet(folder / f"{name}.parquet").set_index("record_id") for name in ("voters", "records")
    )
    indexer = recordlinkage.Index()
    for keys in BLOCKS:
        indexer.block(keys)
    pairs = indexer.index(voters, records)
    compare = recordlinkage.Compare()
    for name in ("first", "last", "street"):
        compare.string(name, name, method="jarowinkler", threshold=LIKE, label=name)
    for name in ("born", "house_number", "zip5", "phone"):
        compare.exact(name, name, label=name)
    found = compare.compute(pairs, voters, records)
    model = recordlinkage.ECMClassifier()
    matched = model.fit_predict(found)
    chances = model.prob(found).loc[matched].rename("chance").reset_index()
    chances.columns = ["voter_id", "source_record_id", "chance"]
    best = chances.sort_values("chance", ascending=False).drop_duplicates("source_record_id")
    best[["source_record_id", "voter_id"]].to_parquet(folder / "links.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
