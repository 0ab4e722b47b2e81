"""DynamoDB JSON: the lines of an export to S3, and the output of a scan, however large.

A line is ``{"Item": {"PK": {"S": "a"}}}``, as "DynamoDB table export output format" (Developer Guide) has it, or a bare
item. The output of a scan, ``{"Items": [...], "Count": 2}``, is read item by item; the AWS CLI and others write it.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import attrs

from pynamite.dynamodb_json import from_json, to_json
from pynamite.errors import TransferError
from pynamite.transfer.formats.rows import Begin, Row
from pynamite.transfer.place import Place
from pynamite.wire import Item

__all__ = ["DynamoDBJson"]

_HEAD = 4096
_PIECE = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_DOCUMENT = re.compile(rb'\s*(?:\[|\{\s*"(?:Items|Count|ScannedCount|ConsumedCapacity|NextToken|LastEvaluatedKey)"\s*:'
                       rb"\s*(?:\[|\d|null|\"|\{))")
_WRAPPED = ("Item",)


@attrs.frozen
class DynamoDBJson:
    """DynamoDB JSON. It is written as lines, or as one ``document``, which the output of a scan is."""

    document: bool = False

    name = "dynamodb-json"
    appends = True

    def rows(self, file: BinaryIO, begin: Begin) -> Iterator[Row]:
        """Read lines, or the items of a scan's output: which of the two it is shows in the file."""
        head = _head(file, begin)
        if _DOCUMENT.match(head) and not _is_line(head):
            return _document(file, begin)
        return _lines(file, begin)

    def item(self, content: Any, place: Place) -> Item:
        """Check the item, and give it as it is stored."""
        return place.check_item(content)

    def writer(self, file: BinaryIO, place: Place, written: int | None) -> _LineWriter | _DocumentWriter:
        """Write lines, or the document."""
        return _DocumentWriter(file, place, written) if self.document else _LineWriter(file, place)


def _head(file: BinaryIO, begin: Begin) -> bytes:
    """Look at the beginning of the file, and stand where reading begins."""
    peek = getattr(file, "peek", None)
    if peek is not None and not begin.position:
        seen: bytes = peek(_HEAD)[:_HEAD]
        return seen
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(begin.position)
    return head


def _is_line(head: bytes) -> bool:
    """Tell whether the first line is a bare item whose first attribute has the name of a part of a document."""
    line = head.lstrip().partition(b"\n")[0]
    try:
        first = next(iter(json.loads(line).values()))
    except (ValueError, AttributeError, StopIteration):
        return False
    return isinstance(first, dict) and first.keys() <= {"S", "N", "B", "M", "L", "BOOL", "NULL", "SS", "NS", "BS"}


def _lines(file: BinaryIO, begin: Begin) -> Iterator[Row]:
    number, position = begin.number, begin.position
    for line in file:
        number += 1
        position += len(line)
        if line.isspace():
            continue
        try:
            content: Any = from_json(line.strip())
        except ValueError as error:
            yield Row(number, position, line.decode(errors="replace"), f"it is no JSON: {error}")
            continue
        yield _row(number, position, content)


def _row(number: int, position: int, content: Any) -> Row:
    if not isinstance(content, dict):
        return Row(number, position, json.dumps(content), "it is no item: expected {...}")
    if tuple(content) == _WRAPPED and _is_wrapped(content["Item"]):
        content = content["Item"]
    elif "NewImage" in content or {"Keys", "Metadata"} <= content.keys():
        return Row(number, position, json.dumps(content, default=str),
                   "it is a change of an incremental export, which is not read: use a full export")
    return Row(number, position, content)


def _is_wrapped(inner: Any) -> bool:
    """Tell an item from the value of an attribute that is called Item."""
    return isinstance(inner, dict) and all(isinstance(value, dict) for value in inner.values())


class _Text:
    """A file as text that is read piece by piece, with the bytes that were taken from it counted."""

    def __init__(self, file: BinaryIO, position: int) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._at = 0
        self._ended = False
        self.position = position

    def _more(self) -> bool:
        if self._ended:
            return False
        piece = self._file.read(_PIECE)
        self._ended = not piece
        self._text = self._text[self._at :] + self._decode(piece, self._ended)
        self._at = 0
        return not self._ended

    def _take(self, end: int) -> str:
        taken = self._text[self._at : end]
        self.position += len(taken) if taken.isascii() else len(taken.encode())
        self._at = end
        return taken

    def sign(self) -> str:
        """Give the next character that is no space, without taking it; nothing at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None
            self._take(match.end())
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Take one character, which has to be this one."""
        found = self.sign()
        if found != sign:
            raise TransferError(f"expected {sign!r} at byte {self.position}, got {found or 'the end of the file'!r}")
        self._take(self._at + 1)

    def value(self) -> tuple[Any, str]:
        """Take a JSON value; gives its text, too."""
        self.sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError as error:
                # What is not at its end yet looks like a mistake.
                if self._more():
                    continue
                raise TransferError(f"the JSON at byte {self.position} is broken: {error}") from None
            # The end of a number shows by what follows.
            if end == len(self._text) and self._more():
                continue
            return value, self._take(end)


def _document(file: BinaryIO, begin: Begin) -> Iterator[Row]:
    text = _Text(file, begin.position)
    number = begin.number
    if begin.position:
        # Behind an item, in the list.
        if text.sign() == ",":
            text.take(",")
        for row in _elements(text, number):
            number = row.number
            yield row
        yield from _rest(text, number)
        return
    if text.sign() == "[":
        text.take("[")
        yield from _elements(text, number)
        return
    while text.sign() == "{":
        text.take("{")
        for row in _members(text, number):
            number = row.number
            yield row


def _rest(text: _Text, number: int) -> Iterator[Row]:
    if text.sign() == ",":
        text.take(",")
        yield from _members(text, number)
    elif text.sign() == "}":
        text.take("}")
    while text.sign() == "{":
        text.take("{")
        for row in _members(text, number):
            number = row.number
            yield row


def _members(text: _Text, number: int) -> Iterator[Row]:
    """Read the inside of the object up to its end."""
    while text.sign() != "}":
        name, _ = text.value()
        text.take(":")
        if name == "Items":
            text.take("[")
            for row in _elements(text, number):
                number = row.number
                yield row
        else:
            text.value()
        if text.sign() == ",":
            text.take(",")
    text.take("}")


def _elements(text: _Text, number: int) -> Iterator[Row]:
    """Read the inside of the list up to its end."""
    while text.sign() != "]":
        value, written = text.value()
        number += 1
        if '"B"' in written or '"BS"' in written:
            try:
                value = from_json(written)
            except ValueError as error:
                yield Row(number, text.position, written, f"its binary is no base64: {error}")
                continue
        yield _row(number, text.position, value)
        if text.sign() == ",":
            text.take(",")
    text.take("]")


class _LineWriter:
    """Writes ``{"Item": ...}``, line by line."""

    def __init__(self, file: BinaryIO, place: Place) -> None:
        self._file = file
        self._place = place

    def write(self, items: Iterable[Item]) -> None:
        shown = self._place.shown
        self._file.write(b"".join([b'{"Item":%b}\n' % to_json(shown(item)) for item in items]))

    def end(self) -> None:
        """Nothing stands behind the last line."""


class _DocumentWriter:
    """Writes ``{"Items": [...], "Count": n}``."""

    def __init__(self, file: BinaryIO, place: Place, written: int | None) -> None:
        self._file = file
        self._place = place
        self._count = written or 0

    def write(self, items: Iterable[Item]) -> None:
        texts = [to_json(self._place.shown(item)) for item in items]
        if texts:
            self._file.write((b",\n" if self._count else b'{"Items":[\n') + b",\n".join(texts))
            self._count += len(texts)

    def end(self) -> None:
        if not self._count:
            self._file.write(b'{"Items":[')
        self._file.write(b'\n],"Count":%d,"ScannedCount":%d}\n' % (self._count, self._count))
