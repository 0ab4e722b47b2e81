"""The driver: the only place where an operation meets a client."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from pynamite.client import Client
from pynamite.dynamo.backoff import BACKOFF, CONFLICTS, Backoff
from pynamite.dynamo.chunks import Chunks, Progress, weight
from pynamite.dynamo.logs import log
from pynamite.dynamo.matching import KeyIdentity, Matching, key_identity
from pynamite.errors import (
    ConditionFailedError,
    OperationError,
    PynamiteError,
    ThrottledError,
    TransactionCanceledError,
)
from pynamite.expression import nodes
from pynamite.operation.answers import Answer, Found, Ready
from pynamite.operation.batch import (
    BATCH_GET_SIZE,
    BATCH_WRITE_SIZE,
    BatchGetPage,
    WriteEntry,
    batch_get,
    batch_write,
    entry_content,
)
from pynamite.operation.failures import CONFLICT_CODES, after_lost_answer, failure
from pynamite.operation.key_texts import KeyTexts
from pynamite.operation.operation import Operation
from pynamite.operation.page import ReadPage
from pynamite.operation.resend import Resend
from pynamite.operation.sending import UNDER_WAY, Sending
from pynamite.operation.transact import with_token
from pynamite.wire import Item, equal_items, item_from_wire

__all__ = ["BatchParse", "is_conflict", "key_of", "pages", "send", "send_about", "send_batch_get", "send_batch_write"]

R = TypeVar("R")

_DEBUG = logging.DEBUG

_GoingOn = Callable[[], "bytes | dict[str, Any]"]

BatchParse = Callable[[tuple[str, ...]], Callable[[bytes], Answer] | None]
"""Gives what reads an answer of BatchGetItem, by the texts of these attributes; None where nothing can."""


def send(client: Client, operation: Operation[R], *, backoff: Backoff | None = None) -> R:
    """Send an operation and read its answer.

    What was refused because of nothing but other writers (see `is_conflict`) has done nothing: it is sent again, after
    the waits of ``backoff``, which are `CONFLICTS` unless it is given, or a try before got no answer. The
    client itself tries again where it was throttled or the connection broke, but not what could be done twice by that:
    see `pynamite.operation.resend`. Every transaction has a token, by which the service knows it again.

    Raises:
        AnswerLostError: a write was sent, and nobody knows whether it was done.
        OperationError: the database said no, or could not be asked; the client's own error is the ``__cause__``.
    """
    answer = _attempted(client, operation, operation.request)
    if isinstance(answer, bytes):
        return operation.parse(answer)  # type: ignore[misc] # It was attempted, as it has one.
    return _go_on(client, operation, backoff, answer)


def send_about(client: Client, operation: Operation[R], key: Item) -> R:
    """Send an operation like another, about the item of another ``key``; it is not made where one try is enough.

    Raises:
        OperationError: as `send`.
    """
    answer = _attempted(client, operation, {**operation.request, "Key": key})
    if isinstance(answer, bytes):
        return operation.parse(answer)  # type: ignore[misc] # As above.
    return _go_on(client, operation.again(key, {"Key": key}), None, answer)


def _attempted(client: Client, operation: Operation[Any], request: Mapping[str, Any]) -> bytes | _GoingOn | None:
    """Try a call once: give its answer, or what goes on with it; None where client or call are not for that."""
    # A token has to be there, and its time to run, before anything is sent.
    if operation.parse is None or not _attempts(type(client)) or operation.action == "TransactWriteItems":
        return None
    if log.isEnabledFor(_DEBUG):
        log.debug("%s %r", operation.action, request)
    attempting: Any = client  # An AttemptingClient; cast() would be a call for each call.
    answer: bytes | _GoingOn = attempting.attempt(operation.method, request)
    return answer


def _go_on(client: Client, operation: Operation[R], backoff: Backoff | None, going_on: _GoingOn | None) -> R:
    """Send an operation until there is an answer, or an error to raise; ``going_on`` goes on with a try under way."""
    writes = operation.action == "TransactWriteItems"
    sending = Sending(with_token(operation, uuid.uuid4().hex) if writes else operation)
    attempt = 0
    while True:
        try:
            return _call(client, sending, going_on)
        except OperationError as error:
            # What may have been done is not for the caller to make anew: nothing but the same again can tell.
            waits = CONFLICTS if backoff is None or sending.lost else backoff
            if attempt >= waits.attempts or not is_conflict(error):
                if _is_own(error, sending):
                    return operation.read({})
                raise _with_the_past(error, sending) from error.__cause__
        going_on = None
        waits.wait(attempt)
        attempt += 1


@cache
def _gives_json(kind: type) -> bool:
    """Tell of a client's class whether it gives answers as JSON: itself, not what it stands before."""
    return callable(getattr(kind, "raw", None))


@cache
def _attempts(kind: type) -> bool:
    """Tell of a client's class whether it makes attempts: itself, not one of which it inherits, and does more."""
    return callable(vars(kind).get("attempt"))


def _call(client: Client, sending: Sending[R], going_on: _GoingOn | None) -> R:
    operation = sending.operation
    if going_on is None and log.isEnabledFor(_DEBUG):
        log.debug("%s %r", operation.action, operation.request)
    before = UNDER_WAY.set(sending)
    answer: bytes | dict[str, Any]
    try:
        if going_on is not None:
            answer = going_on()
        elif operation.parse is not None and _gives_json(type(client)):
            raw: Any = client  # A RawClient; cast() would be a call for each call.
            answer = raw.raw(operation.method, operation.request)
        else:
            answer = getattr(client, operation.method)(**operation.request)
    except PynamiteError:
        raise
    except Exception as error:
        worded = failure(error, operation)
        if worded is None:
            raise
        log.debug("%s failed: %s", operation.action, worded)
        raise worded from error
    finally:
        UNDER_WAY.reset(before)
    if not isinstance(answer, bytes):
        return operation.read(answer)
    assert operation.parse is not None
    return operation.parse(answer)


def _is_own(error: OperationError, sending: Sending[Any]) -> bool:
    """Tell whether a new item is refused because of itself: a try before, whose answer was lost, has put it."""
    if not (sending.lost and sending.operation.resend is Resend.COMPARE and isinstance(error, ConditionFailedError)):
        return False
    there = (error.response or {}).get("Item")
    return there is not None and equal_items(there, sending.operation.request["Item"])


def _with_the_past(error: OperationError, sending: Sending[Any]) -> OperationError:
    """Give the error of the last try, with what it does not know of those before it."""
    if not sending.lost:
        return error
    if sending.operation.resend is Resend.COMPARE and isinstance(error, ConditionFailedError):
        error.add_note("a try before it got no answer: that may have made the item, which somebody else then changed")
    return after_lost_answer(error, sending.operation)


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


def pages(client: Client, operation: Operation[ReadPage], *,
          backoff: Backoff = BACKOFF) -> Iterator[ReadPage]:
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


def send_batch_get(client: Client, table_name: str, keys: Iterable[Item], *,
                   projection: nodes.Projection | None = None, consistent_read: bool = False,
                   progress: Progress | None = None, shown: Callable[[Item], Any] = item_from_wire,
                   backoff: Backoff = BACKOFF, unread: bool = False,
                   parse: BatchParse | None = None) -> list[Any]:
    """Get many items: one result per key, in the order of ``keys``, None where there is no item.

    A key given twice is asked for once. Where the ``projection`` leaves key attributes out they are asked for all the
    same, to tell the items apart, and stripped. ``progress`` is called with how many keys are done, and of how many.
    Items are left ``unread`` for those who read their JSON themselves, where the client gives it; ``parse`` gives what
    reads the whole answer, where keys are told by texts: what that has `Found` is given in the place of the items, and
    as `Ready`, if no item was left to be read.

    Raises:
        UnprocessedItemsError: the service went on leaving keys out; they are listed as ``shown`` gives them.
        OperationError: the database said no.
    """
    matching = Matching(keys if type(keys) is not KeyTexts or _attempts(type(client)) else list(keys))
    if not matching.keys:
        return []
    asked, added = _with_keys(projection, matching.names)
    read = None if parse is None or matching.told_by is None else parse(matching.told_by)
    found: dict[Hashable, Any] = {}
    kind: type[list[Any]] = list if read is None else Ready

    def ask(chunk: Sequence[Item]) -> list[Item]:
        nonlocal kind
        operation = batch_get(
            {table_name: chunk}, projection=asked, consistent_read=consistent_read, unread=unread and not added,
            parse=read)
        page: BatchGetPage = send(client, operation, backoff=backoff)
        items = page.items.get(table_name, ())
        if type(items) is Found:
            found.update(items)
        elif items:
            found.update({matching.of(item): item for item in items})
            kind = list
        return page.unprocessed.get(table_name, [])

    unique: Sequence[Item] = matching.keys
    if len(set(matching.identities)) < len(unique):
        unique = list(dict(zip(matching.identities, matching.keys, strict=True)).values())
    chunks = Chunks("BatchGetItem", table_name, BATCH_GET_SIZE, shown, progress=progress, backoff=backoff)
    chunks.run(unique, ask)
    for item in found.values() if added else ():
        for name in added:
            item.pop(name, None)
    return kind(map(found.get, matching.identities))


def _with_keys(projection: nodes.Projection | None, names: Sequence[str]) -> tuple[nodes.Projection | None, list[str]]:
    if projection is None:
        return None, []
    tops = {path.steps[0] for path in projection.paths}
    added = [name for name in names if name not in tops]
    return nodes.Projection(projection.paths + tuple(nodes.Path((name,)) for name in added)), added


def _plain_entry(entry: WriteEntry) -> dict[str, Any]:
    return item_from_wire(entry_content(entry))


def send_batch_write(client: Client, table_name: str, entries: Iterable[WriteEntry], *, key_names: Sequence[str],
                     progress: Progress | None = None, shown: Callable[[WriteEntry], Any] = _plain_entry,
                     backoff: Backoff = BACKOFF) -> None:
    """Put and delete many items; of several entries for one key the last wins.

    ``entries`` are made by `put_entry` and `delete_entry`; ``key_names`` are the key attributes of the table, by which
    entries for the same item are told. This is no transaction: when it fails, a part may have been written.
    ``progress`` is called with how many entries are done, and of how many.

    Raises:
        UnprocessedItemsError: the service went on leaving entries out; they are listed as ``shown`` gives them.
        OperationError: the database said no.
    """
    last: dict[KeyIdentity, WriteEntry] = {}
    for entry in entries:
        identity = key_identity(key_of(entry, key_names))
        last.pop(identity, None)
        last[identity] = entry

    def write(chunk: Sequence[WriteEntry]) -> list[WriteEntry]:
        return send(client, batch_write({table_name: chunk}), backoff=backoff).get(table_name, [])

    chunks = Chunks(
        "BatchWriteItem", table_name, BATCH_WRITE_SIZE, shown, weigh=weight, progress=progress, backoff=backoff)
    chunks.run(list(last.values()), write)


def key_of(entry: WriteEntry, key_names: Iterable[str]) -> Item:
    """Give the key that an entry is about."""
    content = entry_content(entry)
    return {name: content[name] for name in key_names}
