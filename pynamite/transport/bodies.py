"""Requests as DynamoDB's JSON, and answers as the dicts that boto3 makes of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from pynamite.operation.key_texts import KeyTexts
from pynamite.transport.response import Answer
from pynamite.wire import Item

__all__ = ["is_object", "read_body", "write_body"]

_PAGE = {"Items", "LastEvaluatedKey", "Count", "ScannedCount"}
_KNOWN = {
    "get_item": {"Item"}, "put_item": {"Attributes"}, "update_item": {"Attributes"}, "delete_item": {"Attributes"},
    "query": _PAGE, "scan": _PAGE, "batch_get_item": {"Responses", "UnprocessedKeys"},
    "batch_write_item": {"UnprocessedItems"}, "transact_get_items": {"Responses"},
}
"""The members of each method's answers that are as they came, but for binary values."""
_PARTS = {"UnprocessedKeys", "UnprocessedItems"}
"""Those of them that botocore reads, unless they are empty, as they nearly always are."""


def _as_json(value: object) -> str | list[Item]:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if type(value) is KeyTexts:
        return list(value)
    raise TypeError(f"{value!r} has no form in JSON")


def _by_json() -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]]:
    """Give what Python itself has: it is five times slower than msgspec, and all that is different."""
    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_as_json).encode
    return lambda request: write(request).encode(), json.loads


def _by_msgspec() -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]] | None:
    try:
        import msgspec
    except ImportError:
        return None
    write = msgspec.json.Encoder().encode

    def as_json(value: object) -> Any:
        return msgspec.Raw(value.json(write)) if type(value) is KeyTexts else _as_json(value)

    return msgspec.json.Encoder(enc_hook=as_json).encode, msgspec.json.Decoder().decode


write_body, _READ = _by_msgspec() or _by_json()
"""``write_body`` writes a request.

Raises:
    TypeError: a value is none that JSON knows.
    ValueError: a text cannot be written in UTF-8.
"""


def is_object(body: bytes) -> bool:
    """Tell whether a body is what an answer is: one that has no checksum may come from somebody else on the way."""
    try:
        return isinstance(_READ(body), dict)
    except ValueError:
        return False


def read_body(method: str, answer: Answer) -> dict[str, Any] | None:
    """Read an answer as boto3 does, with its metadata; None if it has parts that botocore's own parser has to read."""
    try:
        told = _READ(answer.body)
        if not isinstance(told, dict):
            return None
        known = _KNOWN.get(method, ())
        for name, value in told.items():
            if name not in known or value is None or (name in _PARTS and value):
                return None
        # Binary values are rare, and looking for them is quick.
        if b'"B"' in answer.body or b'"BS"' in answer.body:
            told = {name: _with_bytes(method, name, value) for name, value in told.items()}
    except (ValueError, TypeError, AttributeError):
        return None
    headers = answer.headers()
    told["ResponseMetadata"] = {
        **({"RequestId": headers["x-amzn-requestid"]} if "x-amzn-requestid" in headers else {}),
        "HTTPStatusCode": answer.status, "HTTPHeaders": headers, "RetryAttempts": 0}
    return told


def _with_bytes(method: str, name: str, value: Any) -> Any:
    """Turn base64 into bytes in a member of an answer."""
    if name == "Items":
        return [_item(item) for item in value]
    if method == "batch_get_item" and name == "Responses":
        return {table: [_item(item) for item in items] for table, items in value.items()}
    if method == "transact_get_items":
        return [{part: _item(item) for part, item in found.items()} for found in value]
    return value if isinstance(value, int) else _item(value)


def _item(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in item.items()}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    """Turn base64 into bytes, wherever it is in a value."""
    ((kind, content),) = value.items()
    if kind == "B":
        return {kind: base64.b64decode(content)}
    if kind == "BS":
        return {kind: [base64.b64decode(part) for part in content]}
    if kind == "M":
        return {kind: _item(content)}
    if kind == "L":
        return {kind: [_value(part) for part in content]}
    return value
