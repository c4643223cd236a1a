"""One run at a time on a data root, whoever starts it: the command line, the UI, a sensor or a schedule.

The lock is the kernel's: that of a process that was killed is free at once. Within a process it is entered again
freely, so that the steps which a command starts work under the command's own lock.
"""

import os
from pathlib import Path

import filelock

PATIENCE_SECONDS = 60
"""A run that waits says so in its log this often."""


HELD_BY = "WALKLIST_RUN_HELD_BY"
"""Variable by which a command tells the processes that it starts that it holds the lock for them: its number."""


def is_held_for_us() -> bool:
    """Whether the process that started this one holds the lock for it."""
    return os.environ.get(HELD_BY) == str(os.getppid())


def run_lock(root: Path) -> filelock.BaseFileLock:
    """The lock of a data root, not yet taken."""
    root.mkdir(parents=True, exist_ok=True)
    return filelock.FileLock(root.resolve() / "run.lock", is_singleton=True, thread_local=False)
