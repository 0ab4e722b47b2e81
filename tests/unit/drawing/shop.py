"""A table to be drawn: users with their orders, an index of everything and one of keys only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import attrs

from pynamite import Index, IndexKey, Table, entity, field
from pynamite.drawing.collection import arranged
from pynamite.drawing.subject import Subject

MAY = datetime(2026, 5, 4, 12, tzinfo=UTC)


@attrs.frozen
class Address:
    street: str
    city: str


@entity(pk="USER#<user_id>", sk="PROFILE")
class User:
    user_id: str
    email: str = field(unique=True)
    address: Address | None = None
    tags: set[str] = attrs.Factory(set)


@entity(
    pk="USER#<user_id>",
    sk="ORDER#<number:pad(3)>",
    indexes={
        "GSI1": ("STATUS#<status>", "<placed_at>"),
        "Big": IndexKey("BIG", "<total:pad(6)>", when=lambda total: total > 100),
    },
)
class Order:
    user_id: str
    number: int
    placed_at: datetime = MAY
    status: str = "OPEN"
    total: int = 0
    expires: datetime | None = field(default=None, ttl=True)


TABLE = Table("shop", User, Order, indexes=[Index("GSI1"), Index("Big", projection="KEYS_ONLY")])


def subject() -> Subject:
    """Give the table as what is to be drawn; nothing is read from it."""
    registry = TABLE._registry
    return Subject("shop", cast("Any", None), registry.schema, registry.indexes, registry, registry.type_attribute)


def item_of(instance: Any) -> dict[str, Any]:
    """Write an instance as its item."""
    return TABLE._registry.member(type(instance)).item(instance)


def drawn(*things: Any, **options: Any) -> Any:
    """Arrange instances, and items that are given as such."""
    items = [thing if isinstance(thing, dict) else item_of(thing) for thing in things]
    return arranged(subject(), items, **options)


def plain(names: tuple[str, str | None] = ("PK", "SK"), type_attribute: str | None = "_type") -> Subject:
    """Give a table of plain items."""
    from pynamite.key.schema import KeyAttribute, KeySchema

    partition, sort = names
    schema = KeySchema(KeyAttribute(partition), None if sort is None else KeyAttribute(sort))
    return Subject("plain", cast("Any", None), schema, {}, type_attribute=type_attribute)
