"""Keys and key attributes of items: there, of the right type, not empty, not too long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pynamite.key.schema import KeyAttribute
from pynamite.local.definition import LARGEST_PARTITION, LARGEST_SORT, RowKey, Table
from pynamite.local.failures import KEY_MISMATCH, EmptyKeyError, RefusedError, invalid, invalid_parameter
from pynamite.local.ordering import key_bytes
from pynamite.wire import AttributeValue, Item

__all__ = ["check_scalars", "check_table_arn", "check_table_name", "check_updated", "item_key", "request_key"]

_TABLE_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_ARN = re.compile(r"arn:[^:]*:dynamodb:[^:]*:[^:]*:table/([a-zA-Z0-9_.-]+)")

_KINDS = {"S": "string", "B": "binary"}


@lru_cache(maxsize=256)
def check_table_name(name: str, parameter: str = "TableName") -> str:
    """Give a table's name, from the name or the ARN that stands in a request."""
    if arn := _ARN.fullmatch(name):
        return arn[1]
    if len(name) < 3:
        problem = "length greater than or equal to 3"
    elif len(name) > 255:
        problem = "length less than or equal to 255"
    elif _TABLE_NAME.fullmatch(name):
        return name
    else:
        raise _wrong_name(parameter, name, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
    raise _wrong_name(parameter, name, f"Member must have {problem}")


def check_table_arn(arn: str) -> str:
    """Give a table's name, from its ARN."""
    found = _ARN.fullmatch(arn)
    if found is None:
        raise invalid(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")
    return found[1]


def _wrong_name(parameter: str, name: str, problem: str) -> RefusedError:
    return invalid(f"1 validation error detected: Value '{name}' at '{parameter[:1].lower()}{parameter[1:]}' failed to "
                   f"satisfy constraint: {problem}")


def request_key(table: Table, key: Item) -> RowKey:
    """Check the key of a request, which has the key attributes and nothing else, and give the row's key."""
    if len(key) != len(table.parts):
        raise invalid(KEY_MISMATCH)
    written = []
    for part in table.parts:
        value = key.get(part.name)
        if value is None or part.type not in value:
            raise invalid(KEY_MISMATCH)
        written.append(_key_bytes(table, part, value))
    return _row_key(written)


def item_key(table: Table, item: Item) -> RowKey:
    """Check the key attributes of an item, of the table and of its indexes, and give the row's key."""
    written = []
    for part in table.parts:
        value = item.get(part.name)
        if value is None:
            raise invalid_parameter(f"Missing the key {part.name} in the item")
        if part.type not in value:
            raise invalid_parameter(
                f"Type mismatch for key {part.name} expected: {part.type} actual: {next(iter(value))}")
        written.append(_key_bytes(table, part, value))
    if table.indexes:
        _check_index_keys(table, item, None)
    return _row_key(written)


def check_scalars(table: Table, entered: Iterable[str]) -> None:
    """Refuse paths of expressions that reach into a key attribute, of the table or of an index."""
    for name in entered:
        if name in table.key_names:
            raise invalid(
                "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
                f"{'Key' if name in table.names else 'IndexKey'}: {name}")


def _row_key(written: list[bytes]) -> RowKey:
    return written[0], written[1] if len(written) > 1 else b""


def check_updated(table: Table, old: Item | None, new: Item) -> None:
    """Check the index keys that an update has set."""
    _check_index_keys(table, new, old or {})


def _key_bytes(table: Table, part: KeyAttribute, value: AttributeValue) -> bytes:
    written = key_bytes(part.type, value[part.type])
    if not written:
        raise EmptyKeyError(
            f"The AttributeValue for a key attribute cannot contain an empty {_KINDS[part.type]} value. "
            f"Key: {part.name}")
    if len(written) > LARGEST_SORT:
        if part is not table.partition:
            raise invalid_parameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
        if len(written) > LARGEST_PARTITION:
            raise invalid_parameter("Size of hashkey has exceeded the maximum size limit of2048 bytes")
    return written


def _check_index_keys(table: Table, item: Item, old: Item | None) -> None:
    for index in table.indexes:
        for part in index.parts:
            value = item.get(part.name)
            if value is None or part.name in table.names or (old is not None and old.get(part.name) == value):
                continue
            if part.type not in value:
                raise invalid_parameter(
                    f"Type mismatch for Index Key {part.name} Expected: {part.type} Actual: {next(iter(value))} "
                    f"IndexName: {index.name}")
            if part.type == "N":
                continue
            content: Any = value[part.type]
            if not content:
                raise _empty_index_key(index.name, part, updated=old is not None)
            size = len(content.encode()) if part.type == "S" else len(content)
            if size > (LARGEST_PARTITION if part in index.partition else LARGEST_SORT):
                raise invalid_parameter("Size limit exceeded" if old is None else (
                    "The update expression attempted to update the secondary index key beyond allowed size limits"))


def _empty_index_key(index: str, part: KeyAttribute, *, updated: bool) -> RefusedError:
    what = f"The AttributeValue for a key attribute cannot contain an empty {_KINDS[part.type]} value."
    if updated:
        return EmptyKeyError(
            f"The update expression attempted to update a secondary index key to a value that is not supported. {what}")
    return EmptyKeyError(
        f"A value specified for a secondary index key is not supported. {what} IndexName: {index}, "
        f"IndexKey: {part.name}")
