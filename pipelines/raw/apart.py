"""Foreign formats are read in a process of their own, with bounds, and answer in a line of JSON.

What reads a workbook or a Parquet file was not written for hostile bytes: a few of them make it ask for more memory
than any machine has, or end the whole process. So it may end alone.
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.errors import LayoutError

MOST_MEMORY = 4 << 30
"""Bytes of memory for one file: the largest sheet, a million rows of a hundred columns, takes three quarters."""
_MOST_SECONDS = 1800  # of work for one file: the largest sheet takes two hundred
_CHECKOUT = Path(__file__).resolve().parents[2]


def ask_apart(module: str, name: str, *words: str) -> dict[str, Any]:
    """Run a module of this program in a process of its own and return its answer.

    Args:
        module: Its full name; its main part calls `answer`.
        name: Name of the file that it reads.
        words: What it is told.

    Raises:
        LayoutError: It said why the file cannot be read, or was stopped by its bounds.
        OSError: The machine has a trouble, such as a full disk.
    """
    done = subprocess.run([sys.executable, "-m", module, *words], capture_output=True, check=False, cwd=_CHECKOUT)
    if done.returncode:
        limits = f"{MOST_MEMORY >> 30} GB of memory or {_MOST_SECONDS // 60} minutes"
        raise LayoutError(f"{name}: it stops what reads it, or takes more than {limits}. Ask for the file again.")
    found = json.loads(done.stdout)
    if "errno" in found:
        raise OSError(found["errno"], os.strerror(found["errno"]))
    if "fault" in found:
        raise LayoutError(found["fault"])
    return found


def answer(work: Callable[[], dict[str, Any]]) -> None:
    """Bound this process, do its work, and print what came of it."""
    with contextlib.suppress(ValueError):  # where the machine allows less already
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = work()
    except LayoutError as error:
        found = {"fault": str(error)}
    except OSError as error:
        found = {"errno": error.errno}
    print(json.dumps(found))
