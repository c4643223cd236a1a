"""Named points at which a test may kill or fail the publisher, to prove that readers never see half a release.

`WALKLIST_FAULT=publish.before_rename:kill` kills the process there without any clean-up; `:fail` raises an OSError
instead; a third part counts: `publish.row_group:kill:3` is the third pass, `*:kill:7` the seventh point of any name.
Without the variable a point costs one look at the environment.
"""

import errno
import os
import signal
from collections import Counter

VARIABLE = "WALKLIST_FAULT"
_passed: Counter[str] = Counter()


def fault_point(name: str) -> None:
    """Do what `WALKLIST_FAULT` asks for at this point: mostly nothing.

    Raises:
        OSError: The variable asks this point to fail.
    """
    wanted = os.environ.get(VARIABLE, "")
    if not wanted:
        return
    point, action, turn = [*wanted.split(":"), "1"][:3]
    if point not in (name, "*"):
        return
    _passed[wanted] += 1
    if _passed[wanted] != int(turn):
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
