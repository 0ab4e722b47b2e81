"""Values of every type to and from AttributeValues: strictly, with the path of whatever does not fit."""

from __future__ import annotations

import collections
import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum, IntFlag
from typing import Annotated, Any, Final, Generic, Literal, NamedTuple, NewType, Optional, TypedDict, TypeVar, Union
from uuid import UUID

import attrs
import pytest
from typing_extensions import TypeAliasType

from pynamite import entity, field, make_converter
from pynamite.entities.converter import find_hooks
from pynamite.errors import DefinitionError
from pynamite.wire import Misfit

CONVERTER = make_converter()
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ONE = UUID(int=1)
T = TypeVar("T")

UserId = NewType("UserId", str)
Score = TypeAliasType("Score", int)
Scores = TypeAliasType("Scores", list[Score])


class Status(Enum):
    OPEN = "open"
    PAID = "paid"


class Mood(str, Enum):  # noqa: UP042 - the older form, a str by inheritance
    GOOD = "good"
    BAD = "bad"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Mixed(Enum):
    TEXT = "1"
    NUMBER = 1
    RAW = b"1"


class Rights(Flag):
    READ = 1
    WRITE = 2


class Bits(IntFlag):
    ONE = 1
    TWO = 2


class Shape(Enum):
    SQUARE = (1, 2)


@attrs.define
class Circle:
    radius: int


@attrs.define
class Square:
    side: int


@attrs.define
class Node:
    name: str
    children: list[Node] = attrs.Factory(list)


@attrs.define
class Box(Generic[T]):
    content: T


def write(kind: Any, value: Any) -> Any:
    """Write a value as an entity's field of this type would be."""
    return find_hooks(CONVERTER, kind)[0](value)


def read(kind: Any, value: Any) -> Any:
    """Read a value as an entity's field of this type would be."""
    return find_hooks(CONVERTER, kind)[1](value, kind)


@pytest.mark.parametrize(
    "kind, value, wire",
    [
        (str, "", {"S": ""}),
        (int, -5, {"N": "-5"}),
        (int, 10**37, {"N": "1" + "0" * 37}),
        (Decimal, Decimal("1.10"), {"N": "1.1"}),
        (float, 0.1, {"N": "0.1"}),
        (float, 3, {"N": "3"}),
        (bool, False, {"BOOL": False}),
        (bytes, b"", {"B": b""}),
        (datetime, NOON, {"S": "2026-05-01T12:00:00.000000Z"}),
        (date, date(2026, 5, 1), {"S": "2026-05-01"}),
        (UUID, ONE, {"S": str(ONE)}),
        (None, None, {"NULL": True}),
        (Status, Status.PAID, {"S": "paid"}),
        (Mood, Mood.BAD, {"S": "bad"}),
        (Level, Level.HIGH, {"N": "2"}),
        (Mixed, Mixed.NUMBER, {"N": "1"}),
        (Mixed, Mixed.TEXT, {"S": "1"}),
        (Mixed, Mixed.RAW, {"B": b"1"}),
        (Rights, Rights.READ | Rights.WRITE, {"N": "3"}),
        (Rights, Rights(0), {"N": "0"}),
        (Bits, Bits.ONE | Bits.TWO, {"N": "3"}),
        (Literal["a", 1, True, b"x"], True, {"BOOL": True}),
        (Literal["a", 1, True, b"x"], 1, {"N": "1"}),
        (Literal[Status.OPEN], Status.OPEN, {"S": "open"}),
        (Literal["a", None], None, {"NULL": True}),  # noqa: PYI061
        (UserId, "u1", {"S": "u1"}),
        (Annotated[int, "cents"], 5, {"N": "5"}),
        (Score, 5, {"N": "5"}),
        (Scores, [1, 2], {"L": [{"N": "1"}, {"N": "2"}]}),
        (Final[int], 5, {"N": "5"}),
        (list[int], [], {"L": []}),
        (list, [1, "a"], {"L": [{"N": "1"}, {"S": "a"}]}),
        (list[str | None], ["a", None], {"L": [{"S": "a"}, {"NULL": True}]}),
        (list[set[str]], [set(), {"b", "a"}], {"L": [{"NULL": True}, {"SS": ["a", "b"]}]}),
        (tuple[int, ...], (1, 2), {"L": [{"N": "1"}, {"N": "2"}]}),
        (tuple[int, str], (1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
        (tuple[()], (), {"L": []}),
        (tuple, (1,), {"L": [{"N": "1"}]}),
        (dict[str, int], {" ": 1, "a.b": 2}, {"M": {" ": {"N": "1"}, "a.b": {"N": "2"}}}),
        (dict, {"a": None}, {"M": {"a": {"NULL": True}}}),
        (dict[UUID, int], {ONE: 1}, {"M": {str(ONE): {"N": "1"}}}),
        (dict[int, int], {-1: 1}, {"M": {"-1": {"N": "1"}}}),
        (dict[Status, int], {Status.OPEN: 1}, {"M": {"open": {"N": "1"}}}),
        (dict[date, int], {date(2026, 5, 1): 1}, {"M": {"2026-05-01": {"N": "1"}}}),
        (dict[Literal["a", "b"], int], {"a": 1}, {"M": {"a": {"N": "1"}}}),
        (dict[UserId, Score], {"a": 1}, {"M": {"a": {"N": "1"}}}),
        (set[str], {"b", "a"}, {"SS": ["a", "b"]}),
        (frozenset[int], frozenset({1}), {"NS": ["1"]}),
        (set[bytes], {b"b", b"a"}, {"BS": [b"a", b"b"]}),
        (set[Decimal], {Decimal("1.50")}, {"NS": ["1.5"]}),
        (set[Status], {Status.OPEN}, {"SS": ["open"]}),
        (set[Level], {Level.LOW}, {"NS": ["1"]}),
        (set[UUID], {ONE}, {"SS": [str(ONE)]}),
        (set[Literal["a", "b"]], {"a"}, {"SS": ["a"]}),
        (set, {"a"}, {"SS": ["a"]}),
        (set[str], set(), {"NULL": True}),
        (Circle, Circle(1), {"M": {"radius": {"N": "1"}}}),
        (Node, Node("a", [Node("b")]), {"M": {"name": {"S": "a"}, "children": {"L": [
            {"M": {"name": {"S": "b"}, "children": {"L": []}}}]}}}),
        (Circle | Square, Square(2), {"M": {"_type": {"S": "Square"}, "side": {"N": "2"}}}),
        (Optional[Circle | Square], None, {"NULL": True}),  # noqa: UP045
        (Circle | str, Circle(1), {"M": {"radius": {"N": "1"}}}),
        (Circle | str, "none", {"S": "none"}),
        (int | str | None, 5, {"N": "5"}),
        (bool | int, True, {"BOOL": True}),
        (Union[list[int], dict[str, int], set[int]], {1}, {"NS": ["1"]}),  # noqa: UP007
        (Literal["all"] | int, "all", {"S": "all"}),
        (float | str, 3, {"N": "3"}),
        (Any, {"a": [1, None]}, {"M": {"a": {"L": [{"N": "1"}, {"NULL": True}]}}}),
        (object, "a", {"S": "a"}),
    ],
)  # fmt: skip
def test_every_type_is_written_and_read_back(kind, value, wire):
    """Each type has one form in an item, and comes back as it was, of the same class."""
    assert write(kind, value) == wire
    found = read(kind, wire)
    assert found == value
    assert (
        type(found) is type(value)
        or (kind in {float, float | str} and value == 3)
        or kind in {list, tuple, object, Any}
    )


@pytest.mark.parametrize(
    "kind, value",
    [
        (str, 1), (str, None), (str, b"a"), (str, "\ud800"),
        (int, True), (int, 1.0), (int, "1"), (int, Decimal(1)), (int, 10**38 + 1), (int, None),
        (Decimal, 1), (Decimal, 1.5), (Decimal, "1"), (Decimal, Decimal("NaN")), (Decimal, Decimal("Infinity")),
        (Decimal, Decimal("1." + "1" * 38)), (Decimal, Decimal("1E126")), (Decimal, Decimal("1E-131")),
        (float, True), (float, "1"), (float, Decimal(1)), (float, float("nan")), (float, float("inf")), (float, 1e300),
        (bool, 0), (bool, "false"), (bool, None),
        (bytes, "a"), (bytes, bytearray(b"a")),
        (datetime, datetime(2026, 5, 1)), (datetime, date(2026, 5, 1)), (datetime, "2026-05-01T12:00:00Z"),
        (datetime, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        (date, NOON), (date, "2026-05-01"), (UUID, str(ONE)),
        (Status, "open"), (Mood, "good"), (Level, 1), (Level, True), (Rights, 3), (Status, Mood.GOOD),
        (Literal["a"], "b"), (Literal[1], True), (Literal[1], 1.0), (Literal["a"], ["a"]),
        (list[int], (1,)), (list[int], "12"), (list[int], None), (tuple[int, ...], [1]), (tuple[int, int], (1,)),
        (dict[str, int], [("a", 1)]), (dict[str, int], {1: 1}), (dict[int, int], {"1": 1}), (dict[int, int], {True: 1}),
        (dict[str, int], {"": 1}), (list[set[str] | None], [set()]),
        (dict[str, int], {"\ud800": 1}), (dict[Literal["a"], int], {"b": 1}),
        (set[str], ["a"]), (set[str], {1}), (set[int], {True}), (set[str], None), (set[Literal["a"]], {"b"}),
        (set, {1, "a"}),
        (Circle, Square(1)), (Circle, {"radius": 1}), (Circle, None), (Circle | Square, Node("a")),
        (int | str, 1.0), (int | str, None), (int | str, True), (Circle | str, 1),
        (Any, Circle(1)), (Any, NOON), (Any, set()), (Any, {1: 2}), (Any, float("nan")),
    ],
)  # fmt: skip
def test_nothing_is_coerced_on_the_way_out(kind, value):
    """A value of another type, or one that DynamoDB cannot hold, is refused."""
    with pytest.raises(Misfit):
        write(kind, value)


@pytest.mark.parametrize(
    "kind, wire, told",
    [
        (str, {"N": "12"}, "expected str, got 12 (N)"),
        (str, {"NULL": True}, "expected str, got None (NULL)"),
        (int, {"N": "3.7"}, "expected int, got 3.7 (N)"),
        (int, {"S": "3"}, "expected int, got '3' (S)"),
        (int, {"BOOL": True}, "expected int, got True (BOOL)"),
        (Decimal, {"S": "1"}, "expected Decimal, got '1' (S)"),
        (float, {"S": "1"}, "expected float"),
        (bool, {"N": "1"}, "expected bool, got 1 (N)"),
        (bool, {"S": "false"}, "expected bool"),
        (bytes, {"S": "a"}, "expected bytes"),
        (datetime, {"S": "2026-05-01T12:00:00"}, "expected datetime (ISO 8601 text with an offset)"),
        (datetime, {"N": "1"}, "expected datetime"),
        (date, {"S": "2026-05-32"}, "expected date (YYYY-MM-DD)"),
        (UUID, {"S": "1"}, "expected UUID"),
        (Status, {"S": "OPEN"}, "expected Status ('open', 'paid'), got 'OPEN' (S)"),
        (Level, {"S": "1"}, "expected Level (1, 2), got '1' (S)"),
        (Status, {"L": []}, "expected Status"),
        (Rights, {"N": "8"}, "expected Rights (a number of flags), got 8 (N)"),
        (Rights, {"S": "1"}, "expected Rights"),
        (Literal["a", 1], {"S": "b"}, "expected one of 'a', 1, got 'b' (S)"),
        (list[int], {"M": {}}, "expected list[int], got 0 elements (M)"),
        (tuple[int, int], {"L": [{"N": "1"}]}, "expected tuple[int, int], got 1 elements (L)"),
        (dict[str, int], {"L": []}, "expected dict[str, int]"),
        (set[str], {"NS": ["1"]}, "expected set[str]"),
        (set[str], {"L": [{"S": "a"}]}, "expected set[str], got 1 elements (L)"),
        (set[int], {"NS": ["1.5"]}, "a member of the set: expected int, got 1.5 (N)"),
        (Circle, {"S": "x"}, "expected Circle, got 'x' (S)"),
        (Circle | Square, {"M": {"_type": {"S": "Node"}}}, "expected Circle | Square, but '_type' is 'Node'"),
        (Circle | Square, {"M": {}}, "expected Circle | Square, but '_type' is None"),
        (Circle | Square, {"S": "x"}, "expected Circle | Square, got 'x' (S)"),
        (int | str, {"BOOL": True}, "expected int | str, got True (BOOL)"),
    ],
)  # fmt: skip
def test_nothing_is_coerced_on_the_way_in(kind, wire, told):
    """What is stored in another form is told, with what was expected."""
    with pytest.raises(Misfit) as refused:
        read(kind, wire)
    assert told in refused.value.problems[0][1]


@pytest.mark.parametrize(
    "kind, wire, path",
    [
        (list[int], {"L": [{"N": "1"}, {"S": "x"}]}, "[1]"),
        (tuple[int, str], {"L": [{"N": "1"}, {"N": "1"}]}, "[1]"),
        (dict[str, list[int]], {"M": {"a": {"L": [{"S": "x"}]}}}, ".a[0]"),
        (dict[int, int], {"M": {"x": {"N": "1"}}}, ".x"),
        (dict[int, int], {"M": {"01": {"N": "1"}}}, ".01"),
        (dict[Decimal, int], {"M": {"x": {"N": "1"}}}, ".x"),
        (Node, {"M": {"name": {"S": "a"}, "children": {"L": [{"M": {"name": {"N": "1"}}}]}}}, ".children[0].name"),
    ],
)  # fmt: skip
def test_a_misfit_tells_its_path(kind, wire, path):
    """The path leads from the value to what does not fit."""
    with pytest.raises(Misfit) as refused:
        read(kind, wire)
    assert [where for where, _ in refused.value.problems] == [path]


def test_all_misfits_are_told_at_once():
    """Every element, key and field is looked at."""
    with pytest.raises(Misfit) as refused:
        write(dict[str, list[int]], {"a": [1, "x", None], "b": "y", 5: []})
    assert [where for where, _ in refused.value.problems] == [".a[1]", ".a[2]", ".b", ".5"]


def test_numbers_written_otherwise_are_read():
    """A number with an exponent or needless zeros, as other writers have it, is the same number."""
    assert read(int, {"N": "1E2"}) == 100
    assert read(int, {"N": "5.0"}) == 5
    assert read(Decimal, {"N": "1.50"}) == Decimal("1.5")


def test_moments_come_back_in_utc():
    """The moment is kept, its zone is not."""
    wire = write(datetime, NOON.astimezone(timezone(timedelta(hours=2))))
    assert read(datetime, wire).tzinfo is UTC
    assert read(datetime, {"S": "2026-05-01T14:00:00+02:00"}) == NOON


class Email(str):
    __slots__ = ()


class Point(NamedTuple):
    x: int


class Movie(TypedDict):
    title: str


@dataclasses.dataclass
class Plain:
    x: int


@pytest.mark.parametrize(
    "kind",
    [complex, bytearray, Email, Point, Movie, Plain, Box[int], T, collections.OrderedDict, collections.defaultdict,
     collections.deque, type, list[complex], dict[str, Plain], set[Plain], set[bool], set[set[str]],
     set[str | None], dict[bytes, int], dict[float, int], tuple[int, complex], int | complex, Shape],
)  # fmt: skip
def test_a_type_that_would_not_come_back_is_refused(kind):
    """Types that cattrs would turn into something, subclasses of scalars and what no item holds: told at once."""
    with pytest.raises(Misfit) as refused:
        find_hooks(CONVERTER, kind)
    assert refused.value.problems[0][1]


@attrs.define
class Tagged:
    _type: str


@attrs.define
class TaggedByName:
    kind: str = field(name="_type")


@pytest.mark.parametrize(
    "kind, told",
    [
        (int | float, "look alike in an item, both are stored as N"),
        (str | datetime, "both are stored as S"),
        (str | Status, "both are stored as S"),
        (list[int] | tuple[int, ...], "both are stored as L"),
        (Circle | dict[str, int], "both are stored as M"),
        (set[str] | None | frozenset[str], "look alike"),
        (set[int] | set[str] | None, "both are stored as NULL"),
        (Circle | Tagged, "stores a field as '_type'"),
        (Circle | TaggedByName, "stores a field as '_type'"),
        (int | Any, "cannot be told"),
    ],
)
def test_a_union_whose_members_look_alike_is_refused(kind, told):
    """What is stored has to tell which member it is."""
    with pytest.raises(Misfit) as refused:
        find_hooks(CONVERTER, kind)
    assert told in refused.value.problems[0][1]


class Money:
    def __init__(self, cents: int) -> None:
        self.cents = cents

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and other.cents == self.cents

    def __hash__(self) -> int:
        return hash(self.cents)


def test_a_converter_learns_a_type_of_ones_own():
    """A hook that gives an AttributeValue and one that takes it are enough, also inside containers."""
    converter = make_converter()
    converter.register_unstructure_hook(Money, lambda value: {"N": str(value.cents)})
    converter.register_structure_hook(Money, lambda value, _: Money(int(value["N"])))
    write, read = find_hooks(converter, list[Money | None])
    assert write([Money(5), None]) == {"L": [{"N": "5"}, {"NULL": True}]}
    assert read({"L": [{"N": "5"}, {"NULL": True}]}, list) == [Money(5), None]


def test_half_a_lesson_is_none():
    """A type that can be written, but not read, cannot be stored."""
    converter = make_converter()
    converter.register_unstructure_hook(Money, lambda value: {"N": str(value.cents)})
    with pytest.raises(Misfit) as refused:
        find_hooks(converter, Money)
    assert "Money cannot be stored" in refused.value.problems[0][1]


def test_a_converter_that_knows_no_attribute_values_is_refused():
    """A bare cattrs converter would write plain Python values into the item."""
    import cattrs

    with pytest.raises(DefinitionError, match="make_converter"):

        @entity(pk="P#<id>", converter=cattrs.Converter())
        class Wrong:
            id: str
