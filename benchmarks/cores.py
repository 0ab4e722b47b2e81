"""Where client and server run, and whether their cores may fall asleep while one waits for the other."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import attrs

__all__ = ["WAYS", "Cores", "cores"]

WAYS = ("awake", "one", "any")

# It is run only where nothing else wants to; it ends when its standard input does, however the parent ends.
_KEEP_AWAKE = """
import os, sys, threading
os.sched_setaffinity(0, {int(sys.argv[1])})
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
def spin():
    while True: pass
threading.Thread(target=spin, daemon=True).start()
sys.stdin.read()
"""


@attrs.frozen
class Cores:
    """Where the server runs (None: wherever the system puts it), and in words, where both do."""

    server: int | None
    told: str


@contextlib.contextmanager
def cores(way: str) -> Iterator[Cores]:
    """Put this process on a core, in one of the `WAYS`, and tell where the server goes.

    ``awake``: a core each, which something always keeps busy that gives way at once. ``one``: one core for both.
    ``any``: wherever the system puts them, as where it cannot be told. Until the end of the block.
    """
    able = hasattr(os, "sched_setaffinity") and hasattr(os, "SCHED_IDLE")
    here = sorted(os.sched_getaffinity(0)) if able else []
    if way == "any" or not able or (way == "awake" and len(here) < 2):
        yield Cores(None, "any core")
        return
    both = here[-2:] if way == "awake" else here[-1:]
    awake = [] if way == "one" else [
        subprocess.Popen([sys.executable, "-c", _KEEP_AWAKE, str(core)], stdin=subprocess.PIPE) for core in both]
    os.sched_setaffinity(0, {both[-1]})
    try:
        yield Cores(both[0], "client and server on one core" if way == "one" else "a core each, which is kept awake")
    finally:
        os.sched_setaffinity(0, set(here))
        for process in awake:
            process.kill()
            process.communicate()
