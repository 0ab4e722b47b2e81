"""Many entries, a chunk at a time: what a request leaves undone is tried again, and nothing is lost in silence."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import attrs

from pynamite.dynamo.backoff import BACKOFF, Backoff
from pynamite.dynamodb_json import to_json
from pynamite.errors import OperationError, ThrottledError, UnprocessedItemsError
from pynamite.operation.batch import WriteEntry

__all__ = ["LARGEST_REQUEST", "Chunks", "Progress", "check_progress", "weight"]

T = TypeVar("T")

Progress = Callable[[int, int], object]
"""What is called as a batch goes on: with how many entries are done, and how many there are."""

# "can transmit up to 16MB of data over the network": API Reference, "BatchWriteItem".
LARGEST_REQUEST = 16 * 1024 * 1024

# What stands around the entries: the table's name, which may be an ARN.
_FRAME = 4096

# boto3 escapes what is not ASCII, and sets spaces: a letter of two bytes has six then, and nothing grows more.
_LARGEST_GROWTH = 3


def check_progress(progress: object) -> None:
    """Refuse, with a TypeError, what cannot be called."""
    if progress is not None and not callable(progress):
        raise TypeError(f"progress= is called with two numbers, (done, total); {progress!r} cannot be called")


def weight(entry: WriteEntry) -> int:
    """Give the bytes that an entry of BatchWriteItem has on its way, or more where that does not matter.

    Items of 400 KB, as they are stored, may be several megabytes of JSON.
    """
    most = len(to_json(entry)) * _LARGEST_GROWTH + 2
    return most if most * 25 <= LARGEST_REQUEST else len(json.dumps(entry, default=_base64)) + 2


def _base64(content: Any) -> str:
    return base64.b64encode(content).decode()


@attrs.define  # Nobody changes one; frozen ones take longer to make.
class Chunks(Generic[T]):
    """How entries are acted on: the ``action`` of the API, in requests of at most ``size`` entries.

    ``shown`` turns an entry that was left undone into what the caller knows it by; ``weigh`` gives its bytes, where
    a request's are limited; ``progress`` is told after each request that got something done.
    """

    action: str
    table_name: str
    size: int
    shown: Callable[[T], Any]
    weigh: Callable[[T], int] | None = None
    progress: Progress | None = None
    backoff: Backoff = BACKOFF

    def run(self, entries: Sequence[T], act: Callable[[Sequence[T]], list[T]]) -> None:
        """Act on chunks, and again on what each leaves over, until nothing is left or the service makes no headway.

        Raises:
            UnprocessedItemsError: some entries were left over again and again.
            OperationError: the database said no; a note says how many entries were done before.
        """
        check_progress(self.progress)
        pending, total, attempt = entries, len(entries), 0
        while pending:
            chunk = self._first(pending)
            rest = pending[len(chunk) :]
            cause: OperationError | None = None
            try:
                left = act(chunk)
            except ThrottledError as error:
                left, cause = list(chunk), error
            except OperationError as error:
                error.add_note(f"{total - len(pending)} of {total} entries were done before")
                raise
            pending = [*left, *rest] if left else rest
            headway = len(left) < len(chunk)
            if headway and self.progress is not None:
                self.progress(total - len(pending), total)
            if not left:
                attempt = 0
                continue
            attempt = 0 if headway else attempt + 1
            if attempt > self.backoff.attempts:
                raise self._given_up(pending, total, attempt) from cause
            self.backoff.wait(attempt)

    def _first(self, pending: Sequence[T]) -> Sequence[T]:
        chunk = pending[: self.size]
        if self.weigh is None:
            return chunk
        sent = _FRAME
        for count, entry in enumerate(chunk):
            sent += self.weigh(entry)
            if count and sent > LARGEST_REQUEST:
                return chunk[:count]
        return chunk

    def _given_up(self, pending: Sequence[T], total: int, tries: int) -> UnprocessedItemsError:
        return UnprocessedItemsError(
            f"{self.action} in table {self.table_name!r}: {len(pending)} of {total} entries were left undone after "
            f"{tries} tries; see .unprocessed, and try these again when the table has capacity",
            unprocessed=[self.shown(entry) for entry in pending], operation=self.action, table_name=self.table_name)
