"""The expression tree: one set of nodes for conditions, filters, key conditions, updates and projections.

Three kinds of leaf mark how far a tree has come. A *builder* puts ``Literal`` leaves (Python values) beside paths of
field names; *binding* turns them into ``Value`` leaves (AttributeValues) and attribute names; a *parsed* text has
``Placeholder`` leaves (``:v0``) and ``#n0`` path steps until its names and values are bound.

A parsed tree is cached by its text, and what is worked out from it by the tree: the roots keep their hash for that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast
from typing import Literal as OneOf

import attrs

__all__ = [
    "Add",
    "And",
    "Arithmetic",
    "Between",
    "Comparator",
    "Compare",
    "Condition",
    "Delete",
    "Function",
    "FunctionName",
    "IfNotExists",
    "In",
    "ListAppend",
    "ListInsert",
    "Literal",
    "Not",
    "Operand",
    "Or",
    "Path",
    "Placeholder",
    "Projection",
    "Remove",
    "Set",
    "SetValue",
    "Size",
    "Step",
    "Update",
    "Value",
    "children",
    "conjunction",
    "disjunction",
    "layout",
    "leaves",
    "transform",
]

N = TypeVar("N")

_MARKS = re.compile(r"[.\[\]\\]")

Step = str | int
"""One step of a path: an attribute or map key by name, or a list element by its index from 0."""

Comparator = OneOf["=", "<>", "<", "<=", ">", ">="]
FunctionName = OneOf["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"]


@attrs.frozen
class Path:
    """A document path: ``("address", "zip")`` is ``address.zip``, ``("tags", 0)`` is ``tags[0]``.

    As text, a dot, bracket or backslash inside a name has a backslash before it.

    ``owner`` is the class whose field the first step names, where the path was made from one; it is no part of the
    path's identity.
    """

    steps: tuple[Step, ...]
    owner: type | None = attrs.field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        text = ""
        for step in self.steps:
            if isinstance(step, int):
                text += f"[{step}]"
            else:
                text += "." * bool(text) + _MARKS.sub(r"\\\g<0>", str(step))
        return text


@attrs.frozen
class Literal:
    """A Python value that still has to be turned into an AttributeValue, by the type of the field it meets."""

    value: Any


@attrs.frozen
class Value:
    """An AttributeValue, e.g. ``{"S": "x"}``."""

    wire: dict[str, Any]


@attrs.frozen
class Placeholder:
    """A value's name in an expression's text, with its colon: ``:v0``."""

    name: str


@attrs.frozen
class Size:
    """The function ``size(path)``; where a path may stand, a value may too."""

    path: Path | Literal | Value | Placeholder


Operand = Path | Literal | Value | Placeholder | Size


@attrs.frozen(cache_hash=True)
class Compare:
    """``left op right``."""

    operator: Comparator
    left: Operand
    right: Operand


@attrs.frozen(cache_hash=True)
class Between:
    """``operand BETWEEN low AND high``; both bounds are included."""

    operand: Operand
    low: Operand
    high: Operand


@attrs.frozen(cache_hash=True)
class In:
    """``operand IN (options)``; 1 to 100 options."""

    operand: Operand
    options: tuple[Operand, ...]


@attrs.frozen(cache_hash=True)
class Function:
    """A boolean function: ``name(arguments)``."""

    name: FunctionName
    arguments: tuple[Operand, ...]


@attrs.frozen(cache_hash=True)
class And:
    """All of ``parts``, two or more, none of them an And (`conjunction` sees to that)."""

    parts: tuple[Condition, ...]


@attrs.frozen(cache_hash=True)
class Or:
    """Any of ``parts``, two or more, none of them an Or (`disjunction` sees to that)."""

    parts: tuple[Condition, ...]


@attrs.frozen(cache_hash=True)
class Not:
    """The opposite of ``part``."""

    part: Condition


Condition = Compare | Between | In | Function | And | Or | Not


@attrs.frozen
class IfNotExists:
    """``if_not_exists(path, default)``."""

    path: Path
    default: SetValue


@attrs.frozen
class ListAppend:
    """``list_append(left, right)``."""

    left: SetValue
    right: SetValue


@attrs.frozen
class ListInsert:
    """``elements`` put into ``list`` before the one at ``index``, or at its end; no expression of the service has this.

    Whoever knows the item carries it out (`pynamite.local.apply`) and sends the list that results.
    """

    list: SetValue
    index: int
    elements: SetValue


@attrs.frozen
class Arithmetic:
    """``left + right`` or ``left - right``, of numbers."""

    operator: OneOf["+", "-"]
    left: SetValue
    right: SetValue


SetValue = Path | Literal | Value | Placeholder | IfNotExists | ListAppend | ListInsert | Arithmetic


@attrs.frozen
class Set:
    """``SET path = value``."""

    path: Path
    value: SetValue


@attrs.frozen
class Remove:
    """``REMOVE path``."""

    path: Path


@attrs.frozen
class Add:
    """``ADD path value``: a number, or elements of a set."""

    path: Path
    value: Operand


@attrs.frozen
class Delete:
    """``DELETE path value``: elements of a set."""

    path: Path
    value: Operand


@attrs.frozen(cache_hash=True)
class Update:
    """An update: its actions, by clause, each in the order given."""

    sets: tuple[Set, ...] = ()
    removes: tuple[Remove, ...] = ()
    adds: tuple[Add, ...] = ()
    deletes: tuple[Delete, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sets or self.removes or self.adds or self.deletes)


@attrs.frozen(cache_hash=True)
class Projection:
    """The paths that a read returns."""

    paths: tuple[Path, ...]


def conjunction(*parts: Condition) -> Condition:
    """Join conditions by AND, flattening nested ones; a single part stays itself."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def disjunction(*parts: Condition) -> Condition:
    """Join conditions by OR, flattening nested ones; a single part stays itself."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


_CHILDREN: dict[type, tuple[str, ...]] = {
    Size: ("path",),
    Compare: ("left", "right"),
    Between: ("operand", "low", "high"),
    In: ("operand", "options"),
    Function: ("arguments",),
    And: ("parts",),
    Or: ("parts",),
    Not: ("part",),
    IfNotExists: ("path", "default"),
    ListAppend: ("left", "right"),
    ListInsert: ("list", "elements"),
    Arithmetic: ("left", "right"),
    Set: ("path", "value"),
    Remove: ("path",),
    Add: ("path", "value"),
    Delete: ("path", "value"),
    Update: ("sets", "removes", "adds", "deletes"),
    Projection: ("paths",),
}
"""The fields of each inner node that hold nodes or tuples of nodes, in the order of the text."""

_LAYOUT: dict[type, tuple[tuple[str, bool], ...]] = {
    kind: tuple((field.name, field.name in inner) for field in attrs.fields(kind)) for kind, inner in _CHILDREN.items()
}
"""The fields of each inner node in the order of its constructor, and whether they hold nodes."""


def children(node: Any) -> tuple[Any, ...]:
    """Give a node's direct children in the order of the text; a leaf (a path too) has none."""
    found: list[Any] = []
    for name in _CHILDREN.get(type(node), ()):
        child = getattr(node, name)
        found.extend(child) if isinstance(child, tuple) else found.append(child)
    return tuple(found)


def layout(node: Any) -> tuple[str, ...]:
    """Give the names of an inner node's fields in the order of its constructor; a leaf (a path too) has none."""
    return tuple(name for name, _ in _LAYOUT.get(type(node), ()))


def leaves(node: Any) -> Iterator[Any]:
    """Walk the leaves (paths, literals, values, placeholders) of a tree in the order of the text."""
    inner = children(node)
    if not inner and type(node) not in _CHILDREN:
        yield node
    for child in inner:
        yield from leaves(child)


def transform(node: N, leaf: Callable[[Any], Any]) -> N:
    """Build the same tree with every leaf replaced by ``leaf(old)``, called in the order of the text."""
    layout = _LAYOUT.get(type(node))
    if layout is None:
        return cast("N", leaf(node))
    arguments: list[Any] = []
    for name, holds_nodes in layout:
        part = getattr(node, name)
        if holds_nodes:
            part = tuple([transform(one, leaf) for one in part]) if isinstance(part, tuple) else transform(part, leaf)
        arguments.append(part)
    return type(node)(*arguments)
