"""The entities that the repository's tests share: a shop in one table, with indexes of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs

from pynamite import Index, Table, entity, field

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Status(Enum):
    OPEN = "OPEN"
    PAID = "PAID"


@attrs.define
class Address:
    street: str
    zip: str


@entity(pk="USER#<account_id>", sk="PROFILE")
class User:
    account_id: str
    email: str
    visits: int = 0
    balance: Decimal = Decimal(0)
    tags: set[str] = attrs.Factory(set)
    address: Address | None = None
    nickname: str | None = None


@entity(
    pk="USER#<account_id>",
    sk="ORDER#<placed_at>#<order_id>",
    indexes={"GSI1": ("STATUS#<status>", "<placed_at>")},
)
class Order:
    account_id: str
    order_id: str
    placed_at: datetime
    status: Status = Status.OPEN
    total: int = field(default=0, validator=attrs.validators.ge(0))


@entity(pk="USER#<account_id>", sk="TASK#<number>", indexes={"GSI1": ("OWNER#<owner>", "DUE#<due>")})
class Task:
    """An item that is in the index only while it has an owner and a due date."""

    account_id: str
    number: int
    owner: str | None = None
    due: str | None = None
    title: str = ""


def order(number: int, account_id: str = "1", **more: Any) -> Order:
    placed_at = NOON + timedelta(hours=number)
    return Order(**{"account_id": account_id, "order_id": f"o{number}", "placed_at": placed_at, **more})


def shop_table(name: str) -> Table:
    return Table(name, User, Order, Task, indexes=[Index("GSI1")])
