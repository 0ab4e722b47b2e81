"""A table with every kind of index."""

from __future__ import annotations

from datetime import datetime

from pynamite import Index, Table, entity, field


@entity(pk="USER#<user>", sk="ORDER#<number:pad(9)>", indexes={"GSI1": ("S#<state>", "<placed>"), "Local": "<state>"})
class Order:
    user: str
    number: int
    placed: str
    state: str = "OPEN"
    rank: int = 0
    expires: datetime | None = field(default=None, ttl=True)


INDEXES = (
    Index("GSI1", projection=["placed"]),
    Index("Local", local=True, projection="KEYS_ONLY"),
    Index("ByRank", pk="rank", sk=None),
)
MANY = Index("Many", pk=["user", "state"], sk=["number", "placed"])


def shop(name="my-shop.v2", *more):
    """Declare it."""
    return Table(name, Order, indexes=[*INDEXES, *more])
