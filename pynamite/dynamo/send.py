"""The driver: the only place where an operation meets a client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pynamite.client import Client
from pynamite.dynamo.backoff import BACKOFF, CONFLICTS, Backoff
from pynamite.dynamo.logs import log
from pynamite.errors import (
    OperationError,
    PynamiteError,
    ThrottledError,
    TransactionCanceledError,
    UnprocessedItemsError,
)
from pynamite.expression import nodes
from pynamite.operation.batch import (
    BATCH_GET_SIZE,
    BATCH_WRITE_SIZE,
    BatchGetPage,
    WriteEntry,
    batch_get,
    batch_write,
)
from pynamite.operation.failures import CONFLICT_CODES, failure
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage
from pynamite.wire import Item, item_from_wire, normalize_number

__all__ = ["is_conflict", "key_identity", "pages", "send", "send_batch_get", "send_batch_write"]

R = TypeVar("R")
T = TypeVar("T")

KeyIdentity = tuple[tuple[str, str, Any], ...]


def send(client: Client, operation: Operation[R], *, backoff: Backoff | None = None) -> R:
    """Send an operation and read its answer.

    What was refused because of nothing but other writers (see `is_conflict`) has done nothing: it is sent again, after
    the waits of ``backoff``.

    Raises:
        OperationError: the database said no, or could not be asked; the client's own error is the ``__cause__``.
    """
    waits = CONFLICTS if backoff is None else backoff
    attempt = 0
    while True:
        try:
            return operation.read(_call(client, operation))
        except OperationError as error:
            if attempt >= waits.attempts or not is_conflict(error):
                raise
        waits.wait(attempt)
        attempt += 1


def _call(client: Client, operation: Operation[Any]) -> dict[str, Any]:
    log.debug("%s %r", operation.action, operation.request)
    try:
        answer: dict[str, Any] = getattr(client, operation.method)(**operation.request)
    except PynamiteError:
        raise
    except Exception as error:
        worded = failure(error, operation)
        if worded is None:
            raise
        log.debug("%s failed: %s", operation.action, worded)
        raise worded from error
    return answer


def is_conflict(error: OperationError) -> bool:
    """Tell whether an error says that nothing but other writers stood in the way, so that waiting is of use.

    They were at the same items, or the table had no capacity left for a transaction: of a single write, the client
    itself sees to that, but not of the reasons that a transaction was cancelled for.
    """
    if isinstance(error, TransactionCanceledError):
        reasons = [reason for reason in error.reasons if reason is not None]
        return bool(reasons) and all(
            reason.code in CONFLICT_CODES or isinstance(reason, ThrottledError) for reason in reasons)
    return error.code in CONFLICT_CODES


def pages(client: Client, operation: Operation[ReadPage], *, backoff: Backoff = BACKOFF) -> Iterator[ReadPage]:
    """Send a query or a scan page by page until the last; each page is read when it is asked for.

    Raises:
        OperationError: the database said no.
    """
    start: Any = None
    while True:
        following = operation if start is None else operation.with_request(ExclusiveStartKey=start)
        page = send(client, following, backoff=backoff)
        yield page
        start = page.last_key
        if start is None:
            return


def key_identity(key: Mapping[str, Any]) -> KeyIdentity:
    """Give what tells a key from others, as something hashable: equal numbers are equal however they are written."""
    parts = []
    for name in sorted(key):
        ((kind, content),) = key[name].items()
        parts.append((name, kind, normalize_number(content) if kind == "N" else content))
    return tuple(parts)


def send_batch_get(client: Client, table_name: str, keys: Iterable[Item], *,
                   projection: nodes.Projection | None = None, consistent_read: bool = False,
                   backoff: Backoff = BACKOFF) -> list[Item | None]:
    """Get many items: one result per key, in the order of ``keys``, None where there is no item.

    A key given twice is asked for once. Where the ``projection`` leaves key attributes out they are asked for all the
    same, to tell the items apart, and stripped.

    Raises:
        UnprocessedItemsError: the service went on leaving keys out.
        OperationError: the database said no.
    """
    wanted = [(key_identity(key), key) for key in keys]
    if not wanted:
        return []
    names = list(wanted[0][1])
    asked, added = _with_keys(projection, names)
    found: dict[KeyIdentity, Item] = {}

    def ask(chunk: Sequence[Item]) -> list[Item]:
        page: BatchGetPage = send(
            client, batch_get({table_name: chunk}, projection=asked, consistent_read=consistent_read), backoff=backoff)
        for item in page.items.get(table_name, []):
            found[key_identity({name: item[name] for name in names})] = item
        return page.unprocessed.get(table_name, [])

    unique = list(dict(wanted).values())
    _in_chunks(unique, BATCH_GET_SIZE, ask, backoff, table_name, "BatchGetItem", item_from_wire)
    for item in found.values():
        for name in added:
            item.pop(name, None)
    return [found.get(identity) for identity, _ in wanted]


def _with_keys(projection: nodes.Projection | None, names: Sequence[str]) -> tuple[nodes.Projection | None, list[str]]:
    if projection is None:
        return None, []
    tops = {path.steps[0] for path in projection.paths}
    added = [name for name in names if name not in tops]
    return nodes.Projection(projection.paths + tuple(nodes.Path((name,)) for name in added)), added


def send_batch_write(client: Client, table_name: str, entries: Iterable[WriteEntry], *, key_names: Sequence[str],
                     backoff: Backoff = BACKOFF) -> None:
    """Put and delete many items; of several entries for one key the last wins.

    ``entries`` are made by `put_entry` and `delete_entry`; ``key_names`` are the key attributes of the table, by which
    entries for the same item are told. This is no transaction: when it fails, a part may have been written.

    Raises:
        UnprocessedItemsError: the service went on leaving entries out.
        OperationError: the database said no.
    """
    last: dict[KeyIdentity, WriteEntry] = {}
    for entry in entries:
        identity = key_identity(_key_of(entry, key_names))
        last.pop(identity, None)
        last[identity] = entry

    def write(chunk: Sequence[WriteEntry]) -> list[WriteEntry]:
        return send(client, batch_write({table_name: chunk}), backoff=backoff).get(table_name, [])

    _in_chunks(list(last.values()), BATCH_WRITE_SIZE, write, backoff, table_name, "BatchWriteItem", _plain_entry)


def _key_of(entry: WriteEntry, key_names: Sequence[str]) -> Item:
    given = entry["PutRequest"]["Item"] if "PutRequest" in entry else entry["DeleteRequest"]["Key"]
    return {name: given[name] for name in key_names}


def _plain_entry(entry: WriteEntry) -> dict[str, Any]:
    return item_from_wire(entry["PutRequest"]["Item"] if "PutRequest" in entry else entry["DeleteRequest"]["Key"])


def _in_chunks(entries: Sequence[T], size: int, act: Callable[[Sequence[T]], list[T]], backoff: Backoff,
               table_name: str, action: str, plain: Callable[[T], Any]) -> None:
    """Act on chunks, and again on what each leaves over, until nothing is left or the service makes no headway."""
    pending = list(entries)
    attempt = 0
    while pending:
        chunk, rest = pending[:size], pending[size:]
        cause: OperationError | None = None
        try:
            left = act(chunk)
        except ThrottledError as error:
            left, cause = list(chunk), error
        except OperationError as error:
            error.add_note(f"{len(entries) - len(pending)} of {len(entries)} entries were done before")
            raise
        pending = left + rest
        if not left:
            attempt = 0
            continue
        attempt = attempt + 1 if len(left) == len(chunk) else 0
        if attempt > backoff.attempts:
            raise UnprocessedItemsError(
                f"{action} in table {table_name!r}: {len(pending)} of {len(entries)} entries were left undone after "
                f"{attempt} tries; see .unprocessed, and try these again when the table has capacity",
                unprocessed=[plain(entry) for entry in pending], operation=action, table_name=table_name) from cause
        backoff.wait(attempt)
