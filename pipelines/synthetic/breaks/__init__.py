"""How deliveries break, taken from what real ones have shown: each break turns a written delivery into a broken one.

`texts.py` breaks the bytes of one text. `victim.py` finds the texts of a delivery, in archives and workbooks of any
state's layout, and puts them back. `kinds.py` says what a break is; the breaks themselves stand by subject in
`headers.py`, `dialects.py`, `values.py`, `rows.py`, `files.py` and `history.py`.
"""

from pipelines.synthetic.breaks.catalogue import BREAKS
from pipelines.synthetic.breaks.kinds import Break

__all__ = ["BREAKS", "Break"]
