"""How the columns of a file differ from those of its layout, in words."""

import difflib
from collections import Counter
from collections.abc import Iterable

from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import FixedWidth
from pipelines.layouts.lookups import LandedFiles
from pipelines.layouts.spelling import normalise
from pipelines.layouts.wide import WideHistory


def describe_difference(headers: Iterable[str], files: LandedFiles) -> str:
    """The columns that a file lacks and has beyond its layout, with likely renames; empty when there are none.

    A name that the layout lists twice is expected twice. Columns of elections come with every file and are no
    difference, nor is which one of its records a text of fixed widths has.
    """
    if isinstance(files.format, FixedWidth):
        return ""
    names, found = list(files.format.names), list(headers)
    missing = _beyond(names, found)
    history = files.history if isinstance(files, FileLayout) else None
    is_known = history.is_election if isinstance(history, WideHistory) else lambda _: False
    new = [name for name in _beyond(found, names) if not is_known(name)]
    likely = {name: _closest(name, new) for name in missing}
    renamed = [f"{name} may now be {likely[name]}" for name in missing if likely[name]]
    parts = [
        f"{len(missing)} of {len(names)} columns are missing: {', '.join(missing)}" if missing else "",
        f"{len(new)} {'is' if len(new) == 1 else 'are'} new: {', '.join(new)}" if new else "",
        "; ".join(renamed),
    ]
    return ". ".join(part for part in parts if part)


def _beyond(names: list[str], others: list[str]) -> list[str]:
    """Names that the others lack, or have less often."""
    left = Counter(map(normalise, others))
    lost = []
    for name in names:
        key = normalise(name)
        left[key] -= 1
        lost += [name] if left[key] < 0 else []
    return lost


def _closest(name: str, new: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, new, n=1, cutoff=0.6)), None)
