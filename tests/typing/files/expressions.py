"""Conditions and changes: what each type of field allows."""

from datetime import datetime
from decimal import Decimal
from typing import Any, assert_type

import attrs

from pynamite import Attribute, Condition, Increment, ListInsert, Store, attribute, entity, path


@attrs.define
class Place:
    street: str
    floor: int
    tags: list[str]


@entity(pk="SHOP#<shop_id>", sk="SHOP")
class Shop:
    shop_id: str
    name: str | None
    visits: int = 0
    balance: Decimal = Decimal(0)
    score: float = 0.0
    opened: datetime | None = None
    icon: bytes | None = None
    active: bool = True
    lines: list[int] = attrs.Factory(list)
    roles: set[str] = attrs.Factory(set)
    codes: frozenset[int] = frozenset()
    prices: dict[str, Decimal] = attrs.Factory(dict)
    place: Place | None = None


def reach() -> None:
    assert_type(attribute(Shop.visits), Attribute[int])
    assert_type(attribute(Shop.lines)[0], Attribute[int])
    assert_type(attribute(Shop.prices)["soup"], Attribute[Decimal])
    assert_type(attribute(Shop.place).at(lambda place: place.floor), Attribute[int])
    assert_type(attribute(Shop.place).at(lambda place: place.tags)[0], Attribute[str])
    assert_type(path("place.floor"), Attribute[Any])
    attribute(Shop.size)  # ERROR
    attribute(Shop.visits)[0]  # ERROR
    attribute(Shop.prices)[0]  # ERROR
    attribute(Shop.lines)["first"]  # ERROR
    attribute(Shop.place).at(lambda place: place.city)  # ERROR
    path(5)  # ERROR


def compare(now: datetime) -> None:
    assert_type(attribute(Shop.visits) > 3, Condition)
    assert_type((attribute(Shop.name) == "x") & ~attribute(Shop.opened).exists(), Condition)
    assert_type(attribute(Shop.opened).between(now, now) | attribute(Shop.place).absent(), Condition)
    assert_type(attribute(Shop.name).begins_with("a"), Condition)
    assert_type(attribute(Shop.icon).begins_with(b"a"), Condition)
    assert_type(attribute(Shop.name).contains("a"), Condition)
    assert_type(attribute(Shop.lines).contains(5), Condition)
    assert_type(attribute(Shop.roles).contains("admin"), Condition)
    assert_type(attribute(Shop.codes).contains(5), Condition)
    assert_type(attribute(Shop.visits).in_([1, 2]), Condition)
    assert_type(attribute(Shop.lines).size() > 3, Condition)
    attribute(Shop.visits) > "3"  # ERROR
    attribute(Shop.opened) < "2026"  # ERROR
    attribute(Shop.visits).between(1, "2")  # ERROR
    attribute(Shop.visits).begins_with("1")  # ERROR
    attribute(Shop.visits).contains(1)  # ERROR
    attribute(Shop.lines).contains("5")  # ERROR
    attribute(Shop.codes).contains("5")  # ERROR
    attribute(Shop.visits).in_(["1"])  # ERROR
    attribute(Shop.name) & attribute(Shop.visits)  # ERROR


def change(store: Store, now: datetime) -> None:
    shops = store[Shop]
    key = {"shop_id": "1"}
    assert_type(shops.update(key, attribute(Shop.visits).add(1), attribute(Shop.name).set("x")), Shop)
    shops.update(key, attribute(Shop.balance).add(Decimal(1)), attribute(Shop.score).subtract(0.5))
    shops.update(key, attribute(Shop.name).set(None), attribute(Shop.opened).set(now), attribute(Shop.icon).remove())
    shops.update(key, attribute(Shop.lines).append(1, 2), attribute(Shop.roles).add({"admin"}))
    shops.update(key, attribute(Shop.codes).discard(frozenset({1})), attribute(Shop.lines)[0].set(5))
    shops.update(key, attribute(Shop.lines).insert(0, 1, 2), {"lines": ListInsert("lines", 0, [1])}, reread=True)
    shops.update(key, attribute(Shop.place).at(lambda place: place.tags).insert(1, "x"), reread=True)
    shops.update(key, {"visits": Increment("visits")}, where=attribute(Shop.active) == True)  # noqa: E712
    shops.update(key, path("place.floor").set(3))
    attribute(Shop.visits).set("5")  # ERROR
    attribute(Shop.name).add(1)  # ERROR
    attribute(Shop.lines).append("x")  # ERROR
    attribute(Shop.lines).insert(0, "x")  # ERROR
    attribute(Shop.lines).insert("x", 1)  # ERROR
    attribute(Shop.name).insert(0, "x")  # ERROR
    attribute(Shop.roles).insert(0, "x")  # ERROR
    ListInsert("lines", "x", [1])  # ERROR
    attribute(Shop.roles).add({5})  # ERROR
    attribute(Shop.codes).discard(frozenset({"x"}))  # ERROR
    attribute(Shop.place).set("Main Street")  # ERROR
    shops.update(key, attribute(Shop.visits) > 3)  # ERROR
    shops.update(key, where=attribute(Shop.visits).add(1))  # ERROR
    shops.update(key, where=Shop.visits > 3)  # ERROR
    shops.update(key, ["visits"])  # ERROR
    shops.update(attribute(Shop.visits).add(1))  # ERROR
    shops.query(shop_id="1").filter(attribute(Shop.visits))  # ERROR
    shops.query(shop_id="1").filter(Shop.visits > 3)  # ERROR
    shops.query(shop_id="1").filter(attribute(Shop.name) == 5)  # ERROR
    shops.query(shop_id="1").filter(~(attribute(Shop.name) == 5))  # ERROR
