"""The Python types that the values of rows have: scalars, sets, lists, maps, and classes for maps of one form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import attrs

from pynamite.wire import AttributeValue
from pynamite.workbench.names import class_name, field_name, singular, unique

__all__ = ["ANY", "Many", "Plain", "Record", "RecordField", "Shape", "shape_of"]

_SCALARS = {"S": "str", "BOOL": "bool", "B": "bytes"}


@attrs.frozen
class Plain:
    """A type that is written as it is: ``str``, ``Decimal``, ``str | int``, ``Any``, ``set[str]``."""

    text: str


@attrs.frozen
class Many:
    """A list, or a map whose keys are data: ``list[...]`` or ``dict[str, ...]``."""

    kind: str
    inner: Shape
    nullable: bool = False


@attrs.frozen
class RecordField:
    """A field of a class for maps; one that is not ``required`` is missing in some of them."""

    name: str
    attribute: str
    shape: Shape
    nullable: bool
    required: bool


@attrs.frozen
class Record:
    """A class for maps that have the same keys; ``title`` is what it should be called."""

    title: str
    fields: tuple[RecordField, ...]


Shape = Plain | Many | Record
ANY = Plain("Any")


def shape_of(values: Iterable[AttributeValue], title: str) -> tuple[Shape, bool]:
    """Find the type that fits all values, and whether None is among them; ``title`` is the attribute's name."""
    contents: dict[str, list[object]] = {}
    nullable = False
    for value in values:
        ((kind, content),) = value.items()
        if kind == "NULL":
            nullable = True
        else:
            contents.setdefault(kind, []).append(content)
    if not contents:
        return ANY, nullable
    if len(contents) > 1:
        if contents.keys() <= {"S", "N", "BOOL", "B"}:
            texts = sorted(_plain(kind, own).text for kind, own in contents.items())
            return Plain(" | ".join(texts)), nullable
        return ANY, nullable
    ((kind, found),) = contents.items()
    if kind == "L":
        lists: list[list[AttributeValue]] = [own for own in found if isinstance(own, list)]
        inner, empty = shape_of([value for own in lists for value in own], singular(title))
        return Many("list", inner, empty and inner != ANY), nullable
    if kind == "M":
        return _map_shape([own for own in found if isinstance(own, dict)], title), nullable
    return _plain(kind, found), nullable


def _plain(kind: str, contents: Sequence[object]) -> Plain:
    if kind in _SCALARS:
        return Plain(_SCALARS[kind])
    if kind == "N":
        return Plain(_number(map(str, contents)))
    members = [str(member) for own in contents if isinstance(own, list) for member in own]
    return Plain(f"set[{_number(members) if kind == 'NS' else _SCALARS[kind[0]]}]")


def _number(texts: Iterable[str]) -> str:
    return "Decimal" if any("." in text for text in texts) else "int"


def _map_shape(maps: list[dict[str, AttributeValue]], title: str) -> Shape:
    names = list(dict.fromkeys(name for own in maps for name in own))
    if not names:
        return Many("dict", ANY)
    if _keys_are_data(maps, names):
        inner, nullable = shape_of([value for own in maps for value in own.values()], singular(title))
        return Many("dict", inner, nullable and inner != ANY)
    fields: list[RecordField] = []
    taken: set[str] = set()
    for name in names:
        own = unique(field_name(name), taken)
        taken.add(own)
        values = [one[name] for one in maps if name in one]
        shape, nullable = shape_of(values, name)
        fields.append(RecordField(own, name, shape, nullable, required=len(values) == len(maps)))
    return Record(class_name(title), tuple(fields))


def _keys_are_data(maps: list[dict[str, AttributeValue]], names: list[str]) -> bool:
    """Tell a map of ids to values from one that always has the same few keys."""
    odd = [name for name in names if re.search(r"\d", name) or not re.match(r"[A-Za-z_][\w\- ]*$", name)]
    if odd:
        return True
    if len(maps) > 1 and len(names) > 3:
        # In a class most fields are there most of the time.
        return sum(map(len, maps)) < len(maps) * len(names) / 2
    return len(names) > 40
