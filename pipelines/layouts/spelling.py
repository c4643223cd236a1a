"""How names are compared: headers, codes, types of elections."""

import functools
import re


@functools.cache
def normalise(header: str) -> str:
    """A header as it is compared: upper case, letters and digits only, so that `Reg. Date` is `REG_DATE`."""
    return re.sub(r"[^A-Z0-9]+", "", header.upper())
