"""Fault points: a test kills the process at a named step with FAULT_AT=name:N (the Nth time it is passed).

Nothing happens unless HEMERO_FAULTS=1 is set too, so that no operator meets them by accident.
`FAULT_AT=name:N:enospc` raises the error of a full disk there instead of killing.
"""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def fault(name: str) -> None:
    """Die here, at once and without any clean-up, when the environment says so."""
    if os.environ.get("HEMERO_FAULTS") != "1":
        return
    wanted, _, rest = os.environ.get("FAULT_AT", "").partition(":")
    if wanted != name:
        return
    _passed[name] += 1
    number, _, action = rest.partition(":")
    if _passed[name] != int(number or 1):
        return
    if action == "enospc":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.kill(os.getpid(), signal.SIGKILL)
