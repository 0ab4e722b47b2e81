"""JSON lines: one object in a line, with plain values.

Of an entity they are its fields, and come back as they were. Without one they are the item's attributes: numbers stay
exact, but what JSON has no type for does not come back as it was; sets are lists, and binary is base64 text.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO, NoReturn

import attrs

from pynamite.transfer.formats.rows import Begin, Row
from pynamite.transfer.place import Place
from pynamite.wire import AttributeValue, Item, item_to_wire

__all__ = ["JsonLines", "json_text", "read_json"]


@attrs.frozen
class JsonLines:
    """JSON lines, which go by many names: JSONL, NDJSON."""

    name = "json-lines"
    appends = True

    def rows(self, file: BinaryIO, begin: Begin) -> Iterator[Row]:
        """Read the lines."""
        if begin.position:
            file.seek(begin.position)
        number, position = begin.number, begin.position
        for line in file:
            number += 1
            position += len(line)
            if line.isspace():
                continue
            try:
                content = read_json(line)
            except ValueError as error:
                yield Row(number, position, line.decode(errors="replace"), f"it is no JSON: {error}")
                continue
            if isinstance(content, dict):
                yield Row(number, position, content)
            else:
                yield Row(number, position, line.decode(errors="replace"), "it is no object: expected {...}")

    def item(self, content: Any, place: Place) -> Item:
        """Make the item of the fields, or of the attributes."""
        return place.check_item(item_to_wire(content)) if place.member is None else place.item_of(content)

    def writer(self, file: BinaryIO, place: Place, written: int | None) -> _Writer:
        """Write lines."""
        return _Writer(file, place)


class _Writer:
    def __init__(self, file: BinaryIO, place: Place) -> None:
        self._file = file
        self._told = place.shown if place.member is None else place.fields_of

    def write(self, items: Iterable[Item]) -> None:
        self._file.write("".join([_object(self._told(item)) + "\n" for item in items]).encode())

    def end(self) -> None:
        """Nothing stands behind the last line."""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number that JSON or DynamoDB has")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)


def read_json(text: bytes | str) -> Any:
    """Read JSON with exact numbers: ints, and Decimals where there is a point or an exponent.

    Raises:
        ValueError: it is none.
    """
    return _DECODER.decode(text if isinstance(text, str) else text.decode())


_text = json.JSONEncoder(ensure_ascii=False).encode


def json_text(value: AttributeValue) -> str:
    """Write an AttributeValue as plain JSON; numbers keep all their digits.

    >>> json_text({"M": {"n": {"N": "0.10"}, "tags": {"SS": ["a"]}, "b": {"B": b"hi"}}})
    '{"n": 0.10, "tags": ["a"], "b": "aGk="}'
    """
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return _text(content)
        case "N":
            return str(content)
        case "BOOL":
            return "true" if content else "false"
        case "NULL":
            return "null"
        case "B":
            return _text(base64.b64encode(content).decode())
        case "L":
            return f"[{', '.join(map(json_text, content))}]"
        case "M":
            return _object(content)
        case "SS":
            return f"[{', '.join(map(_text, content))}]"
        case "NS":
            return f"[{', '.join(content)}]"
        case _:
            return f"[{', '.join(_text(base64.b64encode(member).decode()) for member in content)}]"


def _object(item: Mapping[str, AttributeValue]) -> str:
    return "{" + ", ".join([f"{_text(name)}: {json_text(value)}" for name, value in item.items()]) + "}"
