"""Views: some fields of an entity, read without the others, from the table and from indexes that hold a part."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import pytest

from pynamite import Index, Query, Remove, Table, View, attribute, by, entity, field
from pynamite.errors import (
    DefinitionError,
    ExpressionError,
    ItemNotFoundError,
    ItemStructureError,
    KeyValueError,
)


class Level(Enum):
    GOLD = "gold"
    BASIC = "basic"


@attrs.define
class Address:
    street: str
    city: str
    zip: str = field(default="?", name="postcode")


@entity(
    pk="CUSTOMER#<user>",
    sk="CUSTOMER",
    indexes={"Keys": ("LEVEL#<level>", "<points:pad(6)>#<nick:upper>"), "Some": ("LEVEL#<level>", "<points:pad(6)>"),
             "Kinds": (by("level", {Level.GOLD: "G", Level.BASIC: "B#<nick>"}), "<points:signed(5)>")},
)
class Customer:
    user: str = field(key_only=True)
    full_name: str = field(name="#name")
    level: Level = Level.BASIC
    points: int = 0
    nick: str = "-"
    addresses: dict[str, Address] = attrs.Factory(dict)
    home: Address | None = None
    balance: Decimal = Decimal(0)
    tags: set[str] = attrs.Factory(set)
    more: dict[str, Any] = field(factory=dict, rest=True)


@entity(pk="CUSTOMER#<user>", sk="#ORDER#<number:pad(4)>")
class Order:
    user: str
    number: int
    total: Decimal = Decimal(0)
    note: str = ""


@attrs.define
class Header:
    user: str
    full_name: str
    points: int


@attrs.frozen(kw_only=True)
class Rank:
    points: int
    level: Level
    user: str


@attrs.frozen
class City:
    city: str


@attrs.frozen
class Cities:
    user: str
    addresses: dict[str, City]
    home: City | None


@attrs.frozen
class Defaults:
    nick: str
    balance: Decimal
    tags: set[str]


@attrs.frozen
class Total:
    number: int
    total: Decimal


def customer(number):
    home = Address("1 High St", f"city{number}") if number else None
    return Customer(
        user=f"u{number}", full_name=f"User {number}", level=Level.GOLD, points=number * 10, nick=f"n{number}",
        addresses={"work": Address("2 Low St", "town")}, home=home, more={"extra": number},
    )


@pytest.fixture
def shop(client, table_name):
    """Five customers, one of them with orders."""
    indexes = [Index("Keys", projection="KEYS_ONLY"), Index("Some", projection=["#name", "balance"]),
               Index("Kinds", projection="KEYS_ONLY")]
    store = Table(table_name, Customer, Order, indexes=indexes).connect(client)
    store.create_table()
    store[Customer].put_many(customer(n) for n in range(5))
    store[Order].put_many(Order(user="u1", number=n, total=Decimal(n), note="n" * n) for n in range(6))
    return store


def test_one_item_is_read_in_part(shop):
    """By `get`, `require` and `get_many`; key_only fields come from the key."""
    headers = shop[Customer].view(Header)
    assert isinstance(headers, View)
    assert headers.get(user="u1") == Header("u1", "User 1", 10)
    assert headers.require({"user": "u2"}, consistent_read=True) == Header("u2", "User 2", 20)
    found = headers.get_many([{"user": "u3"}, {"user": "nobody"}, {"user": "u0"}])
    assert found == [Header("u3", "User 3", 30), None, Header("u0", "User 0", 0)]
    assert headers.get(user="nobody") is None
    with pytest.raises(ItemNotFoundError, match="there is no Customer with user='nobody'"):
        headers.require(user="nobody")
    with pytest.raises(KeyValueError, match="lacks 'user'"):
        headers.get()


def test_a_request_asks_for_what_the_view_needs(shop):
    """By a ProjectionExpression, whatever the attributes are called; a count has none."""
    query = shop[Customer].view(Header).query(user="u1")
    assert isinstance(query, Query)
    request = query.request()
    asked = {request["ExpressionAttributeNames"][name] for name in request["ProjectionExpression"].split(", ")}
    assert asked == {"PK", "SK", "_type", "#name", "points"}
    assert query.count() == 1
    assert "ProjectionExpression" not in shop[Customer].query(user="u1").request()


def test_queries_and_scans_give_views(shop):
    """With all that a query can do; filters name the entity's fields, those of the view or not."""
    totals = shop[Order].view(Total)
    assert totals.partition(user="u1") == [Total(n, Decimal(n)) for n in range(6)]
    query = totals.query(user="u1")
    assert query.reverse().limit(2).all() == [Total(5, Decimal(5)), Total(4, Decimal(4))]
    assert query.between(number=(1, 2)).all() == [Total(1, Decimal(1)), Total(2, Decimal(2))]
    assert query.filter(attribute(Order.note) == "nn").all() == [Total(2, Decimal(2))]
    page = query.page(4)
    assert page.items + query.page(4, page.cursor).items == query.all()
    headers = shop[Customer].view(Header)
    assert {one.user for one in headers.scan()} == {f"u{n}" for n in range(5)}
    assert {one.user for one in headers.scan(segments=3)} == {f"u{n}" for n in range(5)}
    assert headers.scan().count() == 5


def test_nested_classes_may_be_views_of_nested_classes(shop):
    """In a map, behind None; their own names and defaults are the entity's."""
    cities = shop[Customer].view(Cities)
    assert cities.get(user="u1") == Cities("u1", {"work": City("town")}, City("city1"))
    assert cities.get(user="u0").home is None


def test_what_is_absent_reads_as_in_the_entity(shop):
    """By its default there, whatever the view says, or not at all."""
    @attrs.define
    class Other:
        full_name: str = "somebody"
        nick: str = "?"
        tags: set[str] | None = None

    with pytest.raises(DefinitionError, match=r"'tags' of view 'Other': it is set\[str\] \| None"):
        shop[Customer].view(Other)
    shop.db.update("CUSTOMER#u1.CUSTOMER", {"nick": Remove(), "balance": Remove()})
    assert shop[Customer].view(Defaults).get(user="u1") == Defaults("-", Decimal(0), set())

    @attrs.define
    class Named:
        full_name: str = "somebody"
        nick: str = "?"

    assert shop[Customer].view(Named).get(user="u1") == Named("User 1", "-")
    shop.db.update("CUSTOMER#u1.CUSTOMER", {"#name": Remove()})
    with pytest.raises(ItemStructureError, match="#name: the attribute is missing, and field 'full_name'"):
        shop[Customer].view(Named).get(user="u1")


def test_a_foreign_item_is_no_view(shop):
    """An order under a customer's key is None; one that does not fit is an error with its path."""
    item = shop.db.get("CUSTOMER#u1.CUSTOMER")
    shop.db.put("CUSTOMER#u8.CUSTOMER", {**item, "PK": "CUSTOMER#u8", "_type": "Order"})
    assert shop[Customer].view(Header).get(user="u8") is None
    shop.db.update("CUSTOMER#u1.CUSTOMER", {"points": "many"})
    with pytest.raises(ItemStructureError, match=r"Header: \$\.points: expected int, got 'many'"):
        shop[Customer].view(Header).get(user="u1")


def test_an_index_that_holds_the_fields_is_read_directly(shop):
    """By its attributes, or by the keys from which they can be read back."""
    ranks = shop[Customer].view(Rank)
    expected = [Rank(user=f"u{n}", level=Level.GOLD, points=n * 10) for n in range(5)]
    assert ranks.query("Keys", level=Level.GOLD).all() == expected
    assert ranks.query("Some", level=Level.GOLD).reverse().limit(2).all() == expected[:-3:-1]
    assert ranks.query("Keys", level=Level.GOLD).ge(points=20).all() == expected[2:]
    assert ranks.query("Kinds", level=Level.GOLD).gt(points=0).all() == expected[1:]
    assert shop[Customer].view(Header).query("Some", level=Level.GOLD).first() == Header("u0", "User 0", 0)
    assert ranks.scan("Keys").count() == 5
    page = ranks.query("Keys", level=Level.GOLD).page(3)
    assert page.items + ranks.query("Keys", level=Level.GOLD).page(3, page.cursor).items == expected


def test_an_index_that_does_not_hold_them_says_so(shop):
    """By name; `hydrate` reads the items, and of those what the view needs."""
    headers = shop[Customer].view(Header).query("Keys", level=Level.GOLD)
    with pytest.raises(DefinitionError, match=r"'Keys' does not hold 'full_name' of view 'Header'.*hydrate"):
        headers.all()
    assert [one.full_name for one in headers.hydrate()] == [f"User {n}" for n in range(5)]
    assert headers.count() == 5

    @attrs.define
    class Nick:
        nick: str

    one_way = shop[Customer].view(Nick).query("Keys", level=Level.GOLD)
    with pytest.raises(DefinitionError, match="does not hold 'nick'"):
        one_way.all()  # The key has it in upper case.
    in_one_variant = shop[Customer].view(Nick).query("Kinds", level=Level.GOLD)
    with pytest.raises(DefinitionError, match="does not hold 'nick'"):
        in_one_variant.all()
    with pytest.raises(ExpressionError, match="does not hold attribute 'balance'"):
        headers.filter(attribute(Customer.balance) > Decimal(0))
    with pytest.raises(DefinitionError, match=r"hydrate.*view"):
        shop[Customer].query("Keys", level=Level.GOLD).all()


def test_a_view_stands_for_its_entity_in_a_collection(shop):
    """A customer without addresses, with the newest orders, in one query of the attributes that are needed."""
    headers, totals = shop[Customer].view(Header), shop[Order].view(Total)
    found = shop.collection(headers, totals, user="u1").reverse().limit(3).all()
    assert found == [Header("u1", "User 1", 10), Total(5, Decimal(5)), Total(4, Decimal(4))]
    query = shop.collection(headers, Order, user="u1")
    names = query.request()["ExpressionAttributeNames"].values()
    assert {"total", "note", "#name", "points"} <= set(names)
    assert "addresses" not in names
    groups = query.by_type()
    assert [one.user for one in groups[Header]] == ["u1"]
    assert [one.number for one in groups[Order]] == list(range(6))
    aggregate = shop.aggregate(headers, totals, user="u1").limit(2)
    assert aggregate.parent == Header("u1", "User 1", 10)
    assert aggregate.children == [Total(0, Decimal(0)), Total(1, Decimal(1))]
    # A whole customer keeps the rest of its item, so that everything is read.
    assert "ProjectionExpression" not in shop.collection(Customer, totals, user="u1").request()
    with pytest.raises(TypeError, match="names Customer twice"):
        shop.collection(headers, Customer, user="u1")


def test_a_tenant_sees_its_own(client, table_name):
    """Also where the key itself is the field."""
    @entity(pk="<email>", sk="<kind>")
    class Account:
        email: str
        kind: str
        secret: str = ""

    @attrs.define
    class Mail:
        email: str

    table = Table(table_name, Account, pk="email", sk="kind")
    table.connect(client).create_table()
    for tenant in ("one", "two"):
        store = table.connect(client, tenant=tenant)
        store[Account].put(Account(email="a@x", kind=tenant))
        assert store[Account].view(Mail).scan().all() == [Mail("a@x")]
        assert store[Account].view(Mail).get(email="a@x", kind=tenant) == Mail("a@x")


def test_bounds_that_are_checked_afterwards_work_in_a_view(client, table_name):
    """Though the view does not have the field: it is read for them."""
    @entity(pk="D#<day>", sk="<name>#<id>", indexes={"Low": ("D#<day>", "<name:lower>")})
    class Entry:
        day: str
        name: str
        id: str

    @attrs.define
    class Id:
        id: str

    store = Table(table_name, Entry, indexes=[Index("Low")]).connect(client)
    store.create_table()
    store[Entry].put_many(Entry(day="d", name=name, id=str(n)) for n, name in enumerate(["ann", "ann b", "bob", "Cy"]))
    entries, ids = store[Entry].query(day="d"), store[Entry].view(Id).query(day="d")
    assert [one.id for one in ids.le(name="ann b")] == [one.id for one in entries.le(name="ann b")]
    assert [one.id for one in ids.gt(name="ann")] == [one.id for one in entries.gt(name="ann")]


def test_without_a_type_attribute_the_key_decides(client, table_name):
    """The view's items are those that fit the entity's templates."""
    store = Table(table_name, Order, type_attribute=None).connect(client)
    store.create_table()
    store[Order].put(Order(user="u", number=1))
    store.db.put("CUSTOMER#u.OTHER", {"number": 5})
    assert store[Order].view(Total).scan().all() == [Total(1, Decimal(0))]
    assert store[Order].view(Total).get(user="u", number=1) == Total(1, Decimal(0))


def test_every_mistake_of_a_view_is_told():
    """Together, when it is made."""
    @attrs.define
    class Street:
        street: str
        zip: str = "?"

    @attrs.define
    class Wrong:
        points: str
        ful_name: str
        home: Street | None
        more: dict[str, Any]
        nick: str = field(default="-", name="nickname")

    store = Table("shop", Customer, Order, indexes=[Index("Keys"), Index("Some"), Index("Kinds")]).connect("sqlite://")
    with pytest.raises(DefinitionError) as failure:
        store[Customer].view(Wrong)
    told = str(failure.value)
    for part in (
        "'points' of view 'Wrong': it is str, but the entity's is int",
        "entity 'Customer' has no field 'ful_name'; did you mean 'full_name'?",
        "Street declares 'zip' with another name= or default than Address",
        "'more' of view 'Wrong': it keeps the rest of the item",
        "it is given the name 'nickname', but entity 'Customer' stores it as 'nick'",
    ):
        assert part in told
    things: list[Any] = [int, "Header", attrs.make_class("Empty", {})]
    for thing in things:
        with pytest.raises(DefinitionError, match=r"view"):
            store[Customer].view(thing)
