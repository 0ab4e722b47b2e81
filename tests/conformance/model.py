"""What a case of the conformance tests is: a request, and what DynamoDB answers to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

__all__ = [
    "ANY", "Case", "From", "call", "case", "constraint", "item", "items", "key_schema", "refusal_of_parameters"]


class _Any:
    """Equal to whatever is there: an id, a moment, a number that is nobody's promise."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "ANY"


ANY: Any = _Any()


@attrs.frozen
class From:
    """A value of an earlier answer of the same case: ``From(0, "NextToken")`` is that of the first call."""

    place: int
    path: tuple[str | int, ...]


@attrs.frozen
class Case:
    """One request on the tables and items of its module."""

    name: str
    method: str
    request: Mapping[str, Any]
    gives: Mapping[str, Any] | None = None
    """The whole answer, up to its metadata."""
    has: Mapping[str, Any] | None = None
    """A part of the answer, at any depth."""
    refuses: str | None = None
    """The code and the message of the error: ``ValidationException: ...``."""
    told: Mapping[str, Any] | None = None
    """What the error has besides: the old item, the reasons of a cancellation."""
    leaves: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    """The items of some tables after it."""
    given: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """Calls that come before it, all of which succeed."""
    source: str = ""
    """Whose word it is: a page of AWS's documentation, or DynamoDB Local."""
    differs: str | None = None
    """Why DynamoDB Local does otherwise; it has to."""


def call(method: str, **request: Any) -> tuple[str, dict[str, Any]]:
    """Give a method of boto3's client and its request."""
    return method, request


def case(name: str, asked: tuple[str, Mapping[str, Any]], **expected: Any) -> Case:
    """Make a case; see `Case` for what can be expected."""
    given = expected.pop("given", ())
    return Case(name, *asked, given=tuple(given), **expected)


def key_schema(*names: str) -> list[dict[str, str]]:
    """Give a key schema: the partition key, and the sort key if there is one."""
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def item(**attributes: Any) -> dict[str, Any]:
    """Make an item (or a key) of plain values: text, numbers, bytes, flags, None; what is a dict stays as it is."""
    return {name: _wire(value) for name, value in attributes.items()}


def _wire(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if isinstance(value, bool):
        return {"BOOL": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, list):
        return {"L": [_wire(one) for one in value]}
    kinds: dict[type, str] = {str: "S", int: "N", bytes: "B"}
    kind = kinds[type(value)]
    return {kind: str(value) if kind == "N" else value}


def items(*found: Mapping[str, Any], scanned: int | None = None, **rest: Any) -> dict[str, Any]:
    """Give the answer of a Query or Scan that finds these items."""
    return {"Items": list(found), "Count": len(found), "ScannedCount": len(found) if scanned is None else scanned,
            **rest}


def constraint(value: Any, place: str, what: str) -> str:
    """Give what the service's framework says against one value of a request."""
    return ("ValidationException: 1 validation error detected: "
            f"Value '{_shown(value)}' at '{place}' failed to satisfy constraint: {what}")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else str(value)


def refusal_of_parameters(message: str) -> str:
    """Give what boto3 itself refuses, before anything is sent."""
    return f"ParamValidationError: {message}"
