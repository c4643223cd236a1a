"""Every break, by subject."""

from collections.abc import Sequence

from pipelines.synthetic.breaks import dialects, files, headers, history, rows, values
from pipelines.synthetic.breaks.kinds import Break

BREAKS: Sequence[Break] = (
    *headers.BREAKS,
    *dialects.BREAKS,
    *values.BREAKS,
    *rows.BREAKS,
    *files.BREAKS,
    *history.BREAKS,
)
"""Every break."""
