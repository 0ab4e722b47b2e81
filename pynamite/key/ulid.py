"""ULIDs: ids that sort by the moment at which they were made."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

__all__ = ["UlidMaker", "new_ulid"]

# Crockford's base32: without I, L, O and U, in the order of ASCII, so that texts sort as the numbers do.
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26
_RANDOM_BITS = 80
_LATEST = (1 << 48) - 1


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class UlidMaker:
    """Makes ULIDs, each greater than the one before, from a clock in milliseconds and a source of random bytes.

    Within a millisecond (and while a clock that was set back catches up) the random part is counted up; when that is
    used up, the time goes on by a millisecond. Threads may share a maker.
    """

    def __init__(
        self, clock: Callable[[], int] = _milliseconds, random_bytes: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self.forget()

    def forget(self) -> None:
        """Begin anew, as if none had been made: for a process that was forked off and shares the memory of it."""
        self._lock = threading.Lock()
        self._last = -1

    def make(self) -> str:
        """Make the next ULID.

        >>> maker = UlidMaker(clock=lambda: 1469918176385, random_bytes=bytes)
        >>> maker.make(), maker.make()
        ('01ARYZ6S410000000000000000', '01ARYZ6S410000000000000001')

        Raises:
            OverflowError: the clock is behind the year 10889, the last that a ULID can tell.
        """
        now = self._clock()
        with self._lock:
            if now > self._last >> _RANDOM_BITS:
                number = now << _RANDOM_BITS | int.from_bytes(self._random_bytes(_RANDOM_BITS // 8))
            else:
                number = self._last + 1
            if number >> _RANDOM_BITS > _LATEST:
                raise OverflowError(f"the clock says {now} ms, a ULID reaches to {_LATEST} ms: set the clock")
            self._last = number
        return "".join(_DIGITS[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


_MAKER = UlidMaker()
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_MAKER.forget)


def new_ulid() -> str:
    """Make an id of 26 characters that sorts behind all that this process made before.

    It begins with the moment, in milliseconds; the rest is random. ``post_id: str = field(factory=new_ulid)``.

    >>> first, second = new_ulid(), new_ulid()
    >>> len(first), first < second
    (26, True)
    """
    return _MAKER.make()
