"""Entities with every kind of field, and strategies that make them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID

import attrs
from hypothesis import strategies as st

from pynamite import Index, Table, entity, field


class Status(Enum):
    OPEN = "open"
    PAID = "paid"


class Level(Enum):
    LOW = 1
    HIGH = 2


@attrs.frozen
class Address:
    street: str
    codes: list[bytes] = attrs.field(factory=list)
    floor: int | None = None


@entity(pk="USER#<user>", sk="ORDER#<number:pad(10)>", indexes={"GSI1": ("STATUS#<status>", "<placed_at>")}, eq=True)
class Order:
    user: str
    number: int
    placed_at: datetime
    status: Status = Status.OPEN
    level: Level | None = None
    total: Decimal = Decimal(0)
    big: int | None = None
    rate: float | None = None
    paid: bool | None = None
    note: str | None = None
    due: date | None = None
    took: timedelta | None = None
    reference: UUID | None = None
    photo: bytes | None = None
    kind: Literal["a", "b"] | None = None
    tags: set[str] = field(factory=set)
    sizes: set[Decimal] = field(factory=set)
    hashes: set[bytes] = field(factory=set)
    address: Address | None = None
    lines: list[Address] = field(factory=list)
    counts: dict[str, int] = field(factory=dict)
    either: int | str | None = None
    expires: datetime | None = field(default=None, ttl=True)
    more: dict[str, Any] = field(factory=dict, rest=True)


@entity(pk="USER#<user>", sk="PROFILE")
class User:
    user: str
    email: str = field(unique=True, default="")
    version: int = field(default=0, version=True)
    created: datetime | None = field(default=None, created=True)


NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def shop(name="shop"):
    """Declare the table."""
    return Table(name, Order, User, indexes=[Index("GSI1")])


def order(number=1, user="1", **fields: Any) -> Order:
    """Make an order."""
    return Order(user=user, number=number, placed_at=NOON, **fields)


def stored(store, cls=Order):
    """Give all instances that are in a table, in the order of their keys."""
    return sorted(store[cls].scan(), key=lambda one: (one.user, one.number))


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
# A key that begins like another entity's, or with what ends its placeholder, is refused where it is written.
keys = st.text(st.sampled_from("abcXYZ0189 äß漢,;\"'"), min_size=1, max_size=8)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4)
moments = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC))
addresses = st.builds(
    Address, street=texts, codes=st.lists(st.binary(max_size=5), max_size=2), floor=st.none() | st.integers(-5, 5))

NOTES = st.none() | texts
PHOTOS = st.none() | st.binary(max_size=9)


def orders(note=NOTES, photo=PHOTOS):
    """Give a strategy for orders, that expire late."""
    return st.builds(
        Order, user=keys, number=st.integers(0, 10**10 - 1), placed_at=moments, status=st.sampled_from(Status),
        level=st.none() | st.sampled_from(Level), total=decimals, big=st.none() | st.integers(-(2**63), 2**63 - 1),
        rate=st.none() | st.floats(-1e100, 1e100).filter(lambda value: value == 0 or abs(value) > 1e-100),
        paid=st.none() | st.booleans(), note=note, due=st.none() | st.dates(),
        took=st.none() | st.timedeltas(timedelta(days=-1000), timedelta(days=1000)),
        reference=st.none() | st.uuids(), photo=photo,
        kind=st.none() | st.sampled_from(["a", "b"]), tags=st.sets(texts.filter(bool), max_size=3),
        sizes=st.sets(decimals, max_size=3), hashes=st.sets(st.binary(min_size=1, max_size=4), max_size=3),
        address=st.none() | addresses, lines=st.lists(addresses, max_size=2),
        counts=st.dictionaries(texts.filter(bool), st.integers(-9, 9), max_size=3),
        either=st.none() | st.integers(0, 9) | st.sampled_from(["x", "7"]),
        expires=st.none() | st.just(datetime(2100, 1, 1, tzinfo=UTC)),
        more=st.dictionaries(st.sampled_from(["other", "third"]), st.none() | texts | st.booleans(), max_size=2))
