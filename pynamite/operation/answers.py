"""Answers: read as the client's methods give them, or with the items left unread, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import GenericAlias
from typing import Any, TypeVar

import attrs

from pynamite.dynamodb_json import from_json
from pynamite.operation.unread import Unread, UnreadItems, fast_json
from pynamite.wire import Item

__all__ = [
    "Answer",
    "Found",
    "Ready",
    "read",
    "read_attributes",
    "read_item",
    "ready_attributes",
    "ready_batch",
    "ready_item",
    "ready_page",
    "result_of",
    "unread_attributes",
    "unread_batch",
    "unread_item",
    "unread_items",
    "unread_page",
]

Answer = dict[str, Any]

R = TypeVar("R")

_NOTHING = b"{}"
"""The answer of most writes."""


def read(body: bytes) -> Answer:
    """Read an answer, its items included."""
    return {} if body == _NOTHING else from_json(body)


def read_item(answer: Answer) -> Item | None:
    """Give the item in an answer of GetItem, None where there is none."""
    return answer.get("Item")


def read_attributes(answer: Answer) -> Item | None:
    """Give the attributes in an answer of UpdateItem or DeleteItem, None where there are none."""
    return answer.get("Attributes") or None


def result_of(parse: Callable[[bytes], Answer], read: Callable[[Answer], R]) -> Callable[[bytes], R]:
    """Give what reads the result in an answer that comes as JSON."""
    return lambda body: read(parse(body))


class Ready(list[Any]):
    """The items of a page, or of a batch, that somebody has read already."""


class Found(dict[Any, Any]):
    """The items of an answer that somebody has read already, by the texts of their keys."""


@attrs.frozen(eq=False)
class _Envelope:
    """What is read of an answer at first: its parts by name, with how each of them is read on."""

    parts: Mapping[str, Callable[[Any], Any]]
    decode: Callable[[bytes], Any]

    def read(self, body: bytes) -> Answer:
        """Read the parts that are there."""
        found = self.decode(body)
        return {
            name: make(value) for name, make in self.parts.items() if (value := getattr(found, name)) is not None
        }


def _read_raw(raw: Any) -> Any:
    return from_json(bytes(raw))


def _same(value: Any) -> Any:
    return value


def _items(whole: Any) -> UnreadItems:
    return UnreadItems(whole=whole)


def _by_table(raws: dict[str, list[Any]]) -> dict[str, UnreadItems]:
    return {table_name: UnreadItems(items) for table_name, items in raws.items()}


def _responses(found: list[Any]) -> list[Answer]:
    return [{} if one.Item is None else {"Item": Unread(one.Item)} for one in found]


def _decoder(**parts: Any) -> Callable[[bytes], Any]:
    """Give what decodes an answer to a struct of these parts, each None where it is not there."""
    msgspec = fast_json()
    kind = msgspec.defstruct("Answer", [(name, kind, None) for name, kind in parts.items()], gc=False)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind).decode
    return decode


@cache
def _envelopes() -> dict[str, _Envelope] | None:
    """Make the envelopes of the answers; None without msgspec."""
    msgspec = fast_json()
    if msgspec is None:
        return None
    raw = msgspec.Raw

    def made(**parts: tuple[Any, Callable[[Any], Any]]) -> _Envelope:
        decode = _decoder(**{name: kind for name, (kind, _) in parts.items()})
        return _Envelope({name: make for name, (_, make) in parts.items()}, decode)

    response = msgspec.defstruct("Response", [("Item", raw, None)], gc=False)
    return {
        "item": made(Item=(raw, Unread)),
        "attributes": made(Attributes=(raw, Unread)),
        "page": made(
            Items=(raw, _items),
            Count=(int, _same),
            ScannedCount=(int, _same),
            LastEvaluatedKey=(raw, _read_raw),
            ConsumedCapacity=(raw, _read_raw),
        ),
        "batch": made(Responses=(dict[str, list[raw]], _by_table), UnprocessedKeys=(raw, _read_raw)),  # type: ignore[valid-type]
        "items": made(Responses=(list[response], _responses)),  # type: ignore[valid-type]
    }


def _unread(kind: str, body: bytes) -> Answer:
    envelopes = _envelopes()
    return read(body) if envelopes is None else envelopes[kind].read(body)


def unread_item(body: bytes) -> Answer:
    """Read the answer of GetItem, but not its item."""
    return _unread("item", body)


def unread_attributes(body: bytes) -> Answer:
    """Read the answer of a write, but not the attributes in it."""
    return _unread("attributes", body)


def unread_page(body: bytes) -> Answer:
    """Read the answer of Query or Scan, but not its items."""
    return _unread("page", body)


def unread_batch(body: bytes) -> Answer:
    """Read the answer of BatchGetItem, but not its items."""
    return _unread("batch", body)


def unread_items(body: bytes) -> Answer:
    """Read the answer of TransactGetItems, but not its items."""
    return _unread("items", body)


def ready_item(kind: Any, make: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    """Give what reads at once the item in an answer of GetItem, None where there is none.

    ``kind`` is the struct that items are decoded to, of each of which ``make`` makes what is given in the place of the
    item: neither a dict nor `Unread`. Where that cannot be, whatever the reason, the item is left unread.
    """
    return _ready_part("Item", kind, make, result_of(unread_item, read_item))


def ready_attributes(kind: Any, make: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    """Give what reads at once the item in an answer of a write, as `ready_item` does."""
    return _ready_part("Attributes", kind, make, result_of(unread_attributes, read_attributes))


def _ready_part(
    name: str, kind: Any, make: Callable[[Any], Any], unread: Callable[[bytes], Any]
) -> Callable[[bytes], Any]:
    msgspec = fast_json()
    whole = msgspec.defstruct("Answer", [("part", kind, None)], gc=False, rename={"part": name})
    decode = msgspec.json.Decoder(whole).decode

    def read_ready(body: bytes) -> Any:
        try:
            item = decode(body).part
            return None if item is None else make(item)
        except Exception:  # noqa: BLE001 - whoever reads the item later finds out what is wrong with it
            return unread(body)

    return read_ready


def ready_page(kind: Any, make: Callable[[Sequence[Any]], Sequence[Any]]) -> Callable[[bytes], Answer]:
    """Give what reads the answer of Query or Scan, and makes its items at once, as `ready_item` does.

    Of all items ``make`` makes what is `Ready`.
    """
    raw = fast_json().Raw
    decode = _decoder(
        Items=GenericAlias(list, (kind,)), Count=int, ScannedCount=int, LastEvaluatedKey=raw, ConsumedCapacity=raw)

    def read_ready(body: bytes) -> Answer:
        try:
            found = decode(body)
            answer: Answer = {"Items": Ready(make(found.Items or ()))}
        except Exception:  # noqa: BLE001 - as above
            return unread_page(body)
        if found.Count is not None:
            answer["Count"] = found.Count
        if found.ScannedCount is not None:
            answer["ScannedCount"] = found.ScannedCount
        if found.LastEvaluatedKey is not None:
            answer["LastEvaluatedKey"] = _read_raw(found.LastEvaluatedKey)
        if found.ConsumedCapacity is not None:
            answer["ConsumedCapacity"] = _read_raw(found.ConsumedCapacity)
        return answer

    return read_ready


def ready_batch(kind: Any, make: Callable[[Sequence[Any]], dict[Any, Any]]) -> Callable[[bytes], Answer]:
    """Give what reads the answer of BatchGetItem, and makes its items at once, as `ready_item` does.

    Of all items of a table ``make`` makes what is `Found`, by the texts of their keys.
    """
    decode = _decoder(
        Responses=GenericAlias(dict, (str, GenericAlias(list, (kind,)))), UnprocessedKeys=fast_json().Raw)

    def read_ready(body: bytes) -> Answer:
        try:
            found = decode(body)
            answer: Answer = {
                "Responses": {table_name: Found(make(items)) for table_name, items in (found.Responses or {}).items()}}
        except Exception:  # noqa: BLE001 - as above
            return unread_batch(body)
        if found.UnprocessedKeys is not None:
            answer["UnprocessedKeys"] = _read_raw(found.UnprocessedKeys)
        return answer

    return read_ready
