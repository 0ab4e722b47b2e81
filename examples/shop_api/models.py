"""What the shop keeps, and under which keys.

    entity     PK                       SK                  GSI1PK                 GSI1SK
    Customer   CUSTOMER#<customer_id>   CUSTOMER
    Order      CUSTOMER#<customer_id>   ORDER#<order_id>    STATUS#<status>        <order_id>
    Product    PRODUCT#<sku>            PRODUCT             CATEGORY#<category>    PRODUCT#<sku>
    Stock      PRODUCT#<sku>            STOCK

The stock lies beside its product and not in it: a product is edited now and then, by people, who must not overwrite
each other's changes (it has a version); the stock changes with every order, and is only counted.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum

import attrs

from pynamite import Index, Table, entity, field, new_ulid


class Status(Enum):
    """How far an order has come."""

    OPEN = "OPEN"
    PAID = "PAID"
    SENT = "SENT"
    CANCELLED = "CANCELLED"


# From where an order may go to a status; to OPEN there is no way back.
BEFORE = {
    Status.PAID: [Status.OPEN],
    Status.SENT: [Status.PAID],
    Status.CANCELLED: [Status.OPEN, Status.PAID],
}


@entity(pk="CUSTOMER#<customer_id>", sk="CUSTOMER", unique=["email:lower"])
class Customer:
    """Who buys. Two customers do not have the same e-mail address, however it is written."""

    customer_id: str = field(factory=new_ulid)
    email: str
    name: str
    created: datetime | None = field(default=None, created=True)


@entity(pk="PRODUCT#<sku>", sk="PRODUCT", indexes={"GSI1": ("CATEGORY#<category>", "PRODUCT#<sku>")})
class Product:
    """What is sold."""

    sku: str
    name: str
    category: str
    price: Decimal = field(validator=attrs.validators.gt(0))
    version: int = field(default=0, version=True)


@entity(pk="PRODUCT#<sku>", sk="STOCK")
class Stock:
    """How many of a product there are."""

    sku: str
    on_hand: int = 0


@attrs.frozen
class Line:
    """So many of a product, at the price that it had."""

    sku: str
    quantity: int
    price: Decimal


@entity(
    pk="CUSTOMER#<customer_id>",
    sk="ORDER#<order_id>",
    indexes={"GSI1": ("STATUS#<status>", "<order_id>")},
)
class Order:
    """What a customer has ordered. Ids sort by time, and so do the orders of a customer and of a status."""

    customer_id: str
    order_id: str = field(factory=new_ulid)
    lines: list[Line]
    status: Status = Status.OPEN
    placed: datetime | None = field(default=None, created=True)

    @property
    def total(self) -> Decimal:
        """What it costs."""
        return sum((line.quantity * line.price for line in self.lines), Decimal(0))


table = Table("shop", Customer, Order, Product, Stock, indexes=[Index("GSI1")])
