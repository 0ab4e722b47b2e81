"""Items in wire form as DynamoDB JSON: the text that goes over the wire, and that the engine stores.

Where msgspec is installed (``pip install 'pynamite-orm[fast]'``) it reads and writes the text, three to eight times as
quickly as the standard library; what comes out is the same.
"""

from __future__ import annotations

import base64
import gc
import json
from collections.abc import Callable, Iterable
from typing import Any

from pynamite.wire import Item

try:
    import msgspec
except ImportError:
    msgspec = None  # type: ignore[assignment]

__all__ = ["from_json", "items_from_json", "to_json"]


def to_json(item: Item) -> bytes:
    """Write an item (or a single AttributeValue) in wire form as DynamoDB JSON, binary as base64."""
    return _encode(item)


def from_json(text: bytes | str) -> Item:
    """Read an item (or a single AttributeValue, or a whole answer) from DynamoDB JSON.

    Raises:
        ValueError: it is no JSON.
    """
    text = text if isinstance(text, bytes) else text.encode()
    loaded: Item = _decode(text) if len(text) < _PAGE else _decode_page(text)
    return loaded


def items_from_json(texts: Iterable[bytes]) -> list[Item]:
    """Read many items from DynamoDB JSON, in one go.

    Raises:
        ValueError: they are no JSON.
    """
    loaded: list[Item] = _decode_page(b"[%b]" % b",".join(texts))
    return loaded


_PAGE = 16 * 1024
"""How long the JSON of more than an item or two is, in bytes."""


def _decode_page(text: bytes) -> Any:
    # A page is thousands of new dicts, all in use: looking for garbage among them would take as long as reading them.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _decode(text)
    finally:
        if collecting:
            gc.enable()


def _base64(content: Any) -> str:
    if isinstance(content, (bytes, bytearray, memoryview)):
        return base64.b64encode(content).decode()
    raise TypeError(f"{type(content).__name__} is no part of an AttributeValue")


_ENCODER = json.JSONEncoder(default=_base64, ensure_ascii=False, separators=(",", ":"), check_circular=False)


def _encode_plainly(item: Any) -> bytes:
    return _ENCODER.encode(item).encode()


def _binary(level: dict[str, Any]) -> dict[str, Any]:
    # The levels of DynamoDB JSON alternate: under an attribute called "B" stands a dict, under the type "B" a text.
    if len(level) == 1:
        if isinstance(content := level.get("B"), str):
            return {"B": base64.b64decode(content)}
        if isinstance(content := level.get("BS"), list):
            return {"BS": [base64.b64decode(member) for member in content]}
    return level


# The decoders' own scanners, without the look for white space on both sides that costs as much as a small item.
_Scan = Callable[[str, int], tuple[Any, int]]
_SCAN: _Scan = vars(json.JSONDecoder())["scan_once"]
_SCAN_BINARY: _Scan = vars(json.JSONDecoder(object_hook=_binary))["scan_once"]


def _scanned(scan: _Scan, text: str) -> Any:
    try:
        loaded, end = scan(text, 0)
    except StopIteration as error:
        raise ValueError(f"there is no JSON at {error.value} of {text[:40]!r}") from None
    if end != len(text):
        raise ValueError(f"there is more after the JSON: {text[end : end + 40]!r}")
    return loaded


def _has_binary(text: bytes) -> bool:
    # Binary alone needs a look at every level, and most items have none.
    return b'"B"' in text or b'"BS"' in text


def _decode_plainly(text: bytes) -> Any:
    return _scanned(_SCAN_BINARY if _has_binary(text) else _SCAN, text.decode())


def _by(read: Callable[[bytes], Any], wrong: type[Exception]) -> Callable[[bytes], Any]:
    def decode(text: bytes) -> Any:
        if _has_binary(text):
            return _scanned(_SCAN_BINARY, text.decode())
        try:
            return read(text)
        except wrong as error:
            raise ValueError(str(error)) from None

    return decode


_encode: Callable[[Any], bytes] = _encode_plainly
_decode: Callable[[bytes], Any] = _decode_plainly
if msgspec is not None:
    _encode, _decode = msgspec.json.Encoder().encode, _by(msgspec.json.Decoder().decode, msgspec.DecodeError)
