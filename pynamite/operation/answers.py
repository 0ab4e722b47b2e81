"""Answers that come as JSON: read as the client's methods give them, or with the items left unread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import attrs

from pynamite.dynamodb_json import from_json
from pynamite.operation.unread import Unread, UnreadItems, fast_json

__all__ = ["Answer", "read", "unread_attributes", "unread_batch", "unread_item", "unread_items", "unread_page"]

Answer = dict[str, Any]


def read(body: bytes) -> Answer:
    """Read an answer, its items included."""
    return from_json(body)


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


@cache
def _envelopes() -> dict[str, _Envelope] | None:
    """Make the envelopes of the answers; None without msgspec."""
    msgspec = fast_json()
    if msgspec is None:
        return None
    raw = msgspec.Raw

    def made(**parts: tuple[Any, Callable[[Any], Any]]) -> _Envelope:
        fields = [(name, kind, None) for name, (kind, _) in parts.items()]
        kind = msgspec.defstruct("Answer", fields, gc=False)
        return _Envelope({name: make for name, (_, make) in parts.items()}, msgspec.json.Decoder(kind).decode)

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
