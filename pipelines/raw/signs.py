"""Whether texts of a column could be those of another one: a sign that it was renamed, and no more than that."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence

from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.spelling import normalise

_FEWEST = 5  # texts below which nothing is said: a few agree by chance
_MOST = 0.9  # share of texts that convert in a column of its kind; masks and slips are the rest
_FEW = 0.5  # share below which the texts are of another kind


def converts(layout: ColumnLayout, texts: Iterable[str]) -> bool | None:
    """Whether sampled texts fit the operation of a column; nothing where they are few or every text would fit."""
    test = _test_of(layout)
    told = [text for text in map(str.strip, texts) if text and text not in layout.masks]
    if test is None or len(told) < _FEWEST:
        return None
    share = sum(map(test, told)) / len(told)
    return True if share >= _MOST else False if share < _FEW else None


def _test_of(layout: ColumnLayout) -> Callable[[str], bool] | None:
    if layout.date:
        formats: Sequence[str] = layout.date
        return lambda text: any(_is_day(text, known) for known in formats)
    if layout.year:
        return lambda text: re.fullmatch(r"(19|20)\d\d", text) is not None
    if layout.code and not layout.otherwise:
        codes = {normalise(code) or code for code in layout.code}
        return lambda text: (normalise(text) or text) in codes
    if layout.form:
        form = re.compile(layout.form)
        return lambda text: form.fullmatch(text) is not None
    return None


def _is_day(text: str, known: str) -> bool:
    try:
        dt.datetime.strptime(text, known.replace("%-", "%"))
    except ValueError:
        return False
    return True
