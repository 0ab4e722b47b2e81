"""A rate that is not exceeded: a bucket of tokens that fills as time passes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from math import ceil

import attrs

from pynamite.wire import Item, item_size

__all__ = ["Bucket", "Rate"]

# "One write capacity unit represents one write per second, for an item up to 1 KB"; a read of 4 KB, or of 8 KB where
# it is eventually consistent: Developer Guide, "Read and write capacity".
WRITE_UNIT = 1024
READ_UNIT = 8 * 1024


def _positive(_: object, attribute: attrs.Attribute[float | None], value: float | None) -> None:
    if value is not None and not value > 0:
        raise ValueError(f"{attribute.name}={value!r}: a rate is a number above 0, in a second")


@attrs.frozen
class Rate:
    """How much is transferred in a second, at most: ``items``, or capacity ``units``, or both.

    Units are those of writes in an import and of eventually consistent reads in an export, by the items' sizes; what
    indexes cost is not counted.
    """

    items: float | None = attrs.field(default=None, validator=_positive)
    units: float | None = attrs.field(default=None, validator=_positive)

    def bucket(
        self, unit: int, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> Bucket:
        """Begin to keep the rate, with units of so many bytes."""
        return Bucket(self, unit, clock, sleep)


@attrs.define
class Bucket:
    """Keeps a rate: whoever has taken too much waits before the next time.

    At most one second's worth is saved up, so that a pause is not made good by a burst.
    """

    rate: Rate
    unit: int
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _free_at: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._free_at = self.clock()

    def take(self, items: Iterable[Item]) -> None:
        """Wait until what was taken before is made good, and take these items."""
        given = list(items)
        now = self.clock()
        if self._free_at > now:
            self.sleep(self._free_at - now)
        seconds = 0.0 if self.rate.items is None else len(given) / self.rate.items
        if self.rate.units is not None:
            units = sum(max(1, ceil(item_size(item) / self.unit)) for item in given) if self.unit == WRITE_UNIT else (
                ceil(sum(map(item_size, given)) / self.unit))
            seconds = max(seconds, units / self.rate.units)
        self._free_at = max(self._free_at, now - 1.0) + seconds
