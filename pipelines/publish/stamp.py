"""When a state's file of the current release may be used again: the fingerprint of all that its bytes follow from."""

import pyarrow as pa

from pipelines.lake import code_version, fingerprint
from pipelines.publish.standing import Standing
from pipelines.publish.targets import PublicationConfig

_WRITTEN_BY = (
    *(f"pipelines/publish/{name}.py" for name in ("voter_scores", "writer", "summary", "checks")),
    "pipelines/tables/published.py",
)
"""The program text that makes a file, sums it up and checks it; a change there writes every file again."""


def file_stamp(rows_from: str, standing: Standing, config: PublicationConfig) -> str:
    """Fingerprint of a state's file: equal stamps mean equal bytes.

    Args:
        rows_from: Fingerprint of the tables behind its rows.
        standing: How the state stands; its age is a column.
        config: Columns and settings of the publication.
    """
    written = (config.name, str(config.schema), config.target.model_dump(mode="json"), pa.__version__)
    return fingerprint(rows_from, standing.behind_days, written, code_version(*_WRITTEN_BY))
