"""A walk over what a query selects: page by page, shard by shard, with a position to go on from."""

from __future__ import annotations

import heapq
import queue
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from pynamite.dynamo.send import send
from pynamite.entities.member import Member
from pynamite.operation.page import ReadPage
from pynamite.operation.unread import Unread
from pynamite.repository.cursor import DONE, Position
from pynamite.wire import Item

if TYPE_CHECKING:
    from pynamite.repository.reading import Reader

__all__ = ["Entry", "Measure", "Walk"]


@attrs.frozen
class Entry:
    """One item (or an index's entry of it) that a walk has found, the entity it is of, and the part it was found in."""

    item: Item | Unread
    member: Member[Any]
    part: int


@attrs.define
class Measure:
    """What a walk has cost so far: items looked at, capacity units (where asked for), and requests."""

    scanned_count: int = 0
    capacity: float = 0.0
    requests: int = 0


@attrs.define
class _Part:
    """How far a walk has come in one part: behind which key to go on, and whether there is nothing left.

    ``ahead`` counts the entries that were read, but not used yet; ``passed`` says that a page is behind them, which
    ended at ``last_key``.
    """

    number: int
    key: Item | None
    done: bool = False
    ahead: int = 0
    passed: bool = False
    last_key: Item | None = None
    entry: Entry | None = None

    def settle(self) -> None:
        """Go to the end of the page, if all of its entries were used."""
        if self.passed and not self.ahead:
            if self.last_key is not None:
                self.key, self.entry = self.last_key, None
            self.done = self.last_key is None

    def behind(self, names: tuple[str, ...]) -> Item | None:
        """Give the key behind which to go on: that of the last entry that was used, or of the page's end."""
        if self.entry is not None:
            item, self.entry = self.entry.item, None
            self.key = item.part(names) if isinstance(item, Unread) else {name: item[name] for name in names}
        return self.key


class Walk:
    """One walk: made for each iteration, since it knows how far it has come.

    ``most`` is how many items are wanted, which says how much to ask for at a time; ``budget`` how many may be looked
    at, after which the walk ends early: at least one for each of the shards that are merged, since nothing can be given
    before the first of each is known. The segments of a scan are read one after the other, unless ``threads`` reads
    them at once; a walk by threads has no position.
    """

    def __init__(
        self,
        reader: Reader,
        position: Position | None,
        most: int | None,
        *,
        budget: int | None = None,
        capacity: bool = False,
        threads: bool = False,
    ) -> None:
        self.reader = reader
        self.moment = reader.moment()
        self.measure = Measure()
        self._most = most
        self._budget = budget
        self._capacity = capacity
        self._threads = threads
        self._share: int | None = None
        self._cut = False
        self._lock = threading.Lock()
        keys = (None,) * reader.parts if position is None else position.keys
        self._parts = [_Part(number, None if key == DONE else key, key == DONE) for number, key in enumerate(keys)]

    def take(self, entry: Entry) -> None:
        """Note that an entry was used: a walk that goes on from here will not give it again."""
        part = self._parts[entry.part]
        part.entry = entry
        part.ahead -= 1
        part.settle()

    @property
    def cut(self) -> bool:
        """Tell whether the walk has ended because its budget was used up."""
        return self._cut

    def position(self, left: int | None) -> Position:
        """Give where another walk can go on."""
        names = tuple(self.reader.names)
        return Position(tuple(DONE if part.done else part.behind(names) for part in self._parts), left)

    def __iter__(self) -> Iterator[Entry]:
        open_parts = [part for part in self._parts if not part.done]
        if self.reader.empty:
            for part in open_parts:
                part.done = True
            return iter(())
        if self._threads and len(open_parts) > 1 and self.reader.selection is None:
            return self._in_threads(open_parts)
        if len(open_parts) <= 1 or self.reader.selection is None:
            return (entry for part in open_parts for entry in self._entries(part))
        return self._merged(open_parts)

    def pages(self) -> Iterator[ReadPage]:
        """Read the pages of the only part, their items ready; whoever takes them has no position in between."""
        return self._pages(self._parts[0], ready=True)

    def _merged(self, parts: Sequence[_Part]) -> Iterator[Entry]:
        """Merge the parts: every one comes in the order of its sort keys, and so does the whole.

        Where one of them has used up the budget, all of them end: what the others have may lie behind its next entry.
        """
        if self._budget is not None:
            # None may take the first request of the others.
            self._share = max(1, self._budget // len(parts))
            self._budget = max(self._budget, len(parts))
        entries = [self._entries(part) for part in parts]
        for entry in heapq.merge(*entries, key=self._order, reverse=not self.reader.wanted.forward):
            if self._cut:
                return
            yield entry

    def _order(self, entry: Entry) -> tuple[Any, ...]:
        names, item = self.reader.sort_names, entry.item
        keys = item.part(names) if isinstance(item, Unread) else item
        return tuple(_comparable(keys[name]) for name in names)

    def _entries(self, part: _Part) -> Iterator[Entry]:
        for page in self._pages(part):
            part.passed = False
            for item in page.items:
                member = self.reader.member_of(item, self.moment)
                if member is not None:
                    part.ahead += 1
                    yield Entry(item, member, part.number)
            part.passed, part.last_key = True, page.last_key
            part.settle()

    def _pages(self, part: _Part, *, ready: bool = False) -> Iterator[ReadPage]:
        limit = self.reader.first_limit(self._most)
        start = part.key
        while True:
            if self._budget is not None and self._budget <= 0:
                self._cut = True
                return
            bounded = limit
            if self._budget is not None:
                allowed = self._budget if self._share is None else min(self._share, self._budget)
                bounded = allowed if limit is None else min(limit, allowed)
            page = self._send(part, bounded, start, ready=ready)
            yield page
            start = page.last_key
            if start is None:
                return
            limit = self.reader.next_limit(limit)

    def _send(self, part: _Part, limit: int | None, start: Item | None, *, ready: bool) -> ReadPage:
        operation = self.reader.operation(limit, moment=self.moment, start=start, part=part.number, ready=ready)
        if self._capacity:
            operation = operation.with_request(ReturnConsumedCapacity="TOTAL")
        with self.reader.concerning:
            page = send(self.reader.wanted.session.client, operation)
        with self._lock:
            self.measure.requests += 1
            self.measure.scanned_count += page.scanned_count
            self.measure.capacity += page.capacity or 0.0
        if self._budget is not None:
            self._budget -= page.scanned_count
        return page

    def _in_threads(self, parts: Sequence[_Part]) -> Iterator[Entry]:
        """Read all parts at once, each in a thread of its own, a few pages ahead; the order is whatever comes first."""
        found: queue.Queue[Entry | BaseException | None] = queue.Queue(maxsize=4096)
        stopped = threading.Event()

        def hand_over(what: Entry | BaseException | None) -> bool:
            while not stopped.is_set():
                try:
                    found.put(what, timeout=0.1)
                except queue.Full:
                    continue
                return True
            return False

        def read(part: _Part) -> None:
            try:
                for entry in self._entries(part):
                    if not hand_over(entry):
                        return
                hand_over(None)
            except BaseException as error:  # noqa: BLE001 - it is raised again where the items are read
                hand_over(error)

        threads = [threading.Thread(target=read, args=(part,), daemon=True) for part in parts]
        for thread in threads:
            thread.start()
        running = len(threads)
        try:
            while running:
                got = found.get()
                if got is None:
                    running -= 1
                elif isinstance(got, Entry):
                    yield got
                else:
                    raise got
        finally:
            # Nobody uses the client any more when this returns: each thread ends with the page that it is at.
            stopped.set()
            for thread in threads:
                thread.join()


def _comparable(value: dict[str, Any]) -> Any:
    ((kind, content),) = value.items()
    return Decimal(content) if kind == "N" else content
