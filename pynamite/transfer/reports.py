"""How far a transfer is, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs

from pynamite.transfer.rejects import Problem

__all__ = ["OnProgress", "Report", "State", "Watch"]


@attrs.frozen
class State:
    """How far a transfer is.

    ``done`` items are written, ``rejected`` ones left out. ``fraction`` is how much of the whole is behind, from 0 to
    1, as far as that is known: by the bytes of the file in an import, by the table's own count of items, which is hours
    old on AWS, in an export. ``seconds`` is how long this run has taken, ``rate`` its items in a second.
    """

    done: int
    rejected: int
    fraction: float | None
    seconds: float
    rate: float


OnProgress = Callable[[State], object]
"""What is called as a transfer goes on, after each batch or page."""


@attrs.frozen
class Report:
    """What a transfer did.

    ``done`` items are written and ``rejected`` ones left out, those of runs before it included, where it was taken up
    again; ``problems`` has the first hundred that were left out by this run. ``seconds`` and ``rate``, in items a
    second, are this run's.
    """

    done: int
    rejected: int
    problems: tuple[Problem, ...]
    seconds: float
    rate: float


@attrs.define
class Watch:
    """Counts items and seconds, and tells about them."""

    tell: OnProgress | None
    before: int = 0
    clock: Callable[[], float] = time.monotonic
    done: int = attrs.field(init=False)
    _began: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.done = self.before
        self._began = self.clock()

    def add(self, count: int) -> None:
        """Count what has been written."""
        self.done += count

    def progress(self, rejected: int, fraction: float | None) -> None:
        """Tell how far the transfer is."""
        if self.tell is not None:
            seconds = self._seconds()
            self.tell(State(self.done, rejected, fraction, seconds, self._rate(seconds)))

    def report(self, rejected: int, problems: list[Problem]) -> Report:
        """Give what it came to."""
        seconds = self._seconds()
        return Report(self.done, rejected, tuple(problems), seconds, self._rate(seconds))

    def _seconds(self) -> float:
        return self.clock() - self._began

    def _rate(self, seconds: float) -> float:
        return (self.done - self.before) / seconds if seconds else 0.0
