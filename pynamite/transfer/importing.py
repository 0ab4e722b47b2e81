"""Files into tables: row by row, in batches, as far as it takes."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import attrs

from pynamite.dynamo import DB
from pynamite.dynamo.matching import key_identity
from pynamite.dynamo.send import send, send_batch_write
from pynamite.errors import ItemError, KeyValueError, OperationError, TransferError
from pynamite.operation.batch import BATCH_WRITE_SIZE, put_entry
from pynamite.operation.put import put_item
from pynamite.store import Store
from pynamite.transfer.checkpoints import Checkpoint
from pynamite.transfer.files import Source
from pynamite.transfer.formats import format_of
from pynamite.transfer.formats.rows import Begin, Format, Row
from pynamite.transfer.place import Place, place_of
from pynamite.transfer.rates import WRITE_UNIT, Bucket, Rate
from pynamite.transfer.rejects import OnError, Rejects
from pynamite.transfer.reports import OnProgress, Report, Watch
from pynamite.wire import Item, Misfit, item_size

__all__ = ["import_items"]

SETTLE_EVERY = 40
"""How many batches there are between two checkpoints."""

# What the service says of a request that no repetition makes right: of one of its items, it does not say which.
_REFUSED = "ValidationException"


def import_items(
    target: Store | DB,
    source: str | os.PathLike[str] | BinaryIO,
    *,
    format: Format | str | None = None,
    entity: type | None = None,
    on_error: OnError = "raise",
    rejects: str | os.PathLike[str] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    rate: Rate | None = None,
    progress: OnProgress | None = None,
    dry_run: bool = False,
) -> Report:
    r"""Put what is in a file into a table, in batches of 25; of several rows with one key the last wins.

    ``source`` is a file's path, or a stream of bytes; gzip shows by itself. ``format`` is a name (``"dynamodb-json"``,
    ``"json-lines"``, ``"csv"``, ``"tsv"``, ``"parquet"``), or a value such as ``Csv(delimiter=";")``; left out, the
    file's name tells. With an ``entity``, rows are its fields (in DynamoDB JSON: its items), and each is checked as an
    instance is; without one they are attributes. Whatever was under a key before is replaced, without a condition.
    Items are restored, not made: reactions do not run, and what is unique is not looked at. The guard and companion
    items of such an entity are made good at the end, as by `Repository.reindex`.

    With ``on_error="collect"``, rows that do not fit are left out and told in the report; ``rejects`` is a file that
    gets all of them. With a ``checkpoint``, a file's path, an import that was broken off goes on from there when it is
    run again: rows since the last checkpoint are put again, which does no harm. It is removed at the end. ``dry_run``
    checks every row, and writes nothing.

    >>> import io
    >>> from pynamite import dynamo
    >>> client = dynamo.DB("films", "sqlite://").client
    >>> description = dynamo.create_table("films", client, sk=None)
    >>> import_items(dynamo.DB("films", client, sk=None), io.BytesIO(b"PK,title\n1,Alien\n"), format="csv").done
    1

    Raises:
        TransferError: the file is of another format, or the checkpoint is another import's.
        ItemStructureError: a row does not fit, with its number; those before it are written.
        TableNotFoundError, UnprocessedItemsError, OperationError: the database said no.
    """
    place = place_of(target, entity)
    with Source(source) as file:
        chosen = format_of(format, file.path)
        kept = None if checkpoint is None or dry_run else _checkpoint(checkpoint, file, chosen, place)
        state = (kept.read() if kept is not None else None) or {}
        rejected = Rejects(on_error, rejects, state.get("rejects"), state.get("rejected", 0))
        watch = Watch(progress, state.get("done", 0))
        bucket = None if rate is None else rate.bucket(WRITE_UNIT)
        begin = Begin(state.get("number", 0), state.get("position", 0))
        with rejected:
            run = _Import(place, chosen, file, rejected, watch, kept, bucket, dry_run, begin)
            run.carry_out()
    if place.member is not None and isinstance(target, Store) and entity is not None and not dry_run:
        definition = place.member.definition
        if definition.uniques or definition.companions:
            target[entity].reindex()
    if kept is not None:
        kept.remove()
    return watch.report(rejected.count, rejected.problems)


def _checkpoint(path: str | os.PathLike[str], file: Source, format: Format, place: Place) -> Checkpoint:
    if file.path is None or not file.seekable:
        raise TransferError("checkpoint= is for a file by its path: a stream cannot be gone on with")
    entity = None if place.member is None else place.member.definition.name
    of = {
        "source": str(file.path.resolve()), "size": file.size, "format": repr(format), "table": place.table_name,
        "entity": entity}
    return Checkpoint(Path(path), "import", of)


@attrs.define
class _Import:
    """One run of an import."""

    place: Place
    format: Format
    source: Source
    rejects: Rejects
    watch: Watch
    checkpoint: Checkpoint | None
    bucket: Bucket | None
    dry_run: bool
    behind: Begin
    """The last row that is done with, once the batch is written."""
    batch: list[tuple[Row, Item]] = attrs.field(factory=list)
    settled: int = 0

    def carry_out(self) -> None:
        """Read to the end, and write what fits."""
        try:
            for row in self.format.rows(self.source.file, self.behind):
                self._take(row)
                if len(self.batch) == BATCH_WRITE_SIZE:
                    self._write()
            self._write()
        except (EOFError, OSError, zlib.error) as error:
            if isinstance(error, OperationError):
                raise
            # gzip says so where the file was cut off, or is damaged.
            raise TransferError(f"the file cannot be read to its end: {error}") from error

    def _take(self, row: Row) -> None:
        if row.problem is not None:
            self._reject(row, [row.problem])
            return
        try:
            item = self.format.item(row.content, self.place)
            item_size(item)  # Numbers that DynamoDB does not have show when they are measured.
        except Misfit as misfit:
            self._reject(row, misfit.lines())
        except ItemError as error:
            self._reject(row, getattr(error, "problems", None) or [str(error)])
        except KeyValueError as error:
            self._reject(row, [str(error)])
        else:
            self.batch.append((row, item))
            return

    def _reject(self, row: Row, messages: list[str] | tuple[str, ...]) -> None:
        try:
            self.rejects.add(row.number, messages, row.content)
        except ItemError:
            # What stands before the row is written, as it would be if the row were not there.
            self._write()
            self._settle()
            raise
        if not self.batch:
            self.behind = Begin(row.number, row.position)

    def _write(self) -> None:
        if not self.batch:
            return
        if self.dry_run:
            self.watch.add(len(self.batch))
        else:
            if self.bucket is not None:
                self.bucket.take([item for _, item in self.batch])
            self._put()
        last = self.batch[-1][0]
        self.behind = Begin(last.number, last.position)
        self.batch.clear()
        self.settled += 1
        if self.settled >= SETTLE_EVERY:
            self._settle()
        self.watch.progress(self.rejects.count, self.source.fraction())

    def _put(self) -> None:
        place = self.place
        try:
            send_batch_write(
                place.client, place.table_name, [put_entry(item) for _, item in self.batch], key_names=list(place.keys))
        except OperationError as error:
            if error.code != _REFUSED:
                raise
            self._put_singly()
        else:
            self.watch.add(len(self.batch))

    def _put_singly(self) -> None:
        """Find out which items the service does not take: it refuses the batch as a whole."""
        last = {key_identity({name: item[name] for name in self.place.keys}): number
                for number, (_, item) in enumerate(self.batch)}
        for row, item in [self.batch[number] for number in sorted(last.values())]:
            try:
                key = {name: item[name] for name in self.place.keys}
                send(self.place.client, put_item(self.place.table_name, item, key=key))
            except OperationError as error:
                if error.code != _REFUSED:
                    raise
                self.rejects.add(row.number, [str(error)], row.content)
            else:
                self.watch.add(1)

    def _settle(self) -> None:
        self.settled = 0
        if self.checkpoint is not None:
            told: dict[str, Any] = {
                "number": self.behind.number, "position": self.behind.position, "done": self.watch.done,
                "rejected": self.rejects.count, "rejects": self.rejects.settle()}
            self.checkpoint.write(told)
