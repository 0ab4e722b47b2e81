"""How long to wait before something is sent again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import attrs

__all__ = ["AT_ONCE", "BACKOFF", "CONFLICTS", "Backoff"]


@attrs.frozen
class Backoff:
    """Exponential backoff with full jitter: ``attempts`` tries after the first, waits in seconds.

    ``sleep`` and ``chance`` (a number from 0 to 1) can be replaced, so that a test neither waits nor varies.
    """

    attempts: int = 8
    first: float = 0.05
    longest: float = 5.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def wait(self, attempt: int) -> None:
        """Wait before the try number ``attempt``, counted from 0."""
        self.sleep(self.chance() * min(self.longest, self.first * 2**attempt))


BACKOFF = Backoff()

CONFLICTS = Backoff(attempts=40, first=0.02, longest=0.5)
"""For writers who meet at an item: ten seconds on average, up to the last try.

With these, 32 writers who do nothing but change one item, each by a transaction of 5 to 20 ms, all come to their turn.
Longer waits starve who waits, shorter ones make them meet again.
"""

AT_ONCE = Backoff(attempts=0)
"""For what is not to be sent again as it is."""
