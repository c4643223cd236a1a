"""Every break, by subject."""

from collections.abc import Sequence

from pipelines.synthetic.breaks import headers
from pipelines.synthetic.breaks.kinds import Break

BREAKS: Sequence[Break] = (*headers.BREAKS,)
"""Every break."""
