"""Code is made for the entities that it is made for: the careful path has nothing to do where all is well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

import attrs
import pytest

from pynamite import Index, Table, entity, evolve, field
from pynamite.dynamodb_json import to_json
from pynamite.entities.codec.source import Source, UnfitError
from pynamite.entities.connected import for_tenant
from pynamite.errors import ItemStructureError, KeyValueError
from pynamite.operation.unread import Unread

MONDAY = datetime(2026, 5, 4, tzinfo=UTC)


class Status(Enum):
    OPEN = "open"
    PAID = "paid"


@attrs.define
class Address:
    town: str
    zip: str | None = None


def longer_than_nothing(_instance: Any, _own: Any, value: str) -> None:
    """Refuse the empty text."""
    if not value:
        raise ValueError("empty")


@entity(
    pk="USER#<account_id>",
    sk="ORDER#<placed_at>#<number:pad(6)>",
    indexes={"GSI1": ("STATUS#<status>", "<placed_at>"), "GSI2": ("TOWN#<address.town>", "<note>")},
)
class Order:
    account_id: str = field(validator=longer_than_nothing)
    number: int = field(key_only=True)
    placed_at: datetime
    status: Status = Status.OPEN
    total: int = field(default=0, name="sum")
    rate: float = 0.19
    note: str | None = None
    tags: set[str] = field(factory=set)
    lines: list[dict[str, int]] = field(factory=list)
    address: Address | None = None


@entity(pk="SESSION#<token>", sk="X")
class Session:
    token: str
    left: timedelta = field(ttl=True)
    more: dict[str, Any] = field(factory=dict, rest=True)


ORDER = Order(
    account_id="1", number=7, placed_at=MONDAY, status=Status.PAID, total=12, note="n", tags={"a"}, lines=[{"a": 1}],
    address=Address("Town"),
)


@pytest.fixture
def registry():
    """A table with both entities."""
    return Table("shop", Order, Session, indexes=[Index("GSI1"), Index("GSI2")])._registry


@pytest.fixture
def careless(monkeypatch):
    """Let the careful path be an error."""
    from pynamite.entities.member import Member

    def refuse(*_: Any) -> None:
        raise AssertionError("the careful path was gone")

    for name in ("_carefully", "_item_carefully", "_key_carefully"):
        monkeypatch.setattr(Member, name, refuse)


def test_items_and_keys_are_written_by_code(registry, careless):
    """A whole item with its keys, and the key by its fields."""
    member = registry.member(Order)
    assert member.item(ORDER) == {
        "PK": {"S": "USER#1"}, "SK": {"S": "ORDER#2026-05-04T00:00:00.000000Z#000007"}, "_type": {"S": "Order"},
        "account_id": {"S": "1"}, "placed_at": {"S": "2026-05-04T00:00:00.000000Z"}, "status": {"S": "paid"},
        "sum": {"N": "12"}, "rate": {"N": "0.19"}, "note": {"S": "n"}, "tags": {"SS": ["a"]},
        "lines": {"L": [{"M": {"a": {"N": "1"}}}]}, "address": {"M": {"town": {"S": "Town"}}},
        "GSI1PK": {"S": "STATUS#paid"}, "GSI1SK": {"S": "2026-05-04T00:00:00.000000Z"},
        "GSI2PK": {"S": "TOWN#Town"}, "GSI2SK": {"S": "n"},
    }  # fmt: skip
    assert list(member.key({"account_id": "1", "number": 7, "placed_at": MONDAY})) == ["PK", "SK"]


def test_items_are_read_by_code(registry, careless):
    """From dicts and from JSON, one by one and together; what the key alone has is read from it."""
    member = registry.member(Order)
    item = member.item(ORDER)
    assert member.instance(item) == ORDER
    assert member.instance(Unread(to_json(item))) == ORDER
    assert member.instances([to_json(item), to_json({**item, "_type": {"S": "Other"}})]) == [ORDER]


def test_what_code_does_not_do_goes_the_careful_way(registry):
    """A duration, which is counted from now, and what no field declares."""
    member = registry.member(Session)
    session = Session(token="1", left=timedelta(hours=1), more={"left over": 1})
    assert member.coded.item is None
    assert member.coded.otherwise == {"left", "more"}
    assert member.instance(member.item(session)).more == {"left over": 1}


def test_the_code_is_made_once_for_all_tenants(registry, careless):
    """The tenant's prefix is no part of the code."""
    tenants = [for_tenant(registry, name).member(Order) for name in ("ann", "bob")]
    keys = [member.item(ORDER)["PK"]["S"] for member in tenants]
    assert [(key[:3], key[-6:]) for key in keys] == [("ann", "USER#1"), ("bob", "USER#1")]
    assert tenants[0]._made is tenants[1]._made


def test_what_code_refuses_is_said_by_the_careful_path(registry):
    """The message has the path, or the field and the template."""
    member = registry.member(Order)
    with pytest.raises(ItemStructureError, match=r"\$\.total: expected int, got 'x' \(str\)"):
        member.item(evolve(ORDER, total="x"))
    with pytest.raises(KeyValueError, match="'account_id' of entity 'Order' is missing"):
        member.key({"number": 7, "placed_at": MONDAY})
    item = member.item(ORDER)
    with pytest.raises(ItemStructureError, match=r"\$\.sum: expected int, got 1\.5 \(N\)"):
        member.instance(Unread(to_json({**item, "sum": {"N": "1.5"}})))
    with pytest.raises(ItemStructureError, match="Order refuses the values: empty"):
        member.instance({**item, "account_id": {"S": ""}})


@attrs.define(eq=False, slots=False)
class Open:
    text: str


@attrs.frozen(cache_hash=True)
class Hashed:
    text: str


@attrs.define(cache_hash=True, unsafe_hash=True, slots=False)
class OpenHashed:
    text: str


@attrs.define
class Counting:
    text: str
    length: int = attrs.field(init=False)

    def __attrs_post_init__(self):
        self.length = len(self.text)


@attrs.define
class Own:
    text: str

    def __init__(self, text):
        self.text = text.upper()


@pytest.mark.parametrize("cls", [Open, Hashed, OpenHashed, Counting, Own, Address])
def test_an_instance_is_made_as_its_constructor_makes_it(cls, careless):
    """Values are put into their places only where the constructor does nothing else."""

    @entity(pk="A#<id>", sk="X")
    class Holder:
        id: str
        inner: cls  # type: ignore[valid-type]

    member = Table("shop", Holder)._registry.member(Holder)
    item: Any = {"id": {"S": "1"}, "inner": {"M": {"text": {"S": "abc"}, "town": {"S": "abc"}}}}
    found = member.instance(item).inner
    wanted = cls("abc")
    assert [getattr(found, own.name) for own in attrs.fields(cls)] == [
        getattr(wanted, own.name) for own in attrs.fields(cls)]
    if getattr(cls, "__hash__", None) is not None and cls.__eq__ is not object.__eq__:
        assert hash(found) == hash(wanted)


def test_source_names_values_and_fails():
    """A name stands for one object; literals stand for themselves."""
    source = Source("tried")
    names = [source.named(one) for one in ([1], 7, "x", None)]
    source.add(f"return {names[0]} if w else fail()")
    made = source.function("w")
    assert (made(1), made.__name__, names[1:]) == ([1], "tried", ["7", "'x'", "None"])
    with pytest.raises(UnfitError):
        made(0)


@attrs.define
class Parts:
    text: str = ""
    texts: set[str] = attrs.field(factory=set)
    lines: list[str] = attrs.field(factory=list)
    inner: Address | None = None


@entity(pk="L#<id>", sk="X")
class Large:
    id: str
    parts: Parts = field(factory=Parts)
    texts: set[str] = field(factory=set)
    numbers: set[int] = field(factory=set)
    binaries: set[bytes] = field(factory=set)
    map: dict[str, str] = field(factory=dict)


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": Parts(text="x" * 409_600)},
        {"parts": Parts(text="é" * 204_800)},
        {"parts": Parts(texts={"x" * 204_800, "y" * 204_800})},
        {"parts": Parts(lines=["x" * 204_800, "y" * 204_800])},
        {"parts": Parts(inner=Address("x", "y" * 409_600))},
        {"texts": {"é" * 102_400, "y" * 204_800}},
        {"numbers": {10**37 + number for number in range(21_000)}},
        {"binaries": {b"x" * 204_800, b"y" * 204_800}},
        {"map": {"x" * 204_800: "y" * 204_800}},
    ],
)
def test_an_item_that_is_too_large_anywhere_is_refused(changes):
    """Wherever it is that the bytes are, in the words of the careful path."""
    # Arrange
    member = Table("shop", Large)._registry.member(Large)
    instance = Large(id="1", **changes)

    # Act
    with pytest.raises(ItemStructureError, match="DynamoDB stores at most 409600") as refused:
        member.item(instance)
    with pytest.raises(ItemStructureError) as carefully:
        member._item_carefully(instance)

    # Assert
    assert str(refused.value) == str(carefully.value)


def test_an_item_that_is_large_but_fits_is_written():
    """The estimate, which is on the safe side, leaves it to the careful path."""
    # Arrange
    member = Table("shop", Large)._registry.member(Large)
    instance = Large(id="1", parts=Parts(text="x" * 300_000), texts={"y" * 100_000})

    # Act
    item = member.item(instance)

    # Assert
    assert item == member._item_carefully(instance)


@attrs.define
class Stop:
    town: str
    at: datetime


class Tone(str):
    """A text of another class."""

    __slots__ = ()


@entity(pk="T#<id>", sk="X")
class Tour:
    id: str
    status: Status = Status.OPEN
    kind: Literal["long", "short"] = "long"
    start: datetime | None = None
    price: float = 1.0
    places: int = 1
    stops: list[Stop] = field(factory=list)
    tags: set[str] = field(factory=set)
    codes: frozenset[int] = frozenset()
    notes: dict[str, tuple[str, ...]] = field(factory=dict)


@pytest.fixture
def tours():
    """The entity as the member of a table."""
    return Table("shop", Tour)._registry.member(Tour)


def test_what_comes_back_as_it_is_is_copied(tours, monkeypatch):
    """Nothing of the item is read, and nothing is shared with the instance that was written."""
    # Arrange
    tour = Tour(
        id="1", status=Status.PAID, kind="short", start=MONDAY, stops=[Stop("Town", MONDAY)], tags={"a"},
        codes=frozenset({1}), notes={"a": ("b",)},
    )
    item = tours.item(tour)
    read = tours.instance(item)
    monkeypatch.setattr(type(tours), "instance", lambda *_: pytest.fail("the item was read"))

    # Act
    copy = tours.as_stored(tour, item)

    # Assert
    assert copy == tour == read
    assert not any(getattr(copy, name) is getattr(tour, name) for name in ("stops", "tags", "notes"))
    assert copy.stops[0] is not tour.stops[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"price": -0.0},
        {"price": 2},
        {"start": MONDAY.astimezone(timezone(timedelta(hours=1)))},
        {"id": Tone("1")},
        {"tags": {Tone("a")}},
        {"tags": frozenset({"a"})},
        {"notes": {Tone("a"): (Tone("b"),)}},
        {"stops": [Stop(Tone("Town"), MONDAY)]},
    ],
)
def test_what_comes_back_otherwise_is_read(tours, changes):
    """A value that its item gives in another form is given in that form."""
    # Arrange
    tour = Tour(**{"id": "1", **changes})
    item = tours.item(tour)

    # Act
    stored = tours.as_stored(tour, item)

    # Assert
    read = tours.instance(item)
    assert stored == read
    for name in changes:
        assert repr(getattr(stored, name)) == repr(getattr(read, name))
        assert type(getattr(stored, name)) is type(getattr(read, name))


@entity(pk="A#<id>", sk="X")
class Account:
    id: str
    balance: Decimal = Decimal(0)


@entity(pk="A#<id>", sk="X")
class Upper:
    id: str = field(converter=str.upper)


@pytest.mark.parametrize("cls", [Account, Upper, Session])
def test_a_class_whose_values_may_read_otherwise_is_never_copied(cls):
    """A Decimal loses zeros, a converter may do anything, and a duration is counted from now."""
    # Arrange
    member = Table("shop", cls)._registry.member(cls)

    # Act
    copy = member.coded.copy

    # Assert
    assert copy is None
