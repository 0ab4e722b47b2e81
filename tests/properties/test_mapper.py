"""Instances of generated classes become items and come back the same, or are refused with the path."""

# Types that the checkers refuse, or cannot follow, are what this module is about.
# mypy: disable-error-code="valid-type, misc, var-annotated, call-overload"

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pynamite import Table, entity, make_converter
from pynamite.dynamodb_json import from_json, to_json
from pynamite.entities.converter import find_hooks
from pynamite.entities.declare import entity as declare
from pynamite.entities.member import Member
from pynamite.errors import DefinitionError, ItemStructureError
from pynamite.wire import Misfit

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
CONVERTER = make_converter()


@given(st.data())
def test_a_value_of_any_type_comes_back(data):
    """Reading is the inverse of writing, by way of the wire's JSON, too."""
    kind, values = data.draw(TYPES)
    try:
        write, read = find_hooks(CONVERTER, kind)
    except Misfit:
        assume(False)
    value = data.draw(values)
    try:
        wire = write(value)
    except Misfit as refused:
        # Inside a container, an empty set cannot stand beside None.
        assume("would read back as None" not in refused.problems[0][1])
        raise
    assert read(wire, kind) == value
    assert read(from_json(to_json(wire)), kind) == value
    assert write(read(wire, kind)) == wire


@st.composite
def declared(draw: st.DrawFn) -> tuple[Member[Any], Any]:
    """Draw an entity with fields of any types and defaults of any kind, and an instance of it."""
    annotations: dict[str, Any] = {"id": str}
    body: dict[str, Any] = {}
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
        cls = declare(pk="P#<id>", sk="X")(type("Made", (), {**body, "__annotations__": annotations}))
    except DefinitionError:
        assume(False)
        raise
    return Table("t", cls)._registry.member(cls), cls(**values)


def _holds_nothing(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_nothing, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_nothing, value))
    return value is None or value in (set(), frozenset())


@given(declared())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_an_instance_of_any_class_comes_back(drawn):
    """Whatever the types and the defaults, the item reads back as the instance, and is written again as it was."""
    member, instance = drawn
    try:
        item = member.item(instance)
    except ItemStructureError:
        # None as the default of a field that cannot be None, or an empty set beside None.
        assert any(_holds_nothing(value) for value in attrs.asdict(instance, recurse=False).values())
        return
    assert member.instance(item) == instance
    assert member.item(member.instance(item)) == item


def attempted(action: Callable[[], Any]) -> tuple[Any, tuple[str, ...]]:
    """Give what an action gives, or the problems for which it was refused."""
    try:
        return action(), ()
    except ItemStructureError as refused:
        return None, refused.problems


@given(declared(), st.data())
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_an_attribute_of_another_type_is_told_or_fits(drawn, data):
    """An item with something else in it is refused with the path, or reads as an instance that is written again."""
    member, instance = drawn
    try:
        item = member.item(instance)
    except ItemStructureError:
        return
    name = data.draw(st.sampled_from([name for name in member.definition.fields if name != "id"]))
    strange = data.draw(
        st.sampled_from(
            [
                {"S": "?"},
                {"N": "0.5"},
                {"BOOL": True},
                {"NULL": True},
                {"L": [{"S": "?"}]},
                {"M": {"?": {"B": b""}}},
                {"SS": ["?"]},
                {"NS": ["0.5"]},
                {"B": b"?"},
            ]
        )
    )
    found, problems = attempted(lambda: member.instance({**item, name: strange}))
    assert all(problem.startswith(f"$.{name}") for problem in problems)
    assert problems or member.instance(member.item(found)) == found


WRONG: list[tuple[Any, Callable[[Any], bool]]] = [
    (str, lambda value: isinstance(value, str)),
    (int, lambda value: isinstance(value, int) and not isinstance(value, bool)),
    (Decimal, lambda value: isinstance(value, Decimal)),
    (float, lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    (bool, lambda value: isinstance(value, bool)),
    (bytes, lambda value: isinstance(value, bytes)),
]


@pytest.mark.parametrize("kind, fits", WRONG)
@given(value=PLAIN | FLOATS | st.floats())
def test_nothing_is_coerced(kind, fits, value):
    """A scalar takes its own type, and no other that could be turned into it."""
    write, read = find_hooks(CONVERTER, kind)
    try:
        wire = write(value)
    except Misfit:
        assert not fits(value) or (isinstance(value, float) and not (math.isfinite(value) and in_range(value)))
    else:
        assert fits(value) and (read(wire, kind) == value or kind is float)


@entity(pk="P#<id>", sk="X")
class Numbers:
    id: str
    number: int
    exact: Decimal


NUMBERS = Table("t", Numbers)._registry.member(Numbers)


@given(st.integers(), st.decimals())
def test_numbers_are_exact_or_refused(number, exact):
    """Up to 38 digits come back as they were; more, or what is no number, is an error that names the field."""
    instance = Numbers(id="1", number=number, exact=exact)
    found, problems = attempted(lambda: NUMBERS.instance(NUMBERS.item(instance)))
    assert problems or (found.number, found.exact) == (number, exact)
    assert all(problem.startswith(("$.number: ", "$.exact: ")) for problem in problems)
