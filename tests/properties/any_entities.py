"""Entities of any types with instances of them, to be drawn."""

# Types that the checkers refuse, or cannot follow, are what this module is about.
# mypy: disable-error-code="valid-type, misc, var-annotated, call-overload"

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from pynamite import Table
from pynamite.entities.declare import entity as declare
from pynamite.entities.member import Member
from pynamite.errors import DefinitionError

Name = NewType("Name", str)


class Status(Enum):
    OPEN = "open"
    PAID = "paid"


class Mood(str, Enum):  # noqa: UP042 - the older form, a str by inheritance
    GOOD = "good"
    BAD = "bad"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Rights(Flag):
    READ = 1
    WRITE = 2


@attrs.define
class Leaf:
    text: str
    number: int | None = None


@attrs.define
class Other:
    flags: list[bool]


@attrs.define
class Tree:
    value: Decimal
    left: Tree | None = None
    children: list[Tree] = attrs.Factory(list)


TEXTS = st.text(max_size=5)
INTEGERS = st.integers(-(10**38) + 1, 10**38 - 1)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4)


def in_range(number: float) -> bool:
    """Tell whether DynamoDB has room for a number of this size."""
    return number == 0 or 1e-130 <= abs(number) < 1e126


FLOATS = st.floats(allow_nan=False, allow_infinity=False).filter(in_range)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-7, minutes=-30))])
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES)
TREES = st.recursive(
    st.builds(Tree, DECIMALS),
    lambda inner: st.builds(Tree, DECIMALS, st.none() | inner, st.lists(inner, max_size=2)),
    max_leaves=4,
)

Typed = tuple[Any, st.SearchStrategy[Any]]

# Types that can be members of a set, and those that can be a key of a map.
MEMBERS: list[Typed] = [
    (str, TEXTS), (int, INTEGERS), (Decimal, DECIMALS), (float, FLOATS), (bytes, st.binary(max_size=3)),
    (datetime, MOMENTS), (date, st.dates()), (UUID, st.uuids()), (Status, st.sampled_from(Status)),
    (Mood, st.sampled_from(Mood)), (Level, st.sampled_from(Level)), (Literal["a", "b"], st.sampled_from("ab")),
    (Name, TEXTS), (Annotated[int, "cents"], INTEGERS), (Rights, st.builds(Rights, st.integers(0, 3))),
]  # fmt: skip
KEYS = [typed for typed in MEMBERS if typed[0] not in {float, bytes}]
SCALARS: list[Typed] = [
    *MEMBERS,
    (bool, st.booleans()),
    (type(None), st.none()),
    (Literal["x", 1, True], st.sampled_from(["x", 1, True])),
]
PLAIN = st.recursive(
    st.none()
    | TEXTS
    | INTEGERS
    | st.booleans()
    | DECIMALS
    | st.binary(max_size=3)
    | st.sets(TEXTS, min_size=1, max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS.filter(bool), inner, max_size=2),
    max_leaves=4,
)
CLASSES: list[Typed] = [
    (Leaf, st.builds(Leaf, TEXTS, st.none() | INTEGERS)),
    (Tree, TREES),
    (Other, st.builds(Other, st.lists(st.booleans(), max_size=2))),
]


def containers(inner: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    """Draw a type that holds others, with its values."""
    return st.one_of(
        inner.map(lambda one: (list[one[0]], st.lists(one[1], max_size=3))),
        inner.map(lambda one: (tuple[one[0], ...], st.lists(one[1], max_size=3).map(tuple))),
        st.tuples(inner, inner).map(lambda two: (tuple[two[0][0], two[1][0]], st.tuples(two[0][1], two[1][1]))),
        st.tuples(st.sampled_from(KEYS), inner).map(
            lambda two: (
                dict[two[0][0], two[1][0]],
                st.dictionaries(two[0][1].filter(lambda key: key != ""), two[1][1], max_size=3),
            )
        ),
        inner.map(lambda one: (one[0] | None, st.none() | one[1])),
        st.sampled_from(MEMBERS).map(lambda one: (set[one[0]], st.sets(one[1], max_size=3))),
        st.sampled_from(MEMBERS).map(lambda one: (frozenset[one[0]], st.frozensets(one[1], max_size=3))),
        st.tuples(inner, inner).map(lambda two: (two[0][0] | two[1][0], two[0][1] | two[1][1])),
    )


TYPES = st.recursive(st.sampled_from([*SCALARS, *CLASSES, (Any, PLAIN)]), containers, max_leaves=4)


def _refuse_long(_instance: Any, _own: Any, value: str) -> None:
    if len(value) > 5:
        raise ValueError("too long")


# What a class may do with its arguments besides keeping them.
FLAVOURS: list[dict[str, Any]] = [
    {},
    {},
    {"id": attrs.field(validator=_refuse_long)},
    {"id": attrs.field(converter=str)},
    {"extra": attrs.field(init=False, default=7)},
    {"__attrs_post_init__": lambda self: None},
]


OPTIONS: list[dict[str, Any]] = [{}, {}, {"frozen": True}]


@st.composite
def declared(draw: st.DrawFn) -> tuple[Member[Any], Any]:
    """Draw an entity with fields of any types and defaults of any kind, and an instance of it."""
    annotations: dict[str, Any] = {"id": str}
    body: dict[str, Any] = dict(draw(st.sampled_from(FLAVOURS)))
    options: dict[str, Any] = draw(st.sampled_from(OPTIONS))
    values: dict[str, Any] = {"id": draw(TEXTS.filter(bool))}
    for index in range(draw(st.integers(1, 4))):
        name = f"field_{index}"
        kind, some = draw(TYPES)
        annotations[name] = kind
        default = draw(st.sampled_from(["required", "value", "factory", "none"]))
        if default == "value":
            body[name] = attrs.field(default=draw(some))
        elif default == "factory":
            constant = draw(some)
            body[name] = attrs.field(factory=lambda constant=constant: constant)
        elif default == "none":
            body[name] = attrs.field(default=None)
        if default in {"required", "factory"} or draw(st.booleans()):
            values[name] = draw(some)
    try:
        cls = declare(pk="P#<id>", sk="X", **options)(type("Made", (), {**body, "__annotations__": annotations}))
    except DefinitionError:
        assume(False)
        raise
    return Table("t", cls)._registry.member(cls), cls(**values)
