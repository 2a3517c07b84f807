"""Child processes that must not outlive us, and the memory that processes may take and keep."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal

_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h of glibc


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when `parent`, its own, dies, even by SIGKILL."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def limit_to(what: int, most: int) -> None:
    """Limit a resource of this process for good; where a shell or a service manager allows less, less."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def give_memory_back(large: int, spare: int) -> None:
    """Freed memory goes back to the system, which the C library keeps otherwise, for every thread apart.

    It learns from the largest body a process ever freed to keep bodies of that size. Another library than
    glibc has its own ways, and is let alone.

    Args:
        large: bytes; an object of that size or more is memory of its own.
        spare: bytes that may be kept at the end of all others.
    """
    with contextlib.suppress(OSError, AttributeError):
        allocator = ctypes.CDLL(None)
        allocator.mallopt(_M_MMAP_THRESHOLD, large)
        allocator.mallopt(_M_TRIM_THRESHOLD, spare)
        allocator.mallopt(_M_ARENA_MAX, 1)
