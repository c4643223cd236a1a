"""A phone that stands in parts: its area code, and perhaps its exchange, in columns of their own."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.words import words_of

_MANY, _MOST = 0.5, 0.8  # of the filled rows: masks and foreign numbers are left over


def phone_columns(profiles: Sequence[ColumnProfile], has_header: bool) -> dict[str, Any]:
    """A phone whose area code, and perhaps exchange, stands in a column of its own."""
    parts = [
        profile for profile in profiles if "phone" in words_of(profile.header) or "area" in words_of(profile.header)
    ]
    parts = [profile for profile in parts if not set(words_of(profile.header)) & {"extension", "fax"}]
    if not has_header:
        parts = [
            here
            for profile, here in pairwise(profiles)
            if here.share(r"\d{7}") > _MANY and profile.share(r"[2-9]\d{2}") > _MOST
        ]
        parts = [profile for profile in profiles if parts and profile.place in (parts[0].place - 1, parts[0].place)]
    if not 2 <= len(parts) <= 3 or not re.search(
        "area", parts[0].header + ("" if has_header else "area"), re.IGNORECASE
    ):
        return {}
    return {"phone": {"from": [part.header for part in parts], "join": True, "digits": True}}
