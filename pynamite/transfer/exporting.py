"""Tables into files: scanned page by page, by several readers if asked to, and written as it comes."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any, BinaryIO

import attrs

from pynamite.dynamo import DB
from pynamite.dynamo.send import send
from pynamite.dynamodb_json import from_json, to_json
from pynamite.entities.member import Member
from pynamite.errors import ItemError, TransferError
from pynamite.expression import nodes
from pynamite.operation.page import ReadPage
from pynamite.operation.scan import scan
from pynamite.store import Store
from pynamite.transfer.checkpoints import Checkpoint
from pynamite.transfer.files import Sink
from pynamite.transfer.formats import format_of
from pynamite.transfer.formats.rows import Format, Writer
from pynamite.transfer.place import Place, place_of
from pynamite.transfer.rates import READ_UNIT, Bucket, Rate
from pynamite.transfer.rejects import OnError, Rejects
from pynamite.transfer.reports import OnProgress, Report, Watch
from pynamite.wire import Item

__all__ = ["export_items"]

MOST_SEGMENTS = 256
"""Each is a thread."""

_WAIT_SECONDS = 0.1


def export_items(
    source: Store | DB,
    target: str | os.PathLike[str] | BinaryIO,
    *,
    format: Format | str | None = None,
    entity: type | None = None,
    segments: int = 1,
    consistent_read: bool = False,
    on_error: OnError = "raise",
    rejects: str | os.PathLike[str] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    rate: Rate | None = None,
    progress: OnProgress | None = None,
) -> Report:
    """Write what is in a table to a file: all items, or the instances of an ``entity``, in no order.

    ``target`` is a file's path (packed where it ends in ``.gz``), or a stream of bytes; a file that is there is
    replaced. ``format`` is as `import_items` has it; ``"scan-output"`` is DynamoDB JSON as one document. With an
    ``entity``, rows are its fields (in DynamoDB JSON: its items, whole), and what has expired is left out. A tenant's
    store gives that tenant's items, with keys as the tenant sees them. The table is scanned in ``segments`` at once,
    each by a thread; it is no snapshot: what is written meanwhile may be in it or not.

    With a ``checkpoint``, a file's path, an export that was broken off goes on from there when it is run again: what
    the file has behind the checkpoint is cut off, so that nothing is in it twice. It is removed at the end.
    ``on_error`` and ``rejects`` are for items that do not fit their class, or the format.

    Raises:
        TransferError: the format does not show, cannot be gone on with, or the checkpoint is another export's.
        ItemStructureError: an item does not fit.
        TableNotFoundError, OperationError: the database said no.
    """
    if isinstance(segments, bool) or not isinstance(segments, int) or not 1 <= segments <= MOST_SEGMENTS:
        raise ValueError(f"segments={segments!r}: it is a whole number from 1 to {MOST_SEGMENTS}")
    place = place_of(source, entity)
    path = Path(target) if isinstance(target, str | os.PathLike) else None
    chosen = format_of(format, path)
    kept = None if checkpoint is None else _checkpoint(checkpoint, path, chosen, place, segments)
    state = (kept.read() if kept is not None else None) or {}
    watch = Watch(progress, state.get("done", 0))
    rejected = Rejects(on_error, rejects, state.get("rejects"), state.get("rejected", 0))
    starts = [_start(told) for told in state.get("segments", [{}] * segments)]
    with rejected, Sink(target, state.get("size")) as sink:
        run = _Export(
            place, chosen.writer(sink.file, place, watch.done if state else None), sink, rejected, watch, kept,
            None if rate is None else rate.bucket(READ_UNIT), consistent_read, starts)
        run.carry_out()
        sink.settle()
    if kept is not None:
        kept.remove()
    return watch.report(rejected.count, rejected.problems)


def _checkpoint(
    path: str | os.PathLike[str], target: Path | None, format: Format, place: Place, segments: int
) -> Checkpoint:
    if target is None:
        raise TransferError("checkpoint= is for a file by its path: a stream cannot be gone on with")
    if not format.appends:
        raise TransferError(
            f"a file of format {format.name!r} cannot be gone on with: leave checkpoint= out, or export JSON lines")
    entity = None if place.member is None else place.member.definition.name
    tenant = None if place.tenancy is None else place.tenancy.tenant
    of = {"target": str(target.resolve()), "format": repr(format), "table": place.table_name, "entity": entity,
          "tenant": tenant, "segments": segments}
    return Checkpoint(Path(path), "export", of)


@attrs.frozen
class _Start:
    """Where a segment goes on: behind a key, from the beginning, or not at all."""

    key: Item | None = None
    done: bool = False

    def told(self) -> dict[str, Any]:
        return {"key": None if self.key is None else to_json(self.key).decode(), "done": self.done}


def _start(told: dict[str, Any]) -> _Start:
    key = told.get("key")
    return _Start(None if key is None else from_json(key), told.get("done", False))


@attrs.define
class _Export:
    """One run of an export."""

    place: Place
    writer: Writer
    sink: Sink
    rejects: Rejects
    watch: Watch
    checkpoint: Checkpoint | None
    bucket: Bucket | None
    consistent: bool
    starts: list[_Start]
    seen: int = 0

    def carry_out(self) -> None:
        """Read to the end, and write what fits."""
        self.seen = self.watch.done + self.rejects.count
        with closing(self._pages()) as pages:
            for segment, page in pages:
                if self.bucket is not None:
                    self.bucket.take(page.items)
                self._write(page.items)
                self.starts[segment] = _Start(page.last_key, done=page.last_key is None)
                self._settle()
                items = self.place.items
                self.watch.progress(self.rejects.count, min(1.0, self.watch.done / items) if items else None)
        self.writer.end()

    def _write(self, items: Sequence[Item]) -> None:
        items = [item for item in items if self._wanted(item)]
        try:
            self.writer.write(items)
        except ItemError:
            # One of them does not fit, and nothing was written.
            for number, item in enumerate(items):
                self._write_one(item, self.seen + number + 1)
        else:
            self.watch.add(len(items))
        self.seen += len(items)

    def _wanted(self, item: Item) -> bool:
        member = self.place.member
        return member is None or not member.has_expired(item)

    def _write_one(self, item: Item, number: int) -> None:
        try:
            self.writer.write([item])
        except ItemError as error:
            row = to_json(item).decode()
            messages = getattr(error, "problems", None) or [str(error)]
            self.rejects.add(number, [f"{message} (key {self._key(item)})" for message in messages], row)
        else:
            self.watch.add(1)

    def _key(self, item: Item) -> str:
        return to_json({name: item[name] for name in self.place.keys}).decode()

    def _settle(self) -> None:
        if self.checkpoint is not None:
            size, rejects = self.sink.settle(), self.rejects.settle()
            self.checkpoint.write({
                "segments": [start.told() for start in self.starts], "size": size, "done": self.watch.done,
                "rejected": self.rejects.count, "rejects": rejects})

    def _filter(self) -> nodes.Condition | None:
        member, tenancy = self.place.member, self.place.tenancy
        own = None if tenancy is None else tenancy.own()
        typed = None if member is None else _typed(member)
        return own if typed is None else typed if own is None else nodes.conjunction(own, typed)

    def _segment(self, segment: int) -> Iterator[ReadPage]:
        start = self.starts[segment]
        total = len(self.starts)
        operation = scan(
            self.place.table_name, filter=self._filter(), start=start.key, consistent_read=self.consistent,
            segment=segment, total_segments=None if total == 1 else total)
        while not start.done:
            page = send(self.place.client, operation)
            if self.place.member is not None and self.place.member.type_attribute is None:
                page = attrs.evolve(page, items=[item for item in page.items if self.place.member.is_typed(item)])
            yield page
            if page.last_key is None:
                return
            operation = operation.with_request(ExclusiveStartKey=page.last_key)

    def _pages(self) -> Generator[tuple[int, ReadPage], None, None]:
        if len(self.starts) == 1:
            for page in self._segment(0):
                yield 0, page
            return
        with closing(_Readers(self)) as readers:
            yield from readers.pages()

    def read_segment(self, segment: int) -> Iterator[ReadPage]:
        """Read the pages of one segment, for a thread that does so."""
        return self._segment(segment)


def _typed(member: Member[Any]) -> nodes.Condition | None:
    if member.type_attribute is None:
        return None
    return nodes.Compare(
        "=", nodes.Path((member.type_attribute,)), nodes.Value({"S": member.definition.type_value}))


class _Readers:
    """Threads that read a segment each; at most two pages for each of them wait to be written."""

    def __init__(self, run: _Export) -> None:
        self._queue: Queue[tuple[int, ReadPage | BaseException | None]] = Queue(2 * len(run.starts))
        self._stopped = threading.Event()
        self._left = len(run.starts)
        self._threads = [
            threading.Thread(target=self._read, args=(run, segment), name=f"pynamite-export-{segment}", daemon=True)
            for segment in range(len(run.starts))]
        for thread in self._threads:
            thread.start()

    def _read(self, run: _Export, segment: int) -> None:
        try:
            for page in run.read_segment(segment):
                if not self._put((segment, page)):
                    return
            self._put((segment, None))
        except BaseException as error:  # noqa: BLE001 - it is raised where the pages are taken
            self._put((segment, error))

    def _put(self, entry: tuple[int, ReadPage | BaseException | None]) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(entry, timeout=_WAIT_SECONDS)
            except Full:
                continue
            return True
        return False

    def pages(self) -> Iterator[tuple[int, ReadPage]]:
        """Give pages as they come; what a thread has failed by is raised here."""
        while self._left:
            segment, entry = self._queue.get()
            if entry is None:
                self._left -= 1
            elif isinstance(entry, BaseException):
                raise entry
            else:
                yield segment, entry

    def close(self) -> None:
        """Let the threads end, and wait for them."""
        self._stopped.set()
        while any(thread.is_alive() for thread in self._threads):
            try:
                self._queue.get(timeout=_WAIT_SECONDS)
            except Empty:
                continue
