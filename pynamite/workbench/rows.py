"""The rows of a table, fit for it: keys are there and of the right type, and no two rows have the same key."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from pynamite.key.schema import KeyType
from pynamite.wire import AttributeValue, Item, Misfit, equal, equal_items, normalize_number, shown
from pynamite.workbench.model import ModelTable, key_identity
from pynamite.workbench.values import Report, read_value

__all__ = ["read_row", "unite_rows"]


def read_row(raw: Any, table: ModelTable, place: str, report: Report) -> Item | None:
    """Read a row as an item of the table; None where it cannot be one, and is left out."""
    if not isinstance(raw, dict):
        report(place, f"a row is an object of attributes, not {shown(raw)}: left out")
        return None
    row: Item = {}
    for name, content in raw.items():
        if not name:
            report(place, "has an attribute without a name: the attribute is left out")
            continue
        value = read_value(content, f"{place}.{name}", report)
        if value is not None:
            row[name] = value
    if not any(value not in ({"S": ""}, {"NULL": True}) for value in row.values()):
        report(place, "an empty row: left out")
        return None
    own = {part.name for part in table.keys}
    for name, kind in table.key_types.items():
        if name in row:
            _fit_key(row, name, kind, f"{place}.{name}", report, required=name in own)
    missing = [part.name for part in table.keys if part.name not in row]
    if missing:
        report(place, f"a row without the table's key {', '.join(map(repr, missing))}: left out")
        return None
    return row


def _fit_key(row: Item, name: str, kind: KeyType, place: str, report: Report, *, required: bool) -> None:
    """Give a key attribute its declared type, or take it away."""
    value = row[name]
    if kind in value and value[kind] not in {"", b""}:
        return
    if value in ({"S": ""}, {"B": b""}, {"NULL": True}):
        del row[name]
        if not required:
            report(place, "an index key is empty: left out, so that the item is not in the index")
        return
    ((found, content),) = value.items()
    converted = _converted(value, kind)
    if converted is None:
        del row[name]
        report(place, f"a key of type {kind} holds {shown(content)} ({found}): left out")
    else:
        row[name] = converted
        report(place, f"a key of type {kind} holds {shown(content)} ({found}): taken as {kind}")


def _converted(value: AttributeValue, kind: KeyType) -> AttributeValue | None:
    ((found, content),) = value.items()
    text = str(content).lower() if found == "BOOL" else content
    if kind == "S" and found in {"N", "BOOL"}:
        return {"S": text}
    if kind == "S" and found == "B":
        return {"S": base64.b64encode(content).decode()}
    if kind == "N" and found == "S":
        try:
            return {"N": normalize_number(content.strip())}
        except Misfit:
            return None
    if kind == "B" and found in {"S", "N"}:
        return {"B": content.encode()}
    return None


def unite_rows(table: ModelTable, groups: Iterable[tuple[list[Item], str]], report: Report) -> None:
    """Let each key stand once: a row that is there already is dropped, and gives what it has besides.

    ``groups`` are the lists of rows with their places in the file; they are changed.
    """
    seen: dict[tuple[Any, ...], Item] = {}
    for rows, place in groups:
        kept = []
        for row in rows:
            first = seen.setdefault(key_identity(table, row), row)
            if first is row:
                kept.append(row)
            elif not equal_items(first, row):
                _unite(first, row, table, place, report)
        rows[:] = kept


def _unite(first: Item, other: Item, table: ModelTable, place: str, report: Report) -> None:
    clashes = [name for name, value in other.items() if name in first and not equal(first[name], value)]
    for name, value in other.items():
        first.setdefault(name, value)
    key = ", ".join(shown(next(iter(first[part.name].values()))) for part in table.keys)
    lost = f"; its {', '.join(map(repr, clashes))} differ: those of the first row are kept" if clashes else ""
    report(place, f"two rows have the key {key}: they are one item{lost}")
