"""BatchGetItem and BatchWriteItem."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import attrs

from pynamite.expression import nodes
from pynamite.expression.render import Renderer
from pynamite.operation.answers import Answer, read, result_of, unread_batch
from pynamite.operation.key_texts import KeyTexts
from pynamite.operation.operation import Operation
from pynamite.operation.resend import Resend
from pynamite.wire import Item

__all__ = [
    "BATCH_GET_SIZE",
    "BATCH_WRITE_SIZE",
    "BatchGetPage",
    "WriteEntry",
    "batch_get",
    "batch_write",
    "delete_entry",
    "entry_content",
    "put_entry",
]

# "BatchGetItem: up to 100 items; BatchWriteItem: up to 25 put or delete requests": API Reference.
BATCH_GET_SIZE = 100
BATCH_WRITE_SIZE = 25

WriteEntry = dict[str, Any]
"""One entry of BatchWriteItem, as `put_entry` and `delete_entry` make it."""


@attrs.frozen
class BatchGetPage:
    """The answer of BatchGetItem, by table: the items found, in no order, and the keys not looked up."""

    items: dict[str, Collection[Any]]
    unprocessed: dict[str, list[Item]]


def batch_get(requests: Mapping[str, Iterable[Item]], *, projection: nodes.Projection | None = None,
              consistent_read: bool = False, unread: bool = False,
              parse: Callable[[bytes], Answer] | None = None) -> Operation[BatchGetPage]:
    """Make a BatchGetItem of keys by table: at most `BATCH_GET_SIZE` keys together, all different.

    Items are left ``unread`` for those who read their JSON themselves, where the client gives it; ``parse`` reads the
    whole answer (`ready_batch` makes one). `KeyTexts` stay what they are: they are for clients that make attempts.
    """
    shared: dict[str, Any] = {}
    if projection is not None:
        renderer = Renderer()
        shared["ProjectionExpression"] = renderer.projection(projection)
        shared.update(renderer.parameters())
    if consistent_read:
        shared["ConsistentRead"] = True
    tables = {
        table_name: {"Keys": keys if type(keys) is KeyTexts else list(keys), **shared}
        for table_name, keys in requests.items()}
    return Operation("BatchGetItem", "batch_get_item", {"RequestItems": tables}, _read_items,
                     parse=result_of(parse or (unread_batch if unread else read), _read_items))


def _read_items(answer: dict[str, Any]) -> BatchGetPage:
    unprocessed = answer.get("UnprocessedKeys") or {}
    return BatchGetPage(
        dict(answer.get("Responses") or {}),
        {table_name: list(left["Keys"]) for table_name, left in unprocessed.items() if left.get("Keys")},
    )


def put_entry(item: Item) -> WriteEntry:
    """Make the entry that puts an item."""
    return {"PutRequest": {"Item": item}}


def delete_entry(key: Item) -> WriteEntry:
    """Make the entry that deletes the item of a key."""
    return {"DeleteRequest": {"Key": key}}


def entry_content(entry: WriteEntry) -> Item:
    """Give the item that an entry puts, or the key that it deletes."""
    content: Item = entry["PutRequest"]["Item"] if "PutRequest" in entry else entry["DeleteRequest"]["Key"]
    return content


def batch_write(requests: Mapping[str, Iterable[WriteEntry]]) -> Operation[dict[str, list[WriteEntry]]]:
    """Make a BatchWriteItem of entries by table: at most `BATCH_WRITE_SIZE` together, one for each key.

    Its result is what was not processed, by table.
    """
    tables = {table_name: list(entries) for table_name, entries in requests.items()}
    # Puts and deletes without conditions: twice is as good as once.
    return Operation(
        "BatchWriteItem", "batch_write_item", {"RequestItems": tables}, _read_unprocessed, resend=Resend.SAFE)


def _read_unprocessed(answer: dict[str, Any]) -> dict[str, list[WriteEntry]]:
    left = answer.get("UnprocessedItems") or {}
    return {table_name: list(entries) for table_name, entries in left.items() if entries}
